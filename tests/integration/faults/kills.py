"""Trainings that are killed at random steps, run again, and compared with undisturbed ones."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pass_ops.engine.checkpoints.place import PLACE
from pipelines.servers.endpoints import DATA_BUCKET
from tests.integration.checkpoints.trainings import STEPS, Trainings, differences

# What a process that was ended by the signal returns.
RETURNED = {signal.SIGKILL: -9, signal.SIGTERM: 143}


class Killer:
    """Kills trainings, runs them again, and compares what they compute.

    Args:
        trainings: see there.
        folder: for outputs and checkpoints.
        environment: by which stages find the S3 server.
    """

    def __init__(self, trainings: Trainings, folder: Path, environment: Mapping[str, str]) -> None:
        self.trainings, self.folder, self.environment = trainings, folder, environment
        self.rows: list[str] = []

    def whole(self, training: str) -> Path:
        """Output of a run of its own that nothing disturbed."""
        output = self.folder / "whole" / training
        if not output.exists():
            process = self.trainings.start(
                training=training, output=output, minutes=60, environment={}
            )
            assert process.wait() == 0, (output / "log").read_text()
        return output

    def kill(self, number: int, training: str, rng: random.Random) -> bool:
        """Kill a training after a random step, run it again; whether all is as if nothing was.

        Even numbers are killed by SIGKILL, odd ones by SIGTERM; of each, every other one keeps its
        checkpoints in S3, of which the second run has nothing on its disk.

        Args:
            number: of the kill.
            training: one of `TRAININGS`.
            rng: says after which step, and how much later.
        """
        sent = (signal.SIGKILL, signal.SIGTERM)[number % 2]
        here = self.folder / str(number)
        remote = number // 2 % 2 == 1
        place = f"s3://{DATA_BUCKET}/checkpoints/{number}" if remote else str(here / "checkpoints")
        environment = {**self.environment, PLACE: place}
        after, later = rng.randrange(STEPS - 1), rng.random() / 20
        process = self.trainings.start(
            training=training, output=here / "killed", minutes=0, environment=environment
        )
        while process.poll() is None and newest_step(here) < after:
            time.sleep(0.01)
        time.sleep(later)
        process.send_signal(sent)
        start = time.monotonic()
        status = process.wait()
        seconds = time.monotonic() - start
        if status == 0:
            # It was done before the signal came.
            return self.kill(number + 100, training, rng)
        again = self.trainings.start(
            training=training, output=here / "again", minutes=0, environment=environment
        )
        ended = again.wait()
        log = (here / "again" / "log").read_text()
        found = [line for line in log.splitlines() if "goes on after step" in line]
        went_on = found[0].split("after step ")[1].split(",")[0] if found else "none"
        lost = differences(self.whole(training), here / "again") if ended == 0 else [log[-2000:]]
        # At first a signal may find a process that is still importing, or that has not sent a
        # checkpoint yet.
        early = after == 0 or (remote and sent is signal.SIGKILL)
        right = not lost and status in (RETURNED[sent], -sent) and (early or bool(found))
        self.rows.append(
            f"{number:2} {training:22} {sent.name} {'S3' if remote else 'disk':4} "
            f"after step {after}, ended with {status:3} after {seconds:4.1f} s, "
            f"went on after step {went_on}{'' if right else f': LOST {lost}'}"
        )
        return right


def newest_step(folder: Path) -> int:
    """Number of the last step of which there is a checkpoint below a folder; 0 if there is none."""
    # One may be removed meanwhile.
    with suppress(FileNotFoundError):
        return max((int(path.name[5:]) for path in folder.rglob("step-*")), default=0)
    return 0
