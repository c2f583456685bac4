"""What a KFP server is asked for: a compiled pipeline and one run of it, with all their names."""

from __future__ import annotations

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
