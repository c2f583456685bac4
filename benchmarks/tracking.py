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
from functools import partial
from pathlib import Path

from benchmarks.parts.report import report
from benchmarks.parts.training import images_and_settings, ratios, seconds
from pass_ops.tracking.mlflow import open_run
from pass_ops.tracking.tracker import NullTracker, Tracker
from pipelines.servers.environment import environment_variables
from pipelines.servers.mlflow import mlflow_server
from pipelines.servers.ports import free_ports
from pipelines.servers.seaweedfs import seaweedfs

EVERY, LEAST = 3, 0.97


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

            def train(url: str, name: str) -> float:
                with _tracker(url, folder / f"spool-{name}") as tracker:
                    return seconds(
                        images=images, config=config, folder=folder / name, tracker=tracker
                    )

            arms = {
                "none": partial(train, ""),
                "there": partial(train, server.url),
                "away": partial(train, f"http://127.0.0.1:{nowhere}"),
            }
            by_arm = ratios(arms=arms, base="none", images=len(images))
    for name, arm in (("tracking_throughput", "there"), ("tracking_throughput_away", "away")):
        report(
            name=name,
            ratio=by_arm[arm],
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
