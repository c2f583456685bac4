"""Two views of each image by torchvision or lightly: images a second of processor time.

Run by `benchmarks.loader` with the peers' own interpreter:

    python two_views.py FOLDER NAME
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from PIL import Image

if torch.version.cuda is None:
    # PyPI's torchvision looks for CUDA's libraries, which a build of PyTorch without it lacks; its
    # transforms need none of them, but without these two names it cannot be imported.
    _library = torch.library.Library("torchvision", "DEF")
    for _name in ("nms", "qnms"):
        _library.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from lightly.transforms import SimCLRTransform
from torchvision import transforms
from torchvision.transforms import v2

SIZE, SCALE = 224, (0.08, 1.0)
JITTER, STRENGTHS = 0.8, (0.8, 0.8, 0.8, 0.2)
GREY, BLUR, SIGMAS, KERNEL = 0.2, 0.5, (0.1, 2.0), 13
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
ROUNDS = 3

Views = Callable[[Image.Image], Any]


def of_images(kind: Any) -> list[Any]:
    """The random changes, by torchvision's first or second transforms."""
    return [
        kind.RandomResizedCrop(SIZE, scale=SCALE),
        kind.RandomHorizontalFlip(),
        kind.RandomApply([kind.ColorJitter(*STRENGTHS)], JITTER),
        kind.RandomGrayscale(GREY),
        kind.RandomApply([kind.GaussianBlur(KERNEL, SIGMAS)], BLUR),
    ]


def torchvision() -> Views:
    """On Pillow's images, as most training code has it."""
    view = transforms.Compose(
        [*of_images(transforms), transforms.ToTensor(), transforms.Normalize(MEAN, STD)]
    )
    return lambda image: (view(image), view(image))


def torchvision_v2() -> Views:
    """On tensors of 8 bits, as its guide recommends for speed."""
    view = v2.Compose(
        [*of_images(v2), v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)]
    )

    def views(image: Image.Image) -> Any:
        pixels = v2.functional.pil_to_tensor(image)
        return view(pixels), view(pixels)

    return views


def lightly() -> Views:
    """Its transform of the same changes."""
    return SimCLRTransform(
        input_size=SIZE,
        cj_prob=JITTER,
        cj_strength=1.0,
        cj_bright=STRENGTHS[0],
        cj_contrast=STRENGTHS[1],
        cj_sat=STRENGTHS[2],
        cj_hue=STRENGTHS[3],
        min_scale=SCALE[0],
        random_gray_scale=GREY,
        gaussian_blur=BLUR,
        sigmas=SIGMAS,
        normalize={"mean": list(MEAN), "std": list(STD)},
    )


def main(folder: Path, name: str) -> None:
    """Print the images a second of the fastest of some rounds.

    Args:
        folder: of JPEG files.
        name: torchvision, torchvision_v2 or lightly.
    """
    torch.set_num_threads(1)
    views = {"torchvision": torchvision, "torchvision_v2": torchvision_v2, "lightly": lightly}[
        name
    ]()
    files = sorted(folder.rglob("*.JPEG"))
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for file in files:
            with Image.open(file) as image:
                made = views(image.convert("RGB"))
            assert len(made) == 2
            assert made[0].shape == (3, SIZE, SIZE)
        seconds.append(time.process_time() - start)
    print(len(files) / min(seconds))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
