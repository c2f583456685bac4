"""An exported model against Jittor on one photograph of 500 × 375 pixels, and over HTTP.

`export_latency`: seconds of `segmentation.predict.predict_image` over those of the exported model,
for a ResNet-18 with the settings of `imagenet-s50`: three sizes, each mirrored, too. Medians, after
one of each that is not counted. Printed besides: the round trip of `mlflow models serve`, and the
sizes of the exported files. The photograph is made up; its pixels decide nothing here.
"""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from benchmarks.parts.report import report
from benchmarks.parts.scenes import HEIGHT, WIDTH
from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.resolve import resolve
from pass_ops.config.schema import build
from pass_ops.config.segmentation import PredictionConfig
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.data.transforms.scales import Scales
from pass_ops.models.segmenter import load_segmenter
from pass_ops.paths import ModelPath, SegmenterWeightsPath, WeightsPath
from pass_ops.segmentation.predict import predict_image
from pass_ops.serving.model import Model

TIMES = 7


def main() -> None:
    """Print the metrics."""
    settings = resolve(profile="imagenet-s50", overrides={}, seed=31, compat="fixed")
    config = build(PredictionConfig, settings["predict"])
    image = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    with tempfile.TemporaryDirectory() as scratch:
        folder = _exported(Path(scratch), config)
        model = Model(folder)
        network, _ = load_segmenter(SegmenterWeightsPath(WeightsPath(folder)))
        onnx = _seconds(lambda: model.label([image]))
        scales = Scales(config.sides, config.compat)
        jittor = _seconds(lambda: predict_image(network, scales(image), config))
        with _served(folder) as address:
            http = _seconds(lambda: _ask(address, image))
        sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    print(f"onnx {onnx:.3f} s, jittor {jittor:.3f} s, http {http:.3f} s")
    print(f"export: {sum(sizes.values()) / 1e6:.1f} MB, {sizes}", flush=True)
    report(name="export_latency", ratio=jittor / onnx, floor=None, unit="x the speed of Jittor")


def _exported(root: Path, config: PredictionConfig) -> ModelPath:
    """A model of drawn weights.

    Args:
        root: folder for it, and for what it is made from.
        config: with which it labels images.
    """
    from tests.export.example import export_example

    write_synthetic(root / "ShapeS", per_class=(4, 2, 2))
    network = NetworkConfig(arch="resnet18", output_stride=16)
    return ModelPath(
        export_example(root=root, data=root / "ShapeS", network=network, prediction=config)
    )


def _seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    work()
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


@contextmanager
def _served(folder: ModelPath) -> Iterator[str]:
    """The address at which MLflow serves a model."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local"]
    command += ["--model-uri", str(folder), "--port", str(port), "--workers", "1"]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    process = subprocess.Popen(
        command,
        env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(1200):
            try:
                urllib.request.urlopen(f"{address}/ping", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _ask(address: str, image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    """Send an image as JPEG, and read the answer."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG")
    record = {"image": base64.b64encode(file.getvalue()).decode()}
    body = json.dumps({"dataframe_records": [record]}).encode()
    request = urllib.request.Request(
        f"{address}/invocations", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        json.load(answer)


if __name__ == "__main__":
    main()
