"""What a KFP server is asked for: a compiled pipeline and one run of it, with all their names."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pass_ops.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """A compiled pipeline and one run of it, or one at each time that `cron` names.

    Attributes:
        package: the compiled pipeline.
        pipeline: its name on the server.
        version: name of the version that `package` becomes.
        experiment: name of the experiment that the run belongs to.
        run: name of the run, or of the recurring run.
        parameters: values of the pipeline's parameters.
        cron: empty, or six fields, seconds first.
        service_account: of the run's pods; empty for the installation's default.

    Raises:
        ConfigError: `cron` has another form.
    """

    package: Path
    pipeline: str
    version: str
    experiment: str
    run: str
    parameters: Mapping[str, Any]
    cron: str = ""
    service_account: str = ""

    def __post_init__(self) -> None:
        if self.cron and len(self.cron.split()) != 6 and not self.cron.startswith("@"):
            raise ConfigError(
                f"--recurring '{self.cron}': KFP's cron has six fields, seconds first: "
                "'0 30 2 * * 1'"
            )

    def as_yaml(self) -> str:
        """The request for a person to read."""
        content = {
            "pipeline": self.pipeline,
            "version": self.version,
            "package": f"{self.package} ({self.package.stat().st_size} bytes)",
            "experiment": self.experiment,
            "recurring run" if self.cron else "run": self.run,
            **({"cron": self.cron} if self.cron else {}),
            **({"service account": self.service_account} if self.service_account else {}),
            "parameters": dict(self.parameters),
        }
        return yaml.safe_dump(content, sort_keys=False)


def pipeline_name(package: Path) -> str:
    """The name that a compiled pipeline gives itself."""
    return str(next(yaml.safe_load_all(package.read_text()))["pipelineInfo"]["name"])


def version_name(package: Path, clone: Path) -> str:
    """A name by commit and content, so that the same pipeline has the same name.

    Args:
        package: the compiled pipeline, of which the name has 8 hex digits.
        clone: git repository, of which it has the commit, and `dirty` if files differ from it.

    Raises:
        ConfigError: `clone` is no git repository.
    """
    commit = _git(clone, "rev-parse", "--short=12", "HEAD")
    dirty = "-dirty" if _git(clone, "status", "--porcelain", "--untracked-files=no") else ""
    return f"{commit}{dirty}-{hashlib.sha256(package.read_bytes()).hexdigest()[:8]}"


def _git(clone: Path, *arguments: str) -> str:
    """What git prints.

    Args:
        clone: the repository.
        arguments: subcommand and options.
    """
    process = subprocess.run(
        ["git", "-C", str(clone), *arguments], capture_output=True, text=True, check=False
    )
    if process.returncode != 0:
        reason = (process.stderr.strip().splitlines() or ["git failed"])[0]
        raise ConfigError(
            f"{clone}: the version is named by its git commit, but: {reason}; "
            "or name it with --version"
        )
    return process.stdout.strip()
