"""`make clean` while someone uses the stores."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from pipelines.servers.claim import claim
from pipelines.servers.store import record_holder, store_lock

CLONE = Path(__file__).resolve().parents[3]


def make_clean(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run it in a folder that is no clone but has a Makefile."""
    if not (folder / "Makefile").exists():
        shutil.copy(CLONE / "Makefile", folder)
        shutil.copytree(CLONE / ".make", folder / ".make")
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--no-print-directory", "clean"]
    return subprocess.run(
        command, cwd=folder, env=inherited, capture_output=True, text=True, check=False
    )


def test_it_is_refused_with_who_uses_them(tmp_path: Path) -> None:
    state, kept = tmp_path / ".pass-ops", tmp_path / "runs" / "1"
    kept.mkdir(parents=True)
    (tmp_path / "build").mkdir()
    with claim(state):
        refused = make_clean(tmp_path)
        assert refused.returncode == 2
        assert f"owner: {os.getpid()}, since: 2" in refused.stderr.splitlines()[0]
    with store_lock(state / "s3") as lock:
        record_holder(descriptor=lock, server=os.getpid(), url="http://127.0.0.1:1")
        assert "s3/lock is held (owner: " in make_clean(tmp_path).stderr
    assert (state / "s3").is_dir()
    assert (tmp_path / "build").is_dir()
    assert make_clean(tmp_path).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".make", "Makefile", "runs"]
    assert kept.is_dir()
