"""Every kind of output has a form, by which an earlier one is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.errors import StorageError
from pass_ops.paths import CentroidsPath, SamWeightsPath, WeightsPath, suffix_of
from pass_ops.stages.declaration import DECLARATIONS, Port
from pass_ops.storage.kinds import FORMS, form_of, require_all_free

OUTPUTS = [port for declaration in DECLARATIONS.values() for port in declaration.outputs]
CARDS = {
    WeightsPath: '{"stage": "pretrain", "network": {}, "epoch": 3}',
    SamWeightsPath: '{"variant": "vit_b", "source": "sam.pth", "sha256": "0"}',
}


def make_weights(folder: Path, kind: object) -> Path:
    """A folder of weights, or of what has the names of their files.

    Args:
        folder: to make.
        kind: of `CARDS`; any other is nobody's we know.
    """
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"1")
    (folder / "model.json").write_text(CARDS.get(kind, "{}"))
    return folder


@pytest.mark.parametrize("port", OUTPUTS, ids=lambda port: port.name)
def test_outputs_of_stages_are_files_where_their_names_say_so(port: Port) -> None:
    assert form_of(port.kind).noun == ("file" if suffix_of(port.kind) else "folder")


def test_the_forms_are_those_of_kinds_that_are_written() -> None:
    assert len(OUTPUTS) > 30
    used = [form_of(port.kind) for port in OUTPUTS]
    others = {kind.__name__ for kind, form in FORMS.items() if form not in used}
    assert others == {
        "PackedPath",
        "SamWeightsPath",
        "MatchingPath",
        "MetricsPath",
        "ScoresPath",
        "SubmissionPath",
    }


@pytest.mark.parametrize("kind", [WeightsPath, SamWeightsPath])
@pytest.mark.parametrize("there", [WeightsPath, SamWeightsPath, None])
def test_files_of_the_same_names_are_told_apart(
    tmp_path: Path, kind: object, there: object
) -> None:
    folder = make_weights(tmp_path / "weights", there)
    if kind is there:
        require_all_free({folder: kind}, [])
    else:
        with pytest.raises(StorageError, match=r"model\.json is something else"):
            require_all_free({folder: kind}, [])


def test_one_of_several_outputs_in_the_way_is_enough(tmp_path: Path) -> None:
    folder = make_weights(tmp_path / "weights", WeightsPath)
    with pytest.raises(StorageError, match=f"^{folder}: "):
        require_all_free({tmp_path / "new": WeightsPath, folder: CentroidsPath}, [])
    require_all_free({tmp_path / "new": CentroidsPath, folder: WeightsPath}, [])
