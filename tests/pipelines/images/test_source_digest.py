"""Which changes of the code are noticed."""

from __future__ import annotations

from pathlib import Path

from pipelines.images.source_digest import source_digest


def test_the_digest_follows_names_and_contents_of_code_only(tmp_path: Path) -> None:
    package = tmp_path / "package"
    (package / "inner").mkdir(parents=True)
    (package / "a.py").write_text("1")
    digests = [source_digest([package])]
    (package / "notes.txt").write_text("irrelevant")
    assert source_digest([package]) == digests[0]
    (package / "a.py").write_text("2")
    digests.append(source_digest([package]))
    (package / "a.py").rename(package / "b.py")
    digests.append(source_digest([package]))
    (package / "b.py").rename(package / "inner" / "b.py")
    digests.append(source_digest([package]))
    (tmp_path / "lock").write_text("numpy")
    digests.append(source_digest([package, tmp_path / "lock"]))
    assert len(set(digests)) == 5
