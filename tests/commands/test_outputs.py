"""No command takes away a file that it did not write, whatever output it is told."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from pass_ops.cli import app
from pass_ops.data.codec import IGNORE, encode_mask
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.evaluation.diagnostics import baselines
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.sam import weights as sam_weights
from pass_ops.sam.card import SamCard
from pass_ops.sam.network.variants import VARIANTS
from tests.commands.conftest import labels_of

METHOD = ("name", "training-data", "training-scheme", "networks", "description")
COMMANDS = {
    "convert": ("sam", "convert", "models/sam.pth"),
    "pack": ("data", "pack", "data"),
    "synthesize": ("data", "synthesize"),
    "submission": (
        *("submission", "--match", "predictions/match.json"),
        *(word for name in METHOD for word in (f"--{name}", "x")),
        *("predictions", "data"),
    ),
    "baselines": ("measure-baselines", "--data", "data", "--profile", "smoke", "--output"),
}
# What each has written before, and may write again.
EARLIER = {"convert": "sam", "submission": "out.zip", "baselines": "run", "pack": "packed"}
REPLACED = {
    "convert": ("sam/",),
    "submission": ("out.zip",),
    "baselines": ("run/dataset.json", "run/measure_baselines/"),
}
# Deep enough for every path that is tried to lead to a place of the test's own.
PLACE = Path("a/b/c/d")
Entries = dict[str, bytes | str | None]


def save_tiny(_source: Path, destination: Path, _variant: str | None = None) -> SamCard:
    """What `sam convert` does with a file that is small, once it has read it."""
    card = SamCard(variant="vit_b", source="sam.pth", sha256="0" * 64, config=VARIANTS["vit_b"])
    sam_weights.save_sam(destination, {"a": np.zeros(3, np.float32)}, card)
    return card


def run(command: str, output: str) -> Result:
    """A command's outcome; its own errors are exits, any other exception is raised.

    Args:
        command: of `COMMANDS`.
        output: path that it is told to write to.
    """
    result = CliRunner().invoke(app, [*COMMANDS[command], output])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def entries(root: Path) -> Entries:
    """All below `root`: bytes of files, targets of links, None for folders."""
    found: Entries = {}
    for path in root.rglob("*"):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = os.readlink(path)
        else:
            found[name] = path.read_bytes() if path.is_file() else None
    return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with inputs, earlier outputs, and what is a stranger's."""
    root = tmp_path_factory.mktemp("world") / "world"
    small = partial(write_synthetic, per_class=(1, 1, 1))
    small(root / "data")
    shutil.copytree(root / "data" / "test-segmentation", root / "predictions")
    for mask in (root / "predictions").glob("*/*.png"):
        labels = labels_of(mask)
        mask.write_bytes(encode_mask(np.where(labels == IGNORE, 0, labels)))
    Matching((1, 2, 3, 4, 5, 6)).save(root / "predictions" / "match.json")
    for name in ("models/sam.pth", "models/notes/a.txt", "notes/deep/b.txt", "notes/c.json"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text('{"precious": 1}')
    (root / "empty").mkdir()
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(root):
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.setattr(sam_weights, "convert", save_tiny)
        patch.setattr("pass_ops.data.synthetic.dataset.write_synthetic", small)
        patch.setattr(baselines, "FITS", 1)
        for command, output in EARLIER.items():
            assert run(command, output).exit_code == 0
        shutil.copytree("sam", "mixed")
        Path("mixed/mine.txt").write_text("precious")
        shutil.copytree("sam", "linked")
        Path("linked/model.safetensors").rename("notes/weights")
        Path("linked/model.safetensors").symlink_to("../notes/weights")
        shutil.copytree("sam", "other")
        Path("other/model.json").write_text('{"epoch": 1}')
        for name in ("notes", "data", "sam", "empty", "out.zip", "nothing"):
            Path(f"to_{name}").symlink_to(name)
        yield root


NAMES = (
    *(".", "..", "new", "{digest}", "data", "train", "predictions", "models", "sam.pth", "notes"),
    *("c.json", "match.json", "empty", "mixed", "linked", "other", *EARLIER.values()),
    *("to_notes", "to_data", "to_sam", "to_empty", "to_out.zip", "to_nothing", "model.json"),
    *("dataset.json", "measure_baselines", "baselines.json", "pointer.json", "a b", "ä\n", "-x"),
)
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)


@given(command=st.sampled_from(sorted(COMMANDS)), output=PATHS, absolute=st.booleans())
def test_every_file_that_was_there_is_still_there(
    world: Path, command: str, output: str, absolute: bool
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch).resolve()
        place = shutil.copytree(world, root / PLACE, symlinks=True)
        before = entries(root)
        with contextlib.chdir(place):
            result = run(command, str(place / output) if absolute else f"./{output}")
        after = entries(root)
        own = tuple(f"{PLACE}/{name}" for name in REPLACED.get(command, ()))
        kept = {path: value for path, value in before.items() if not path.startswith(own or "\0")}
        assert kept.items() <= after.items()
        assert not [path for path in after if ".partial-" in path or ".replaced-" in path]
        if result.exit_code:
            assert result.stderr.count("error: ") == 1, result.stderr
            assert result.stderr.splitlines()[-1].startswith("error: ")
            # A stage's data set is noted before its outputs are looked at.
            assert {path for path in after.keys() - before.keys() if after[path] is not None} <= {
                path for path in after if path.endswith("/dataset.json")
            }
        event(f"{command} {'refused' if result.exit_code else 'written'}")


@pytest.mark.parametrize("command", EARLIER)
def test_an_earlier_output_is_replaced_and_nothing_else(world: Path, command: str) -> None:
    output = EARLIER[command]
    before = entries(world)
    assert run(command, output).exit_code == 0
    assert entries(world).keys() == before.keys()
    for other in {*EARLIER.values(), "mixed", "linked", "other", "to_sam", "to_out.zip"} - {output}:
        if command != "baselines":
            assert run(command, other).exit_code == 1
            assert entries(world).keys() == before.keys()
