"""Checkpoints in a real S3 server."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.identity import Identity
from pass_ops.engine.checkpoints.others import nearest
from pass_ops.errors import StorageError
from pass_ops.storage.s3 import names_below, read_bytes, remove, upload
from pipelines.servers.endpoints import DATA_BUCKET
from tests.engine.checkpoints.conftest import names, save, snapshot_at
from tests.engine.checkpoints.test_others import Interrupting

pytestmark = pytest.mark.usefixtures("s3_settings")
Open = Callable[[str], Checkpoints]


@pytest.fixture
def on_node(tmp_path: Path) -> Open:
    """The checkpoints of one training on a node of this name, which has a disk of its own."""
    root = f"s3://{DATA_BUCKET}/{tmp_path.name}"
    identity = Identity(stage="pretrain", settings={"epochs": "12"}, data="d", code="c")

    def make(node: str) -> Checkpoints:
        return Checkpoints(
            identity=identity, root=tmp_path / node, remote=root, minutes=60, stays=False
        )

    return make


def stored(checkpoints: Checkpoints) -> set[str]:
    return set(names_below(checkpoints.place))


def test_another_node_goes_on_from_the_newest(on_node: Open, tmp_path: Path) -> None:
    with on_node("a") as checkpoints:
        (checkpoints.kept / "epoch-1").mkdir(parents=True)
        (checkpoints.kept / "epoch-1" / "weights").write_text("w")
        for step in (1, 2, 3):
            snapshot = snapshot_at(step, (checkpoints.kept / "epoch-1",))
            checkpoints.save(epoch=0, step=step, snapshot=snapshot)
            assert checkpoints.last
    files = {
        f"step-{step:010d}/{file}"
        for step in (2, 3)
        for file in ("arrays.safetensors", "manifest.json")
    }
    assert stored(checkpoints) == {*files, "kept/epoch-1/weights", "latest"}
    assert read_bytes(f"{checkpoints.place}/latest") == b"step-0000000003"
    shutil.rmtree(tmp_path / "a")
    with on_node("b") as checkpoints:
        found = checkpoints.newest()
        assert found is not None
        assert (found[0].step, found[1].values) == (3, {"counted": 3})
        assert (found[1].folders[0] / "weights").read_text() == "w"
        save(checkpoints, 4)
        save(checkpoints, 5)
        assert {name[:15] for name in stored(checkpoints) if "arrays" in name} == {
            "step-0000000004",
            "step-0000000005",
        }
        checkpoints.finish()
    assert {name[:15] for name in stored(checkpoints) if "arrays" in name} == {"step-0000000005"}
    assert "latest" not in stored(checkpoints)
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("damage", ["torn", "missing", "no manifest"])
def test_a_damaged_one_gives_way_to_the_one_before(
    on_node: Open, tmp_path: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with on_node("a") as checkpoints:
        save(checkpoints, 1)
        save(checkpoints, 2)
    newest = f"{checkpoints.place}/step-0000000002"
    if damage == "torn":
        (tmp_path / "half").write_bytes(read_bytes(f"{newest}/arrays.safetensors")[:-1])
        upload(tmp_path / "half", f"{newest}/arrays.safetensors")
    elif damage == "missing":
        remove(f"{newest}/arrays.safetensors")
    else:
        # As where the process was killed before the manifest, which is sent last.
        remove(f"{newest}/manifest.json")
    with on_node("b") as checkpoints:
        found = checkpoints.newest()
        assert found is not None
        assert found[0].step == 1
        assert names(checkpoints.folder) == ["step-0000000001"]
    told = "a damaged checkpoint" in capsys.readouterr().out
    assert told == (damage != "no manifest")


def test_those_of_other_settings_are_told_of(
    on_node: Open, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with on_node("a") as checkpoints:
        save(checkpoints, 1)
    other = Identity(stage="pretrain", settings={"epochs": "13"}, data="d", code="c")
    remote = checkpoints.place.removesuffix(f"/{checkpoints.identity.prefix}")
    with Checkpoints(
        identity=other, root=tmp_path / "b", remote=remote, minutes=60, stays=False
    ) as others:
        assert others.newest() is None
    assert capsys.readouterr().out == (
        f"pretrain | starts anew: the checkpoints in {checkpoints.place} have "
        "epochs 12 there, 13 here\n"
    )


def test_damaged_and_vanished_ones_of_others_are_left_out(tmp_path: Path) -> None:
    remote = f"s3://{DATA_BUCKET}/{tmp_path.name}"
    others = [
        Checkpoints(
            identity=Identity(
                stage="pretrain", settings={"epochs": str(epochs)}, data="d", code="c"
            ),
            root=tmp_path / "a",
            remote=remote,
            minutes=60,
            stays=False,
        )
        for epochs in (13, 14, 15)
    ]
    for checkpoints in others:
        with checkpoints:
            save(checkpoints, 1)
    damaged, whole, vanished = sorted(others, key=lambda one: one.place)
    (tmp_path / "empty").touch()
    upload(tmp_path / "empty", f"{damaged.place}/step-0000000001/manifest.json")

    def vanish() -> None:
        for file in stored(vanished):
            remove(f"{vanished.place}/{file}")

    identity = Interrupting(
        stage="pretrain", settings={"epochs": "12"}, data="d", code="c", interrupt=vanish
    )
    told = nearest(identity, tmp_path / "b", remote)
    assert told.startswith(f"the checkpoints in {whole.place} have epochs ")


def test_a_server_that_refuses_is_told_before_the_work(tmp_path: Path) -> None:
    identity = Identity(stage="pretrain", settings={}, data="d", code="c")
    with (
        Checkpoints(
            identity=identity, root=tmp_path, remote="s3://nowhere", minutes=60, stays=False
        ) as checkpoints,
        pytest.raises(StorageError, match="there is no such bucket"),
    ):
        checkpoints.newest()


def test_a_server_that_goes_away_stops_no_training(
    on_node: Open, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with on_node("a") as checkpoints:
        save(checkpoints, 1)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "expired")
        save(checkpoints, 2)
        assert "no checkpoint was kept: s3://" in capsys.readouterr().out
