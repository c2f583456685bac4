"""What a training that starts anew says of others' checkpoints, whatever becomes of these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.files import LATEST, MANIFEST
from pass_ops.engine.checkpoints.identity import Identity
from pass_ops.engine.checkpoints.others import nearest
from tests.engine.checkpoints.conftest import Open, save


@dataclass(frozen=True, kw_only=True)
class Interrupting(Identity):
    """Is interrupted as it is compared for the first time."""

    interrupt: Callable[[], None]

    def differences(self, other: Identity) -> list[str]:
        self.interrupt()
        return super().differences(other)


@pytest.fixture
def others(open_checkpoints: Open) -> list[Checkpoints]:
    """Three unfinished trainings on the same data, in the order in which they are found."""
    made = [open_checkpoints(settings={"epochs": str(epochs)}) for epochs in (13, 14, 15)]
    for checkpoints in made:
        with checkpoints:
            save(checkpoints, 1)
    return sorted(made, key=lambda one: one.folder)


def told(root: Path, *, interrupt: Callable[[], None] = lambda: None) -> str:
    identity = Interrupting(
        stage="pretrain", settings={"epochs": "12"}, data="d", code="c", interrupt=interrupt
    )
    return nearest(identity, root, "")


def test_one_that_is_removed_while_they_are_looked_at_is_left_out(
    others: list[Checkpoints], tmp_path: Path
) -> None:
    first, second, _ = others
    # As another training does at its end.
    text = told(
        tmp_path / "root",
        interrupt=lambda: (second.folder / LATEST).unlink(missing_ok=True),
    )
    assert text.startswith(f"the checkpoints in {first.folder} have epochs ")
    assert text.endswith(" there, 12 here")


@pytest.mark.parametrize("file", [f"step-0000000001/{MANIFEST}", LATEST])
@pytest.mark.parametrize("content", [b"", b"{}", b"\0", b"\xff", b"x" * 300])
def test_a_damaged_one_hides_no_other(
    others: list[Checkpoints], tmp_path: Path, file: str, content: bytes
) -> None:
    first, second, third = others
    for damaged in (first, second):
        (damaged.folder / file).write_bytes(content)
    assert told(tmp_path / "root").startswith(f"the checkpoints in {third.folder} have epochs ")


def test_one_that_may_not_be_read_hides_no_other(others: list[Checkpoints], tmp_path: Path) -> None:
    first, second, _ = others
    # For root, too.
    (first.folder / LATEST).unlink()
    (first.folder / LATEST).mkdir()
    assert told(tmp_path / "root").startswith(f"the checkpoints in {second.folder} have epochs ")
