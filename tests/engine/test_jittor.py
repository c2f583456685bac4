"""Seeds, and sums that keep their digits."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pass_ops.engine.jittor import jt, seed_everything, seed_step, step_mean, to_numpy


def draws() -> tuple[float, float, list[float]]:
    return random.random(), float(np.random.rand()), to_numpy(jt.rand(3)).tolist()


def test_a_seed_fixes_all_three_generators() -> None:
    seed_everything(31)
    first = draws()
    seed_everything(31)
    assert draws() == first
    seed_everything(32)
    other = draws()
    assert all(mine != theirs for mine, theirs in zip(first, other, strict=True))


def test_a_step_draws_the_same_whatever_was_drawn_before() -> None:
    seed_step(31, 5)
    first = draws()
    draws()
    seed_step(31, 5)
    assert draws() == first
    for seed, step in ((31, 6), (32, 5)):
        seed_step(seed, step)
        other = draws()
        assert all(mine != theirs for mine, theirs in zip(first, other, strict=True))


def test_the_first_numbers_of_neighbouring_steps_are_far_apart() -> None:
    firsts = []
    for step in range(100):
        seed_step(31, step)
        firsts.append(float(jt.rand(1).item()))
    # Unmixed, they would differ by 8e-6.
    assert np.abs(np.diff(firsts)).mean() == pytest.approx(1 / 3, abs=0.1)


def test_values_that_wait_to_be_computed_leave_the_sequence_alone() -> None:
    seed_everything(31)
    alone = jt.rand(3).numpy()
    waiting = jt.rand(5)
    seed_everything(31)
    np.testing.assert_array_equal(jt.rand(3).numpy(), alone)
    assert waiting.shape == [5]


def test_the_mean_of_many_values_keeps_its_digits() -> None:
    # A single float32 accumulator stops at 2²⁴ ones.
    ones = jt.ones((20, 1000, 1000))
    assert step_mean(ones).item() == pytest.approx(1, abs=5e-5)


def test_the_mean_of_a_vector() -> None:
    assert step_mean(jt.array(np.float32([1, 2, 6]))).item() == pytest.approx(3)


def test_a_copy_does_not_follow_its_variable() -> None:
    values = jt.array(np.float32([1, 2]))
    copy = to_numpy(values)
    copy[0] = 5
    assert values.numpy().tolist() == [1, 2]


def test_a_jittor_that_ends_the_process_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "jittor.py").write_text("raise SystemExit(0)")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", "import pass_ops.engine.jittor"]
    process = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert process.returncode == 1
    assert process.stderr.splitlines()[-1].endswith("run the same command again")


def test_outside_of_make_the_kernels_of_the_clone_are_found(tmp_path: Path) -> None:
    (tmp_path / "jittor.py").write_text("nn = None")
    clone = Path(__file__).resolve().parents[2]
    environment = {name: text for name, text in os.environ.items() if name != "JITTOR_HOME"}
    code = "import os, pass_ops.engine.jittor; print(os.environ['JITTOR_HOME'])"

    def home(variables: dict[str, str]) -> str:
        process = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            # Of a module that stands for Jittor, no flags are set.
            env=environment
            | {"PYTHONPATH": f"{tmp_path}:{clone}", "nvcc_path": "", "cc_path": "g++"}
            | variables,
            capture_output=True,
            text=True,
            check=True,
        )
        return process.stdout.strip()

    # As the Makefile says it.
    assert home({}) == str(clone / ".cache" / "jittor")
    assert home({"JITTOR_HOME": f"{tmp_path}/kernels"}) == f"{tmp_path}/kernels"
