"""Running a declared stage on plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Any

import pytest

from pass_ops.config.masks import CrfConfig
from pass_ops.config.resolve import complete
from pass_ops.config.schema import build
from pass_ops.errors import ConfigError
from pass_ops.paths import CentroidsPath, CurvePath
from pass_ops.stages import run
from pass_ops.stages.declaration import DECLARATIONS, Metrics, Stage, stage
from pass_ops.tracking.tracker import NullTracker, Tracker


class Memory(NullTracker):
    """A tracker that keeps the parameters it is told."""

    told: dict[str, Any]

    def params(self, params: Any) -> None:
        self.told = dict(params)

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *_: object) -> None:
        return None


@pytest.fixture(autouse=True)
def uses(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[list[Any], Memory]]:
    """The uses of a stage that is declared for a test, and the tracker that they run under."""
    made: list[Any] = []
    memory = Memory()

    @stage(step="9", stage_class="post", headline="score", named_by="name")
    class TryOut(Stage):
        """Try the frame out."""

        name: str
        centroids: CentroidsPath
        config: CrfConfig
        other: CrfConfig
        curve: CurvePath = field(init=False)

        def run(self, _: Tracker) -> Metrics:
            made.append(self)
            self.curve.write_text("x")
            return {"score": 0.5}

    monkeypatch.setattr("pass_ops.engine.stage.open_run", lambda _: memory)
    yield made, memory
    del DECLARATIONS["try_out"]


def values(folder: Path, **changes: Any) -> dict[str, Any]:
    plain = {"processes": 3.0}
    return {
        "name": "a",
        "centroids": str(folder / "centroids"),
        "config": plain,
        "other": {"processes": 5},
        "curve": str(folder / "curve"),
        **changes,
    }


def test_fields_get_values_of_their_types(uses: tuple[list[Any], Memory], tmp_path: Path) -> None:
    metrics = run.run_stage("try_out", **values(tmp_path))
    (use,), memory = uses
    assert use.centroids == tmp_path / "centroids"
    assert use.config == build(CrfConfig, {"processes": 3})
    assert (metrics["stage"], metrics["figure"], metrics["score"]) == (
        "try_out_a",
        "score 0.5",
        0.5,
    )
    # All settings, with those that have their defaults.
    told = {**complete(CrfConfig, {"processes": 3}), "name": "a"}
    assert memory.told == {**told, "other": complete(CrfConfig, {"processes": 5})}


def test_wrong_settings_end_it_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        run.run_stage("try_out", **values(tmp_path, config={"proceses": 1}))
    error = capsys.readouterr().err
    assert error.startswith("error: unknown configuration key proceses")
    assert error.count("\n") == 1
    with pytest.raises(ConfigError):
        build(CrfConfig, {"proceses": 1})


@pytest.mark.parametrize("change", [{"extra": 1}, {"centroids": None}])
def test_values_that_it_does_not_declare_or_lacks_are_a_mistake_of_ours(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    given = {name: value for name, value in values(tmp_path, **change).items() if value is not None}
    with pytest.raises(TypeError, match=r"try_out takes .*'centroids'"):
        run.run_stage("try_out", **given)
