"""K-means at the size of ImageNet-S919: 1.2 million descriptors of 512 numbers, mapped into memory.

Each arm is a process of its own, with the same file of rows, the same start and as many iterations:
ours from descriptors to three nearest clusters of each, and faiss alone with all rows in memory.
`python -m benchmarks.clustering N` takes N descriptors instead.

* `kmeans_memory`: 8 GiB over the most that our process holds, mapped files included.
* `kmeans_million_time`: faiss's seconds over ours.
* `kmeans_million_objective`: faiss's sum of squared distances over ours.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import faiss
import numpy as np

from benchmarks.parts.report import report
from pass_ops.clustering.kmeans import kmeans
from pass_ops.clustering.rows import chunks, load_rows, unit_rows

IMAGES, CLUSTERS, WIDTH, ITERATIONS, SEED = 1_200_000, 919, 512, 2, 31
BYTES = 8 * 2.0**30


def main(images: int) -> None:
    """Print one line per metric.

    Args:
        images: how many descriptors there are.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "features.npy"
        write_rows(path, images)
        arms = {arm: in_a_process(arm, path) for arm in ("ours", "faiss")}
    mine, peer = arms["ours"], arms["faiss"]
    operations = 2 * images * CLUSTERS * WIDTH * (ITERATIONS + 1)
    report(
        name="kmeans_memory",
        ratio=BYTES / mine["bytes"],
        floor=1.0,
        unit=f"x below 8 GiB ({mine['bytes'] / 2**30:.2f} GiB; faiss {peer['bytes'] / 2**30:.2f})",
    )
    report(
        name="kmeans_million_time",
        ratio=peer["seconds"] / mine["seconds"],
        floor=None,
        unit=f"x faiss's speed ({mine['seconds']:.0f} s; "
        f"{operations / mine['cpu'] / 1e9:.0f} GFLOP a core-second)",
    )
    report(
        name="kmeans_million_objective",
        ratio=peer["objective"] / mine["objective"],
        floor=0.995,
        unit=f"faiss's objective over ours ({mine['objective']:.0f})",
    )


def write_rows(path: Path, images: int) -> None:
    """Write descriptors in 2000 heaps, float32 [N, 512], as an `.npy` file.

    Args:
        path: of the file.
        images: N.
    """
    rng = np.random.default_rng(0)
    centres = np.abs(rng.normal(size=(2000, WIDTH))).astype(np.float32)
    # NumPy's stub of the function has no types.
    rows = np.lib.format.open_memmap(  # type: ignore[no-untyped-call]
        path, "w+", np.float32, (images, WIDTH)
    )
    for chunk in chunks(images):
        # Positive, as what follows a ReLU is.
        noise = np.abs(rng.standard_normal(rows[chunk].shape, np.float32))
        rows[chunk] = centres[rng.integers(0, len(centres), len(noise))] + noise
    rows.flush()


def in_a_process(arm: str, path: Path) -> dict[str, float]:
    """Seconds, core-seconds, most bytes and objective of an arm.

    Args:
        arm: ours or faiss.
        path: of the rows.
    """
    command = [sys.executable, "-m", "benchmarks.clustering", arm, str(path)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures: dict[str, float] = json.loads(output)
    return figures


def _run(arm: str, path: Path) -> dict[str, float]:
    """Do the work of an arm in this process; see `in_a_process`."""
    start, busy = time.perf_counter(), time.process_time()
    objective = ours(path) if arm == "ours" else by_faiss(path)
    return {
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - busy,
        "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0,
        "objective": objective,
    }


def ours(path: Path) -> float:
    """The sum of squared distances that our k-means reaches with the rows of a file."""
    clusters = kmeans(
        features=load_rows(path), clusters=CLUSTERS, iterations=ITERATIONS, restarts=1, seed=SEED
    )
    return float(clusters.distances[:, 0].sum(dtype=np.float64))


def by_faiss(path: Path) -> float:
    """The same by faiss, whose rows are in memory."""
    rows = unit_rows(np.load(path))
    engine = faiss.Kmeans(
        WIDTH, CLUSTERS, niter=ITERATIONS, seed=SEED, max_points_per_centroid=len(rows)
    )
    engine.train(rows)
    distances, _ = engine.index.search(rows, 3)
    return float(distances[:, 0].sum(dtype=np.float64))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(_run(sys.argv[1], Path(sys.argv[2]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
