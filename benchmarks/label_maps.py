"""10 000 label maps through S3: in the shards of an artifact, and as an object each.

Both sides begin with a folder that a stage could have written and end with another of the same
files: ours of shards, sent and fetched by `pass_ops.storage.s3`, eight files at once; the peer's
with a PNG for each map, the same bytes, by the minio SDK, one after the other and by eight threads.
SeaweedFS serves on the same cores. Ours runs before and after the peer, and the slower counts. Then
every map is decoded on both sides, and must be the one that was drawn.
`python -m benchmarks.label_maps N` takes N maps instead.

* `label_maps_serial`, `label_maps_threads`: seconds of the peer over ours.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from minio import Minio

from benchmarks.parts.photographs import HEIGHT, WIDTH
from benchmarks.parts.report import report
from pass_ops.data.ids import LabelMap
from pass_ops.data.label_maps.encoded import to_png
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.paths import LabelMapsPath
from pass_ops.storage.parallel import in_parallel
from pass_ops.storage.s3 import download, upload
from pipelines.servers.environment import environment_variables
from pipelines.servers.seaweedfs import seaweedfs

MAPS, THREADS, CLUSTERS, BUCKET = 10_000, 8, 50, "maps"


def main(maps: int) -> None:
    """Print one line per metric.

    Args:
        maps: how many there are.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_maps(folder, maps)
        with seaweedfs(folder / "s3", [BUCKET]) as s3, environment_variables(s3):
            server = Minio(
                s3["S3_ENDPOINT"].removeprefix("http://"),
                s3["AWS_ACCESS_KEY_ID"],
                s3["AWS_SECRET_ACCESS_KEY"],
                secure=False,
                region=s3["S3_REGION"],
            )
            # The server makes its volumes for the first object, which is nobody's time.
            upload(folder / "shards" / "meta.json", f"s3://{BUCKET}/first")
            before = seconds(lambda: shards(folder, "before"))
            serial = seconds(lambda: objects(server, folder, 1))
            threads = seconds(lambda: objects(server, folder, THREADS))
            ours = max(before, seconds(lambda: shards(folder, "after")))
        for arm in ("shards-before", "shards-after"):
            check_shards(folder / arm, maps)
        for arm in ("objects-1", f"objects-{THREADS}"):
            check_objects(folder / arm, maps)
    for name, peer, floor in (("serial", serial, 20.0), ("threads", threads, 10.0)):
        report(
            name=f"label_maps_{name}",
            ratio=peer / ours,
            floor=floor,
            unit=f"x an object for each of {maps} maps ({ours:.1f} s against {peer:.0f} s)",
        )


def write_maps(folder: Path, maps: int) -> None:
    """Write the artifact, and the folder of PNG files.

    Args:
        folder: gets `shards` and `objects`.
        maps: how many.
    """
    (folder / "objects").mkdir()
    with LabelMapWriter(LabelMapsPath(folder / "shards")) as writer:
        for number in range(maps):
            labels = drawn(number)
            writer.write(f"{number:05d}", labels)
            (folder / "objects" / f"{number:05d}.png").write_bytes(to_png(labels).tobytes())


def drawn(number: int) -> LabelMap:
    """The label map of an image: regions of background and three clusters, int32 [375, 500].

    Args:
        number: of the image, decides everything.
    """
    rng = np.random.default_rng(number)
    present = np.array([0, *rng.integers(1, CLUSTERS + 1, 3)], np.int32)
    moved = np.roll(_regions(number % 64), rng.integers(WIDTH), axis=1)
    return np.asarray(present[moved])


@cache
def _regions(number: int) -> LabelMap:
    """Four regions with borders as rough as those after the CRF: a PNG has some 10 kB.

    Args:
        number: decides everything.
    """
    rng = np.random.default_rng(number)
    scores = sum(
        amplitude * cv2.resize(rng.standard_normal((rows, columns, 4), np.float32), (WIDTH, HEIGHT))
        for amplitude, rows, columns in ((1.0, 3, 4), (0.3, 36, 48))
    )
    return np.asarray(np.argmax(scores, axis=2), np.int32)


def shards(folder: Path, turn: str) -> None:
    """Send the artifact and fetch it.

    Args:
        folder: of everything.
        turn: names what is written.
    """
    source, target = folder / "shards", folder / f"shards-{turn}"
    names = [str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()]
    prefix = f"s3://{BUCKET}/shards-{turn}"
    in_parallel(lambda name: upload(source / name, f"{prefix}/{name}"), names, THREADS)
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
    in_parallel(lambda name: download(f"{prefix}/{name}", target / name), names, THREADS)


def objects(server: Minio, folder: Path, threads: int) -> None:
    """Send every PNG file and fetch it.

    Args:
        server: the SDK's client.
        folder: of everything.
        threads: how many at once.
    """
    target = folder / f"objects-{threads}"
    target.mkdir()
    names = sorted(os.listdir(folder / "objects"))

    def send(name: str) -> None:
        server.fput_object(BUCKET, f"{target.name}/{name}", str(folder / "objects" / name))

    def fetch(name: str) -> None:
        server.fget_object(BUCKET, f"{target.name}/{name}", str(target / name))

    for action in (send, fetch):
        if threads == 1:
            for name in names:
                action(name)
        else:
            in_parallel(action, names, threads)


def check_shards(folder: Path, maps: int) -> None:
    """Whether an artifact that was fetched has every map as it was drawn.

    Args:
        folder: the artifact.
        maps: how many it is to have.
    """
    label_maps = LabelMaps(LabelMapsPath(folder))
    assert len(label_maps) == maps
    for number in range(maps):
        assert np.array_equal(label_maps.read(f"{number:05d}"), drawn(number))


def check_objects(folder: Path, maps: int) -> None:
    """Whether PNG files that were fetched are as drawn.

    Args:
        folder: of the files.
        maps: how many there are to be.
    """
    for number in range(maps):
        pixels = cv2.imread(str(folder / f"{number:05d}.png"), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(pixels, drawn(number))


def seconds(work: Callable[[], object]) -> float:
    """How long something takes, by the clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MAPS)
