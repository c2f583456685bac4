"""No command, whatever it is given, prints a traceback or waits for ever."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from typer.main import get_command
from typer.testing import CliRunner

from pass_ops.cli import app
from pass_ops.data.codec import IGNORE, encode_mask
from pass_ops.data.decode import decode_mask
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.graph.recorder import Task, training_tasks
from pass_ops.paths import suffix_of
from tests.hostile.odd_files import CONTENTS
from tests.hostile.odd_inputs import (
    DEVICES,
    NUMBERS,
    PLACES,
    SETTINGS,
    TEXTS,
    file_of,
)

SECONDS = 30
LINES = 12
"""On standard error; what is wrong with each of six predictions is listed there."""

# Names of files that artifacts consist of.
FILES = (
    *("model.json", "model.safetensors", "features.npy", "keys.txt", "centroids.npy"),
    *("centroids.json", "manifest.parquet", "meta.json", "00000.npz", "curve.json"),
    *("metrics.json", "match.json", "classes.json", "strips.json"),
)

SMOKE = ("--profile", "smoke")
ODD = "ODD"
READING = {
    "validate": ("data", "validate", ODD),
    "pack": ("data", "pack", ODD, "packed"),
    "evaluate predictions": ("evaluate", ODD, "SET"),
    "evaluate data": ("evaluate", "PREDICTIONS", ODD),
    "evaluate match": ("evaluate", "PREDICTIONS", "SET", "--match", ODD),
    "submission predictions": ("submission", ODD, "SET", "x.zip", "--match", "MATCH", "TEXTS"),
    "submission data": ("submission", "PREDICTIONS", ODD, "x.zip", "--match", "MATCH", "TEXTS"),
    "submission match": ("submission", "PREDICTIONS", "SET", "x.zip", "--match", ODD, "TEXTS"),
    "distance data": ("evaluate-by-distance", "nowhere", ODD, "--output", "out"),
    "convert source": ("sam", "convert", ODD, "out"),
    "stage data": ("apply-crf", *SMOKE, "--split", "train", "--output", "out", "--data", ODD),
    "stage input": ("apply-crf", *SMOKE, "--split", "train", "--output", "out", "--input", ODD),
    "stage weights": (
        *("make-regions", *SMOKE, "--split", "train", "--output", "out", "--data", "SET"),
        *("--mask-back-end", "onnx", "--mask-weights", ODD),
    ),
}
"""Commands that read what they are given."""

WRITING = {
    "pack to": ("data", "pack", "SET", ODD),
    "submission to": ("submission", "PREDICTIONS", "SET", ODD, "--match", "MATCH", "TEXTS"),
    "distance to": ("evaluate-by-distance", "nowhere", "SET", "--output", ODD),
    "convert to": ("sam", "convert", "MATCH", ODD),
    "stage to": ("apply-crf", *SMOKE, "--split", "train", "--data", "SET", "--output", ODD),
}
"""Commands that write where they are told."""

NUMBERED = {
    "config seed": ("config", *SMOKE, "--seed", ODD),
    "evaluate workers": ("evaluate", "PREDICTIONS", "SET", "--workers", ODD),
    "distance resize": (
        "evaluate-by-distance",
        "nowhere",
        "SET",
        "--output",
        "out",
        "--resize",
        ODD,
    ),
    "synthesize seed": ("data", "synthesize", "SET", "--seed", ODD),
}
"""Commands that take a number."""

NAMED = {
    "config profile": ("config", "--profile", ODD),
    "config compat": ("config", *SMOKE, "--compat", ODD),
    "evaluate split": ("evaluate", "PREDICTIONS", "SET", "--split", ODD),
    "evaluate compat": ("evaluate", "PREDICTIONS", "SET", "--compat", ODD),
    "stage split": ("apply-crf", *SMOKE, "--output", "out", "--data", "SET", "--split", ODD),
    "chain first": ("masks", *SMOKE, "--output", "out", "--data", "SET", "--first", ODD),
    "convert variant": ("sam", "convert", "MATCH", "out", "--variant", ODD),
    "command": (ODD,),
}
"""Commands that take one of some names."""


COMMANDS = cache(get_command)

IN_ARTIFACTS = (
    *("empty", "noise", "text", "json object", "json array of objects", "json nested", "json nan"),
    *("zip", "png", "parquet", "parquet of labels", "parquet of lists", "parquet without rows"),
    *("safetensors", "safetensors bf16", "npy", "npy of nan", "npy of texts", "npy of objects"),
    *("npz", "pipe", "dangling link", "empty folder"),
)
WITH_INPUTS = tuple(
    {
        task.declaration.name: name
        for name, task in training_tasks().items()
        if any(port.is_artifact and port.name != "dataset" for port in task.declaration.inputs)
    }.values()
)
"""A task of each stage that reads what earlier ones wrote."""


class HangError(BaseException):
    """A command that has not ended."""


@contextmanager
def limited_time() -> Iterator[None]:
    """End what waits for ever."""

    def fail(*_: object) -> None:
        raise HangError(f"no end after {SECONDS} s")

    before = signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def require_one_line(*arguments: str) -> int:
    """The exit status of a command, after looking at what it printed."""
    with limited_time():
        result = CliRunner().invoke(app, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in (0, 1, 2), result.output
    assert "Traceback" not in result.output
    lines = result.stderr.splitlines()
    assert len(lines) <= LINES, result.stderr
    assert (result.exit_code == 1) <= bool(result.output), "it failed without a word"
    if lines and lines[-1].startswith("error: "):
        assert lines[-1].isprintable(), lines[-1]
    return result.exit_code


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, ...]]:
    """What stands for good inputs above: a set of six images a split, and the like."""
    root = tmp_path_factory.mktemp("good")
    write_synthetic(root / "set", per_class=(1, 1, 1))
    predictions = shutil.copytree(root / "set" / "validation-segmentation", root / "predictions")
    for path in predictions.glob("*/*.png"):
        labels = decode_mask(path.read_bytes(), path.name)
        path.write_bytes(encode_mask(np.where(labels == IGNORE, 0, labels)))
    match = file_of(b'{"0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6}', root)
    texts = ("name", "training-data", "training-scheme", "networks", "description")
    return {
        "SET": (str(root / "set"),),
        "PREDICTIONS": (str(predictions),),
        "MATCH": (match,),
        "TEXTS": tuple(word for text in texts for word in (f"--{text}", "x")),
    }


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        "S3_ENDPOINT",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "MLFLOW_TRACKING_URI",
    ):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("PASS_DATA_CACHE", str(tmp_path / "cache"))
    # Typer would make all commands anew for each of the thousands of calls.
    monkeypatch.setattr("typer.testing._get_command", COMMANDS)


def filled(command: tuple[str, ...], odd: str, good: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """A command of the tables above with its inputs; a text like an option is none."""
    words = [word for part in command for word in good.get(part, (part,))]
    return tuple(odd if word == ODD else word for word in words)


def made(name: str, folder: Path) -> str:
    """The odd input of a name, made in `folder`, which must be empty."""
    folder.mkdir()
    if name in CONTENTS:
        return file_of(CONTENTS[name], folder)
    return PLACES[name](folder) if name in PLACES else name


INPUTS = (*CONTENTS, *PLACES, *DEVICES, *TEXTS)
# No folder of this machine gets files in it.
TARGETS = tuple(name for name in INPUTS if ".." not in name and not name.startswith("//"))


@pytest.mark.parametrize("name", INPUTS, ids=ascii)
@pytest.mark.parametrize("command", READING)
def test_odd_files(
    command: str, name: str, good: dict[str, tuple[str, ...]], tmp_path: Path
) -> None:
    require_one_line(*filled(READING[command], made(name, tmp_path / "odd"), good))


@pytest.mark.parametrize("name", TARGETS, ids=ascii)
@pytest.mark.parametrize("command", WRITING)
def test_odd_outputs(
    command: str, name: str, good: dict[str, tuple[str, ...]], tmp_path: Path
) -> None:
    require_one_line(*filled(WRITING[command], made(name, tmp_path / "odd"), good))


@pytest.mark.parametrize("number", NUMBERS, ids=ascii)
@pytest.mark.parametrize("command", NUMBERED)
def test_odd_numbers(command: str, number: str, good: dict[str, tuple[str, ...]]) -> None:
    require_one_line(*filled(NUMBERED[command], number, good))


@pytest.mark.parametrize("name", TEXTS, ids=ascii)
@pytest.mark.parametrize("command", NAMED)
def test_odd_names_are_usage_errors(
    command: str, name: str, good: dict[str, tuple[str, ...]]
) -> None:
    assert require_one_line(*filled(NAMED[command], name, good)) == 2


@pytest.mark.parametrize("setting", SETTINGS, ids=ascii)
def test_odd_settings(setting: str) -> None:
    require_one_line("config", *SMOKE, "--set", setting)


def artifacts_of(task: Task, odd: str, output: Path) -> None:
    """Put links to an odd file, or to folders of such files, where a task looks for its inputs."""
    for port in task.declaration.inputs:
        if port.is_artifact and port.name != "dataset":
            place = output / task.values[port.name]
            place.parent.mkdir(parents=True, exist_ok=True)
            if suffix_of(port.kind):
                place.symlink_to(odd)
                continue
            for folder in (place, place / "epoch-0001"):
                folder.mkdir()
                for name in FILES:
                    (folder / name).symlink_to(odd)


@pytest.mark.parametrize("name", IN_ARTIFACTS, ids=ascii)
@pytest.mark.parametrize("task", WITH_INPUTS)
def test_odd_artifacts(
    task: str, name: str, good: dict[str, tuple[str, ...]], tmp_path: Path
) -> None:
    declared, output = training_tasks()[task], tmp_path / "out"
    artifacts_of(declared, made(name, tmp_path / "odd"), output)
    declaration = declared.declaration
    use = [str(declared.values[declaration.named_by])] if declaration.named_by else []
    options = [f"--{declaration.named_by}", *use] if use else []
    command = declaration.name.replace("_", "-")
    common = (*SMOKE, "--data", *good["SET"], "--output", str(output))
    assert require_one_line(command, *options, *common) == 1
