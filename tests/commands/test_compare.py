"""`pass-ops compare`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.invocation import run
from tests.comparison.example import write_run


@pytest.fixture(scope="module")
def run_folder(synthetic_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run."""
    return write_run(folder=tmp_path_factory.mktemp("run") / "1", data=synthetic_data, shift=3)


def test_it_prints_scores_and_writes_a_page_again_and_again(
    run_folder: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    for _ in range(2):
        status, out, err = run("compare", run_folder, run_folder, "--output", page)
        assert (status, err) == (0, "")
    assert "Scores on test\n" in out
    assert "Settings that differ" not in out
    assert out.endswith(f"page: {page}\n")
    assert page.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize("missing", ["empty", "gone"])
def test_what_is_no_run_is_one_line(run_folder: Path, tmp_path: Path, missing: str) -> None:
    page = tmp_path / "page.html"
    (tmp_path / "empty").mkdir()
    status, _, err = run("compare", run_folder, tmp_path / missing, "--output", page)
    assert (status, err.count("\n")) == (1, 1)
    assert "there is no result.json in it; give the folder runs/<time>" in err
    assert not page.exists()


def test_a_strangers_file_and_the_run_itself_are_left_alone(
    run_folder: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.html"
    mine.write_text("<html>mine</html>")
    for output in (mine, run_folder / "page.html"):
        status, _, err = run("compare", run_folder, run_folder, "--output", output)
        assert (status, err.count("\n")) == (1, 1)
    assert mine.read_text() == "<html>mine</html>"
