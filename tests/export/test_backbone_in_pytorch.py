"""An exported backbone in PyTorch: torchvision's own ResNet takes it, and computes as ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.models.arrays import backbone_arrays
from tests.export.networks import drawn_segmenter

HERE = Path(__file__).parent / "pytorch"
ENVIRONMENT = Path(__file__).parents[2] / ".cache" / "pytorch"


def interpreter() -> Path:
    """A Python with PyTorch, installed the first time: some 200 MB, or with CUDA 3 GB."""
    python = ENVIRONMENT / "bin" / "python"
    wanted = (HERE / "requirements.txt").read_text()
    installed = ENVIRONMENT / "installed.txt"
    if not installed.is_file() or installed.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "-r", f"{HERE}/requirements.txt"]
        subprocess.run(pip, check=True)
        installed.write_text(wanted)
    return python


@pytest.mark.slow
def test_torchvision_loads_it_and_gives_the_same_features(tmp_path: Path) -> None:
    from pass_ops.engine.jittor import jt, to_numpy
    from pass_ops.models.resnet import ResNet
    from pass_ops.models.weights import fill

    network = NetworkConfig(arch="resnet18", output_stride=32)
    backbone = backbone_arrays(drawn_segmenter(network, 3)[0])
    images = np.random.default_rng(0).normal(size=(2, 3, 96, 160)).astype(np.float32)
    save_file(backbone, tmp_path / "backbone.safetensors")
    np.save(tmp_path / "images.npy", images)
    names = [str(tmp_path / name) for name in ("backbone.safetensors", "images.npy", "out.npy")]
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    command = [str(interpreter()), str(HERE / "features.py"), *names]
    subprocess.run(command, check=True, env=environment)
    theirs = np.load(tmp_path / "out.npy").reshape(2, 512, 3, 5)

    ours = ResNet(network.arch, network.width, network.output_stride)
    fill(module=ours, arrays=backbone, source=tmp_path)
    ours.eval()
    with jt.no_grad():
        deep = to_numpy(ours(jt.array(images))[-1])
    np.testing.assert_allclose(deep, theirs, rtol=1e-4, atol=1e-4 * float(np.abs(theirs).max()))
