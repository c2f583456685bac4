"""What a stand-in of KFP's API server keeps, and how it executes a run.

`python tests/integration/kfp_store.py PACKAGE ARGUMENTS ROOT` executes one run, and prints what
failed as its last line.
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import yaml

Json = dict[str, Any]


class RefusedError(Exception):
    """Answered with a status other than 200."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message


@dataclass(kw_only=True)
class Store:
    """What the server keeps; tests read it, and set `busy`: so many requests are answered by
    503.
    """

    folder: Path
    token: str = ""
    busy: int = 0
    requests: list[str] = field(default_factory=list)
    pipelines: dict[str, Json] = field(default_factory=dict)
    versions: dict[str, Json] = field(default_factory=dict)
    experiments: dict[str, Json] = field(default_factory=dict)
    runs: dict[str, Json] = field(default_factory=dict)
    recurring: dict[str, Json] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def upload(self, package: bytes, pipeline_id: str, name: str) -> Json:
        """Keep a version."""
        if any(
            (v["pipeline_id"], v["display_name"]) == (pipeline_id, name)
            for v in self.versions.values()
        ):
            raise RefusedError(409, f"version {name} already exists")
        version = {
            "pipeline_version_id": str(uuid.uuid4()),
            "pipeline_id": pipeline_id,
            "display_name": name,
        }
        (self.folder / version["pipeline_version_id"]).with_suffix(".yaml").write_bytes(package)
        self.versions[version["pipeline_version_id"]] = version
        return version

    def start(self, body: Json) -> Json:
        """Begin a run."""
        package = self._package(body)
        run = body | {"run_id": str(uuid.uuid4()), "state": "RUNNING"}
        self.runs[run["run_id"]] = run
        command = [
            sys.executable,
            __file__,
            package,
            json.dumps(self._values(body)),
            self.folder / run["run_id"],
        ]
        self.processes[run["run_id"]] = subprocess.Popen(
            [str(part) for part in command],
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        Thread(target=self._finish, args=(run,)).start()
        return run

    def schedule(self, body: Json) -> Json:
        """Keep a recurring run."""
        self._package(body)
        made = body | {"recurring_run_id": str(uuid.uuid4())}
        self.recurring[made["recurring_run_id"]] = made
        return made

    def _finish(self, run: Json) -> None:
        process = self.processes[run["run_id"]]
        last = (process.communicate()[0].strip().splitlines() or [""])[-1]
        if process.returncode == 0:
            run["state"] = "SUCCEEDED"
        elif run["state"] == "CANCELING":
            run["state"] = "CANCELED"
        else:
            failed = {
                "display_name": last,
                "state": "FAILED",
                "error": {"code": 2, "message": "exit status 1"},
            }
            run["run_details"] = {"task_details": [failed]}
            run["state"] = "FAILED"

    def _package(self, body: Json) -> Path:
        """The package of a run to be made, whose parameters are checked against it."""
        reference = body["pipeline_version_reference"]
        package = (self.folder / reference["pipeline_version_id"]).with_suffix(".yaml")
        known = next(yaml.safe_load_all(package.read_text()))["root"]["inputDefinitions"][
            "parameters"
        ]
        if unknown := self._values(body).keys() - known.keys():
            raise RefusedError(400, f"Input parameter {min(unknown)} is not\nin the pipeline")
        return package

    @staticmethod
    def _values(body: Json) -> Json:
        return dict(body["runtime_config"].get("parameters", {}))


def execute(package: Path, arguments: Json, root: Path) -> None:
    """Run a package with the local runner; on failure, print the name of the stage that failed as
    the last line.
    """
    from io import StringIO

    from rich.console import Console

    from pipelines.local.pipeline import StageFailedError, run_package, stage_names
    from pipelines.local.task_log import TaskLog
    from pipelines.local.terminal import Lines

    root.mkdir()
    with TaskLog(root / "log", Lines(Console(file=StringIO())), stage_names(package)) as log:
        try:
            run_package(
                package=package, arguments=arguments, state=root, sources=[], cache=False, log=log
            )
        except StageFailedError:
            sys.exit(log.failure.stage if log.failure else "unknown")


if __name__ == "__main__":
    execute(Path(sys.argv[1]), json.loads(sys.argv[2]), Path(sys.argv[3]))
