"""How results of images are kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pass_ops.data.label_maps.encoded import EncodedMap
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.paths import LabelMapsPath
from pass_ops.pseudo_labels.codecs import MADE_MAP, MadeMap, made_map

LABELS = np.arange(6, dtype=np.int32).reshape(2, 3)


def test_a_map_and_its_figures_come_back() -> None:
    made = made_map(LABELS, foreground=5 / 6, scores=np.array([0.25, 0.5]), empty=False)
    back = MADE_MAP.decode("key", MADE_MAP.encode(made))
    assert back.encoded.png.tobytes() == made.encoded.png.tobytes()
    assert (back.encoded.height, back.encoded.width) == (2, 3)
    assert back.figure("foreground") == 5 / 6
    assert back.figure("empty") == 0
    assert back.figures["scores"].tolist() == [0.25, 0.5]


def test_maps_are_written_as_they_are_kept(tmp_path: Path) -> None:
    # Bytes that are no picture: nobody decodes them.
    made = MadeMap(EncodedMap(np.frombuffer(b"no picture", np.uint8), 2, 3), {})
    path = LabelMapsPath(tmp_path / "maps")
    with LabelMapWriter(path) as writer:
        writer.write_encoded("key", MADE_MAP.decode("key", MADE_MAP.encode(made)).encoded)
    assert b"no picture" in (tmp_path / "maps" / "maps" / "00000.tar").read_bytes()
    assert LabelMaps(path).size("key") == (3, 2)


def test_an_encoded_map_is_written_as_its_labels_are(tmp_path: Path) -> None:
    for name in ("labels", "encoded"):
        with LabelMapWriter(LabelMapsPath(tmp_path / name)) as writer:
            if name == "labels":
                writer.write("key", LABELS)
            else:
                writer.write_encoded("key", made_map(LABELS).encoded)
    one, two = (
        {file.name: file.read_bytes() for file in (tmp_path / name).rglob("*") if file.is_file()}
        for name in ("labels", "encoded")
    )
    assert one == two
