"""Features of torchvision's ResNet-18 with an exported backbone.

Run by `test_backbone_in_pytorch` with an interpreter that has PyTorch:

    python features.py backbone.safetensors IMAGES.npy FEATURES.npy
"""

from __future__ import annotations

import sys

import numpy as np
import torch
from safetensors.torch import load_file

if torch.version.cuda is None:
    # PyPI's torchvision looks for CUDA's libraries, which a build of PyTorch without it lacks; its
    # networks need none of them, but without these two names it cannot be imported.
    _library = torch.library.Library("torchvision", "DEF")
    for _name in ("nms", "qnms"):
        _library.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import torchvision


def main(backbone: str, images: str, features: str) -> None:
    """Write the last layer's features [N, 512, h, w].

    Args:
        backbone: the exported file.
        images: float32 [N, 3, H, W], an .npy file.
        features: the .npy file to write.
    """
    network = torchvision.models.resnet18()
    missing, unexpected = network.load_state_dict(load_file(backbone), strict=False)
    counters = [name for name in missing if name.endswith("num_batches_tracked")]
    assert sorted(set(missing) - set(counters)) == ["fc.bias", "fc.weight"], missing
    assert unexpected == []
    network.fc = network.avgpool = torch.nn.Identity()
    with torch.no_grad():
        flat = network.eval()(torch.from_numpy(np.load(images)))
    np.save(features, flat.numpy())


if __name__ == "__main__":
    main(*sys.argv[1:])
