"""Listing label images: links, endings in any case, and what is none."""

from __future__ import annotations

from pathlib import Path

from pass_ops.data.user_files.label_files import list_label_files


def write(root: Path, *names: str) -> None:
    """Empty files, with their folders."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def test_everything_there_is_in_one_of_the_lists(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    write(elsewhere, "n1/a.png", "n1/b.PNG", "n1/b.png", "n1/c.jpg", "n1/.c.png", "n1/d/e.png")
    root = tmp_path / "masks"
    write(root, "n2/a.png", "match.json", ".DS_Store")
    (root / "n1").symlink_to(elsewhere / "n1")
    (root / "n3").mkdir()
    labels = list_label_files(root)
    assert labels.files == {
        "n1/a": root / "n1/a.png",
        "n1/b": root / "n1/b.PNG",
        "n2/a": root / "n2/a.png",
    }
    assert labels.classes == ("n1", "n2", "n3")
    assert labels.used_classes == {"n1", "n2"}
    (twin,) = labels.problems
    assert (
        str(twin) == f"{root}/n1/b.png: same name as b.PNG but for the ending; rename one of "
        "them, or move it away"
    )
    assert set(labels.others) == {root / "match.json", root / "n1/c.jpg", root / "n1/d"}
    assert labels.passed_over == (root / ".DS_Store", root / "n1/.c.png")


def test_a_link_round_in_a_circle_is_no_label_image(tmp_path: Path) -> None:
    write(tmp_path, "n1/a.png")
    (tmp_path / "n1" / "up").symlink_to(tmp_path)
    labels = list_label_files(tmp_path)
    assert list(labels.files) == ["n1/a"]
    assert labels.others == (tmp_path / "n1/up",)
