"""What MLflow costs a training: step 1 of the profile `small`, tracked and not.

`tracking_throughput`: images a second where a real MLflow server beside it, on the same cores, gets
metrics every epoch and weights every three, against a training that records nothing; and
`tracking_throughput_away` where that server is not there. Four rounds, in turns; medians.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks._report import report
from benchmarks._training import images_and_settings, seconds
from pass_ops.tracking.mlflow import open_run
from pass_ops.tracking.tracker import NullTracker, Tracker
from pipelines.servers.environment import environment_variables
from pipelines.servers.mlflow import mlflow_server
from pipelines.servers.ports import free_ports
from pipelines.servers.seaweedfs import seaweedfs

ROUNDS, EVERY, LEAST = 4, 3, 0.97


def main() -> None:
    """Print the metrics."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        images, config = images_and_settings(folder)
        config = dataclasses.replace(config, checkpoint_every=EVERY)
        (nowhere,) = free_ports(1)
        with (
            seaweedfs(folder / "s3", ["mlflow"]) as s3,
            mlflow_server(folder / "mlflow", s3) as server,
        ):
            server.wait_ready()
            arms = {"none": "", "there": server.url, "away": f"http://127.0.0.1:{nowhere}"}
            ratios: dict[str, list[float]] = {"there": [], "away": []}
            for number in range(ROUNDS):
                taken = {}
                for arm in sorted(arms, reverse=bool(number % 2)):
                    with _tracker(arms[arm], folder / f"spool-{number}-{arm}") as tracker:
                        taken[arm] = seconds(
                            images=images,
                            config=config,
                            folder=folder / f"{number}-{arm}",
                            tracker=tracker,
                        )
                for arm, values in ratios.items():
                    values.append(taken["none"] / taken[arm])
                    print(f"round {number}, {arm}: {values[-1]:.4f}", flush=True)
    for name, arm in (("tracking_throughput", "there"), ("tracking_throughput_away", "away")):
        report(
            name=name,
            ratio=median(ratios[arm]),
            floor=LEAST,
            unit="x the images a second without tracking",
        )


@contextmanager
def _tracker(url: str, spool: Path) -> Iterator[Tracker]:
    """A tracker of a run of its own.

    Args:
        url: of the server; empty for none.
        spool: folder of its spool.
    """
    if not url:
        yield NullTracker()
        return
    with (
        environment_variables({"MLFLOW_TRACKING_URI": url, "PASS_SPOOL": str(spool)}),
        open_run("pretrain") as tracker,
    ):
        yield tracker


if __name__ == "__main__":
    main()
