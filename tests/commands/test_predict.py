"""`pass-ops predict`: any photographs, whatever else lies among them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pass_ops.data.decode import decode_mask
from pass_ops.serving.model import Model
from tests.commands.invocation import run


@pytest.fixture
def photographs(synthetic_data: Path, tmp_path: Path) -> Path:
    """A folder with photographs of several formats, a broken one, and files of other kinds."""
    folder = tmp_path / "photographs"
    images = sorted((synthetic_data / "test").glob("*/*.JPEG"))[:6]
    for number, image in enumerate(images):
        inner = folder / ("nested" if number % 2 else ".") / ("deeper" if number == 3 else ".")
        inner.mkdir(parents=True, exist_ok=True)
        shutil.copy(image, inner / f"{number}.JPG")
    Image.open(images[0]).save(folder / "0.png")
    Image.open(images[0]).save(folder / "5.webp", lossless=True)
    (folder / "broken.jpg").write_bytes(images[0].read_bytes()[:500])
    (folder / "notes.txt").write_text("none of them")
    (folder / ".DS_Store").write_text("hidden")
    return folder


def test_the_readable_are_labelled_and_the_status_tells_of_the_others(
    exported_model: Path, photographs: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    status, out, err = run(
        "predict", str(exported_model), str(photographs), "--output", str(output), "--batch", "3"
    )
    assert status == 1
    assert err.startswith(f"{photographs}/broken.jpg: unreadable or truncated")
    assert err.count("\n") == 1
    assert f"8 of 9 photographs labelled, 2 other files passed over: {output}" in out
    assert "progress | predict | 9/9 images" in out
    labels = sorted(str(path.relative_to(output)) for path in output.glob("labels/**/*.png"))
    assert labels == [
        *("labels/0.JPG.png", "labels/0.png.png", "labels/2.png", "labels/4.png"),
        "labels/5.png",
        *("labels/nested/1.png", "labels/nested/5.png", "labels/nested/deeper/3.png"),
    ]
    model = Model(exported_model)
    areas = json.loads((output / "areas.json").read_text())
    assert areas["classes"] == list(model.description.classes)
    assert len(areas["unreadable"]) == 1
    assert len(areas["images"]) == 8
    for row in areas["images"]:
        image = np.asarray(Image.open(row["file"]).convert("RGB"))
        (expected,) = model.label([image])
        found = decode_mask((output / row["labels"]).read_bytes(), "labels")
        assert (found == expected).mean() > 0.999
        assert (row["height"], row["width"]) == found.shape
        assert sum(row["areas"].values()) == pytest.approx(1)
        picture = output / row["labels"].replace("labels/", "overlays/", 1).replace(".png", ".jpg")
        if "JPG" not in row["labels"] and "png.png" not in row["labels"]:
            assert Image.open(picture).height > found.shape[0]


def test_a_file_may_be_named_and_all_is_well(
    exported_model: Path, photographs: Path, tmp_path: Path
) -> None:
    names = [str(photographs / name) for name in ("2.JPG", "4.JPG")]
    status, _, err = run("predict", str(exported_model), *names, "--output", f"{tmp_path}/out")
    assert (status, err) == (0, "")
    assert len(list((tmp_path / "out" / "overlays").iterdir())) == 2


@pytest.mark.parametrize(
    ("model", "images", "message"),
    [
        ("{model}", "{root}/empty", "{root}/empty: no photographs in there; their names end in"),
        (
            "{model}",
            "{root}/films",
            "{root}/films: no photographs in there, and 2 other files (.heic, .mov); their names",
        ),
        ("{model}", "{root}/none", "{root}/none: no such file or folder"),
        ("{root}/none", "{photographs}", "{root}/none: no such model; give models:/"),
        ("{root}/empty", "{photographs}", "{root}/empty: lacks segmenter.onnx and match.json and"),
        (
            "{root}/unmatched",
            "{photographs}",
            "{root}/unmatched: lacks match.json; give the folder",
        ),
        ("models:/pass@champion", "{photographs}", "MLFLOW_TRACKING_URI is not set"),
        (
            "{model}",
            "{photographs}/2.JPG {photographs}/2.JPG",
            "another photograph is called 2.JPG",
        ),
    ],
)
def test_what_cannot_be_used_is_one_line_before_anything_is_written(
    *,
    model: str,
    images: str,
    message: str,
    exported_model: Path,
    photographs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "empty").mkdir()
    (tmp_path / "films").mkdir()
    for name in ("a.HEIC", "b.mov"):
        (tmp_path / "films" / name).touch()
    shutil.copytree(exported_model, tmp_path / "unmatched")
    (tmp_path / "unmatched" / "match.json").unlink()
    places = {"model": exported_model, "photographs": photographs, "root": tmp_path}
    arguments = [part.format(**places) for part in (model, *images.split())]
    status, _, err = run("predict", *arguments, "--output", str(tmp_path / "out"))
    assert (status, err.count("\n")) == (1, 1)
    assert message.format(**places) in err
    assert not (tmp_path / "out").exists()


def test_earlier_predictions_are_replaced_and_nothing_else_is(
    exported_model: Path, photographs: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    command = ("predict", str(exported_model))
    nested = str(photographs / "nested")
    assert run(*command, nested, "--output", str(output))[0] == 0
    assert (output / "labels" / "deeper" / "3.png").is_file()
    assert run(*command, str(photographs / "2.JPG"), "--output", str(output))[0] == 0
    assert sorted(path.name for path in output.rglob("*.*")) == ["2.jpg", "2.png", "areas.json"]
    (output / "labels" / "mine.txt").write_text("kept")
    status, _, err = run(*command, nested, "--output", str(output))
    assert status == 1
    assert "labels/mine.txt is none of its files" in err
    assert (output / "labels" / "2.png").is_file()


def test_nothing_is_written_over_or_among_the_photographs(
    exported_model: Path, photographs: Path
) -> None:
    for output in (photographs, photographs / "out"):
        status, _, err = run("predict", str(exported_model), str(photographs), "--output", output)
        assert status == 1
        assert "choose another" in err
