"""Work on many images that is ended and goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import pytest

from pass_ops.engine.checkpoints import shards
from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.shards import Codec, Shards, resumed
from pass_ops.engine.checkpoints.share import Share, ShareMade
from pass_ops.errors import StorageError
from tests.engine.checkpoints.conftest import Open

KEYS = tuple(f"{number:02x}" for number in range(10))
CODEC = Codec[int](
    lambda result: {"value": np.array([result]), "more": np.zeros((0, 3))},
    lambda _, kept: int(kept["value"][0]),
)


@pytest.fixture(autouse=True)
def _three_images_a_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "PIECES", 3)


class Work:
    """Squares numbers, and remembers which."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def __call__(self, keys: Sequence[str]) -> Iterator[tuple[str, int]]:
        for key in keys:
            self.done.append(key)
            yield key, int(key, 16) ** 2


def run(checkpoints: Checkpoints | None, stop: int | None = None) -> tuple[Work, dict[str, int]]:
    work = Work()
    kept = checkpoints and Shards(checkpoints)
    results = resumed(compute=work, keys=KEYS, codec=CODEC, shards=kept)
    return work, dict(islice(results, stop))


def test_whole_shards_are_not_made_again(
    open_checkpoints: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    _, expected = run(None)
    with open_checkpoints() as checkpoints:
        work, _ = run(checkpoints, stop=8)
        assert work.done == list(KEYS[:8])
    with open_checkpoints() as checkpoints:
        work, found = run(checkpoints, stop=9)
        assert work.done == list(KEYS[6:9])
    told = f"pretrain | goes on after 6 of 10 images, from {checkpoints.place}\n"
    assert capsys.readouterr().out == told
    with open_checkpoints() as checkpoints:
        work, found = run(checkpoints)
        assert work.done == list(KEYS[9:])
    assert found == expected
    assert list(found) == list(KEYS)


def test_a_damaged_shard_is_made_again(open_checkpoints: Open) -> None:
    with open_checkpoints() as checkpoints:
        run(checkpoints, stop=7)
        assert checkpoints.last == "step-0000000006"
        run(checkpoints, stop=10)
        assert checkpoints.last == "step-0000000009"
    shard = checkpoints.kept / "images-000002" / "arrays.safetensors"
    content = bytearray(shard.read_bytes())
    content[-1] ^= 1
    shard.write_bytes(content)
    with open_checkpoints() as checkpoints:
        work, found = run(checkpoints)
    assert work.done == list(KEYS[6:])
    assert found == run(None)[1]


def test_slow_work_has_smaller_shards(open_checkpoints: Open) -> None:
    with open_checkpoints(minutes=0) as checkpoints:
        run(checkpoints, stop=2)
        assert checkpoints.last in ("step-0000000001", "step-0000000002")


def test_parts_follow_each_other(open_checkpoints: Open) -> None:
    def work(checkpoints: Checkpoints, stop: int | None) -> tuple[list[str], list[str]]:
        """What each part had to do, when the second is ended after so many pieces."""
        kept, done = Shards(checkpoints), {}
        for part, pieces in (("images", None), ("restarts", stop)):
            one = done[part] = Work()
            found = resumed(compute=one, keys=KEYS, codec=CODEC, shards=kept, part=part)
            assert list(islice(found, pieces)) == list(Work()(KEYS))[:pieces]
        return done["images"].done, done["restarts"].done

    with open_checkpoints() as checkpoints:
        assert work(checkpoints, 3) == (list(KEYS), list(KEYS[:3]))
        # The first part's last piece went into a shard with the second one's first two.
        assert checkpoints.last == "step-0000000012"
    with open_checkpoints() as checkpoints:
        assert work(checkpoints, None) == ([], list(KEYS[2:]))
    folders = sorted(path.name for path in checkpoints.kept.iterdir())
    assert folders == [f"images-{number:06d}" for number in range(4)] + [
        f"restarts-{number:06d}" for number in range(3)
    ]


def share_of(open_checkpoints: Open, number: int, work: Work) -> None:
    """What the task of one of three shares does."""
    share = Share(number, 3)
    with open_checkpoints(share=share.folder) as checkpoints:
        kept = Shards(checkpoints, share)
        with pytest.raises(ShareMade):
            list(resumed(compute=work, keys=KEYS, codec=CODEC, shards=kept))


def test_each_share_is_made_by_one_task_and_found_by_the_whole(
    open_checkpoints: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    works = [Work() for _ in range(3)]
    for number in (3, 1, 2):
        share_of(open_checkpoints, number, works[number - 1])
    assert [work.done for work in works] == [list(KEYS[:3]), list(KEYS[3:6]), list(KEYS[6:])]
    capsys.readouterr()
    with open_checkpoints() as checkpoints:
        work, found = run(checkpoints)
    assert work.done == []
    assert found == run(None)[1]
    assert list(found) == list(KEYS)
    told = f"pretrain | goes on after 10 of 10 images, from {checkpoints.place}\n"
    assert capsys.readouterr().out == told


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_the_pieces_of_a_share_that_is_lost_are_made_by_the_whole(
    open_checkpoints: Open, lost: int
) -> None:
    for number in {1, 2, 3} - {lost}:
        share_of(open_checkpoints, number, Work())
    with open_checkpoints() as checkpoints:
        work, found = run(checkpoints)
    assert work.done == list(Share(lost, 3).of(KEYS))
    assert list(found.items()) == list(run(None)[1].items())
    # And they are kept, but for what fills no shard of three.
    with open_checkpoints() as checkpoints:
        assert run(checkpoints)[0].done == list(KEYS[9:] if lost == 3 else ())


def test_a_share_that_is_ended_is_taken_up_alone(open_checkpoints: Open) -> None:
    share = Share(3, 3)
    assert len(share.of(KEYS)) == 4
    with open_checkpoints(share=share.folder) as checkpoints:
        kept = Shards(checkpoints, share)
        for key, result in islice(Work()(share.of(KEYS)), 3):
            kept.add("images", key, CODEC.encode(result))
        assert checkpoints.last
    work = Work()
    share_of(open_checkpoints, 3, work)
    assert work.done == list(KEYS[9:])


def test_shares_of_another_number_of_tasks_are_of_use_too(open_checkpoints: Open) -> None:
    share_of(open_checkpoints, 2, Work())
    share, work = Share(1, 2), Work()
    with open_checkpoints(share=share.folder) as checkpoints, pytest.raises(ShareMade):
        list(resumed(compute=work, keys=KEYS, codec=CODEC, shards=Shards(checkpoints, share)))
    assert work.done == list(KEYS[:5])
    with open_checkpoints() as checkpoints:
        assert run(checkpoints)[0].done == list(KEYS[6:])


def test_more_shares_than_pieces_leave_some_without_any(open_checkpoints: Open) -> None:
    share, work = Share(1, 20), Work()
    assert share.of(KEYS) == ()
    with open_checkpoints(share=share.folder) as checkpoints, pytest.raises(ShareMade):
        list(resumed(compute=work, keys=KEYS, codec=CODEC, shards=Shards(checkpoints, share)))
    assert work.done == []


def test_a_share_that_cannot_be_kept_is_not_made(
    open_checkpoints: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    share = Share(1, 3)
    with open_checkpoints(share=share.folder) as checkpoints:
        kept = Shards(checkpoints, share)
        # Where the folder of its checkpoint is to be.
        (checkpoints.folder / "step-0000000003").write_text("in the way")
        with pytest.raises(StorageError, match=r"share-0001-of-0003: .* could not keep its work"):
            list(resumed(compute=Work(), keys=KEYS, codec=CODEC, shards=kept))
    assert "no checkpoint was kept" in capsys.readouterr().out
