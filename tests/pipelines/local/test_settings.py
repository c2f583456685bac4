"""What a user may choose of a local run, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.errors import ConfigError
from pipelines.local import look
from pipelines.local.run import main
from pipelines.local.settings import Settings, parse, resolve_settings


def test_batches_that_ranks_cannot_share_are_refused_before_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PASS_RANKS", "7")
    assert look.main([]) == 2
    assert "multiple of 7, or change PASS_RANKS" in capsys.readouterr().err


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
    command = (
        "--data d --profile small --seed 7 --compat reference --no-cache --runner docker "
        "--mask-back-end onnx --mask-weights s3://w --overrides"
    )
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
            "Invalid value for '--seed': ",
        ),
        (("--seed", "-1"), "seed = -1 is below 0"),
        (("--runner", "podman"), "Invalid value for '--runner': "),
        (
            ("--runner", "docker", "--mask-weights", "/w"),
            "MASK_WEIGHTS=/w: containers see no folders of yours",
        ),
        (("--epochs", "5"), "No such option: --epochs; see"),
        (
            ("--mask-back-end", "classical", "--mask-weights", "/w"),
            "mask_back_end = 'classical' takes no mask_weights, but /w is given",
        ),
    ],
)
def test_wrong_usage_is_refused_in_one_line_before_anything_is_written(
    arguments: tuple[str, ...],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal(arguments, capsys).startswith(f"error: {expected}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--data", "gone"), "DATA=gone: no such folder"),
        (("--data", ""), "DATA=: no such folder"),
        (("--mask-weights", "gone"), "gone: no such folder; it is where mask weights should be"),
        (
            ("--mask-back-end", "onnx", "--mask-weights", "."),
            ".: lacks encoder.onnx and decoder.onnx; give the mask weights of back end onnx",
        ),
        (
            ("--overrides", '{"pretrain.initial_weights": "gone"}'),
            "gone holds no weights for pretrain.initial_weights",
        ),
        (
            ("--mask-weights", "s3://models/sam"),
            "s3://models/sam/model.json: cannot reach http://127.0.0.1:9",
        ),
    ],
)
def test_what_a_run_would_miss_later_is_told_before_anything_starts(
    arguments: tuple[str, ...],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("S3_RETRY_SECONDS", "0")
    monkeypatch.setenv("S3_ENDPOINT", "http://127.0.0.1:9")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "key")
    first = refusal(arguments, capsys, status=1)
    assert first.startswith(f"error: {expected}")
    assert not list(tmp_path.iterdir())
    # And before Jittor compiles.
    assert look.main(arguments) == 1
    assert capsys.readouterr().err == first


def refusal(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str], status: int = 2) -> str:
    """The one line with which a run is refused.

    Args:
        arguments: of the command line.
        capsys: reads what is printed.
        status: that the run must end with.
    """
    assert main(None, arguments, resolve_settings) == status
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    return output.err
