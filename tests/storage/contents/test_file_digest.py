"""What tells a file's content from any other."""

from __future__ import annotations

from pathlib import Path

from pass_ops.storage.contents.file_digest import file_sha256


def test_file_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert (
        file_sha256(tmp_path / "a")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
