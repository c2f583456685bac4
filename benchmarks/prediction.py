"""Prediction of a photograph of 500 × 375 pixels at 920 classes against scores on the host.

The peer is what predicted before, written plainly: scores of all classes are enlarged to the size
of the image, copied to the host and decided by NumPy. The network is as small as one can be: on a
GPU its part is small, and on a processor it would hide what is compared. Turns alternate;
labels must be equal, but for pixels whose two best scores differ in the last digit.

* `prediction_time`, `prediction_cpu`: seconds by the clock, and of all cores, an image.
* `prediction_memory`: what a process grows by.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.parts.report import report
from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.segmentation import PredictionConfig
from pass_ops.data.ids import LabelMap
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import resize_image
from pass_ops.data.transforms.scales import Scales
from pass_ops.engine.jittor import jt, nn, seed_everything, to_numpy
from pass_ops.models.functional import resize
from pass_ops.models.segmenter import Segmenter
from pass_ops.segmentation.predict import mirror, predict_image

CLASSES, SIZE, TURNS, LEAST = 920, (375, 500), 3, 8.0
CONFIG = PredictionConfig()
SMALLEST = NetworkConfig(arch="resnet10", width=4)
Predict = Callable[[Segmenter, NDArray[np.uint8]], LabelMap]


def main() -> None:
    """Print one line per metric."""
    seed_everything(31)
    network, small = (Segmenter(SMALLEST, classes) for classes in (CLASSES, 3))
    network.eval()
    small.eval()
    image = np.random.default_rng(0).integers(0, 256, (*SIZE, 3), np.uint8)
    arms: dict[str, Predict] = {"ours": _ours, "on the host": _on_the_host}
    labels, growth = {}, {}
    for name, predict in arms.items():
        # Kernels are compiled and loaded by few classes.
        predict(small, image)
        before = peak()
        labels[name] = predict(network, image)
        growth[name] = peak() - before
    differ = float((labels["ours"] != labels["on the host"]).mean())
    assert differ < 1e-4, f"{differ} of the pixels have another label"
    wall, cpu = dict.fromkeys(arms, 0.0), dict.fromkeys(arms, 0.0)
    for _ in range(TURNS):
        for name, predict in arms.items():
            start, busy = time.perf_counter(), time.process_time()
            predict(network, image)
            wall[name] += (time.perf_counter() - start) / TURNS
            cpu[name] += (time.process_time() - busy) / TURNS
    for metric, spent in (("time", wall), ("cpu", cpu)):
        report(
            name=f"prediction_{metric}",
            ratio=spent["on the host"] / spent["ours"],
            floor=LEAST,
            unit=f"x scores on the host ({spent['ours']:.2f} s)",
        )
    report(
        name="prediction_memory",
        ratio=growth["on the host"] / growth["ours"],
        floor=LEAST,
        unit=f"x less than scores on the host ({growth['ours'] / 2**20:.0f} MiB)",
    )


def _ours(network: Segmenter, image: NDArray[np.uint8]) -> LabelMap:
    """`pass_ops.segmentation.predict`."""
    return predict_image(network, Scales(CONFIG.sides, CONFIG.compat)(image), CONFIG)


def _on_the_host(network: Segmenter, image: NDArray[np.uint8]) -> LabelMap:
    """Scores of all classes at the image's size, copied, then NumPy's argmax."""
    scores = []
    with jt.no_grad():
        for side in CONFIG.sizes:
            pixels = jt.array(normalise([resize_image(image, side, "fixed")]))
            plain = nn.softmax(network(pixels), dim=1)
            mirrored = mirror(nn.softmax(network(mirror(pixels)), dim=1))
            scores.append(resize((plain + mirrored) / 2, SIZE))
        return to_numpy(sum(scores))[0].argmax(axis=0).astype(np.int32)


def peak() -> int:
    """Most bytes that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
