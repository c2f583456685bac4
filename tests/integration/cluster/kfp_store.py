"""What a stand-in of KFP's API server keeps, and how it executes a run.

`python tests/integration/cluster/kfp_store.py PACKAGE ARGUMENTS ROOT` executes one run, and prints
what failed as its last line.
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
        """Refuse a request.

        Args:
            status: of HTTP.
            message: for people.
        """
        self.status, self.message = status, message


@dataclass(kw_only=True)
class Store:
    """What the server keeps, for tests to read.

    Attributes:
        folder: of packages and runs.
        token: which clients must have; empty for none.
        busy: so many requests are yet to be answered by 503; tests set it.
        health: what the server says of itself; tests change it.
        requests: method and path of all so far.
        pipelines, versions, experiments, runs, recurring: by id, experiments by name.
        processes: those that execute the runs, by run.
    """

    folder: Path
    token: str = ""
    busy: int = 0
    health: Json = field(default_factory=lambda: {"tag_name": "2.17.0", "multi_user": False})
    requests: list[str] = field(default_factory=list)
    pipelines: dict[str, Json] = field(default_factory=dict)
    versions: dict[str, Json] = field(default_factory=dict)
    experiments: dict[str, Json] = field(default_factory=dict)
    runs: dict[str, Json] = field(default_factory=dict)
    recurring: dict[str, Json] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def upload(self, package: bytes, pipeline_id: str, name: str) -> Json:
        """Keep a version.

        Args:
            package: the compiled pipeline.
            pipeline_id: of the pipeline that it is a version of.
            name: of the version.
        """
        names = {(entry["pipeline_id"], entry["display_name"]) for entry in self.versions.values()}
        if (pipeline_id, name) in names:
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
        values, folder = json.dumps(self._values(body)), str(self.folder / run["run_id"])
        self.processes[run["run_id"]] = subprocess.Popen(
            [sys.executable, __file__, str(package), values, folder],
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        Thread(target=self._finish, args=(run,)).start()
        return run

    def schedule(self, body: Json) -> Json:
        """Keep a recurring run."""
        self._package(body)
        recurring_run = body | {"recurring_run_id": str(uuid.uuid4())}
        self.recurring[recurring_run["recurring_run_id"]] = recurring_run
        return recurring_run

    def _finish(self, run: Json) -> None:
        """Wait for the end of `run`, and keep how it ended."""
        process = self.processes[run["run_id"]]
        last = (process.communicate()[0].strip().splitlines() or [""])[-1]
        if process.returncode == 0:
            run["state"] = "SUCCEEDED"
        elif run["state"] == "CANCELING":
            run["state"] = "CANCELED"
        else:
            error = {"code": 2, "message": "exit status 1"}
            task = {"display_name": last, "state": "FAILED", "error": error}
            run["run_details"] = {"task_details": [task]}
            run["state"] = "FAILED"

    def _package(self, body: Json) -> Path:
        """The package of a run to be made, whose parameters are checked against it."""
        reference = body["pipeline_version_reference"]
        package = (self.folder / reference["pipeline_version_id"]).with_suffix(".yaml")
        spec = next(yaml.safe_load_all(package.read_text()))
        parameters = spec["root"]["inputDefinitions"]["parameters"]
        if unknown := self._values(body).keys() - parameters.keys():
            raise RefusedError(400, f"Input parameter {min(unknown)} is not\nin the pipeline")
        return package

    @staticmethod
    def _values(body: Json) -> Json:
        return dict(body["runtime_config"].get("parameters", {}))


def execute(package: Path, arguments: Json, root: Path) -> None:
    """Run a package with the local runner; on failure, the last line names the failed stage.

    Args:
        package: the compiled pipeline.
        arguments: values of its parameters.
        root: folder to make, of the run's files.
    """
    from io import StringIO

    from rich.console import Console

    from pipelines.local.pipeline import StageFailedError, run_package, stage_names
    from pipelines.local.tasks.task_log import TaskLog
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
