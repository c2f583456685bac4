from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.data.layout import read_layout
from pass_ops.errors import ConfigError, DataError
from pipelines.local.data import find_data
from pipelines.local.pipeline import digest_of
from pipelines.local.run import main
from pipelines.local.settings import Settings, parse, resolve_settings


def test_without_arguments_the_synthetic_set_runs_with_profile_smoke() -> None:
    assert parse([]) == (
        Settings(
            data="none",
            profile="smoke",
            seed=31,
            compat="fixed",
            overrides={},
            mask_back_end="",
            mask_weights="",
        ),
        True,
        "subprocess",
    )


def test_everything_can_be_chosen() -> None:
    masks = "--mask-back-end onnx --mask-weights s3://w"
    command = f"--data d --profile small --seed 7 --compat reference --no-cache --runner docker {masks} --overrides"
    expected = Settings(
        data="d",
        profile="small",
        seed=7,
        compat="reference",
        overrides={"pretrain.epochs": 5},
        mask_back_end="onnx",
        mask_weights="s3://w",
    )
    assert parse([*command.split(), '{"pretrain.epochs": 5}']) == (expected, False, "docker")


@pytest.mark.parametrize("text", ["{", "[1]", "epochs=5"])
def test_overrides_must_be_a_json_object(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^OVERRIDES=.*write it like"):
        parse(["--overrides", text])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--overrides", '{"cluster.restarts": 0, "x.y": 1}'), "unknown stage x: known are"),
        (("--overrides", "epochs=5"), "OVERRIDES=epochs=5: not JSON"),
        (("--profile", "big"), "unknown profile 'big': known are imagenet-s300,"),
        (("--compat", "both"), "compat = 'both' is none of fixed, reference"),
        (
            ("--seed", "one"),
            "argument --seed: invalid int value: 'one'; see python -m pipelines.local.run --help",
        ),
        (("--seed", "-1"), "pretrain.seed = -1 is below 0"),
        (("--runner", "podman"), "argument --runner: invalid choice: 'podman'"),
        (
            ("--runner", "docker", "--mask-weights", "/w"),
            "MASK_WEIGHTS=/w: containers see no folders of yours",
        ),
        (("--epochs", "5"), "unrecognized arguments: --epochs 5; see"),
        (("--data", "gone"), "DATA=gone: no such folder"),
    ],
)
def test_what_cannot_run_is_refused_in_one_line_before_anything_is_written(
    arguments: tuple[str, ...],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(None, arguments, resolve_settings) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"error: {expected}")
    assert printed.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"DATA={tmp_path}/x: no such folder"):
        find_data(f"{tmp_path}/x", tmp_path)


def test_the_synthetic_set_is_written_once(tmp_path: Path) -> None:
    folder = find_data("none", tmp_path)
    assert set(read_layout(folder).splits) >= {"train", "validation", "test"}
    before = folder.stat().st_mtime_ns
    assert find_data("none", tmp_path) == folder
    assert folder.stat().st_mtime_ns == before


def test_the_digest_of_sources_follows_names_and_contents_of_code_only(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "a.py").write_text("1")
    digests = [digest_of([package])]
    (package / "notes.txt").write_text("irrelevant")
    assert digest_of([package]) == digests[0]
    (package / "a.py").write_text("2")
    digests.append(digest_of([package]))
    (package / "a.py").rename(package / "b.py")
    digests.append(digest_of([package]))
    (tmp_path / "lock").write_text("numpy")
    digests.append(digest_of([package, tmp_path / "lock"]))
    assert len(set(digests)) == 4
