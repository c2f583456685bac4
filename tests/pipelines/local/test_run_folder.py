"""A folder for each run, whatever the clock says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.local.run_folder import make_run_folder


def test_runs_that_start_in_one_second_have_folders_of_their_own(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(lambda _: make_run_folder(tmp_path / "runs"), range(24)))
    assert len(set(folders)) == 24
    assert all(folder.is_dir() for folder in folders)


def test_a_clock_that_was_set_back_does_not_lead_into_an_earlier_run(tmp_path: Path) -> None:
    now = datetime.now()
    for second in range(60):
        earlier = tmp_path / f"{now + timedelta(seconds=second):%Y%m%d-%H%M%S}"
        earlier.mkdir()
        (earlier / "result.json").write_text("{}")
    assert list(make_run_folder(tmp_path).iterdir()) == []
