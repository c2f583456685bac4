"""Made-up photographs of 500 x 375 pixels: noise with the spectrum of natural images."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

HEIGHT, WIDTH, QUALITY = 375, 500, 90


def write_photographs(folder: Path, count: int) -> None:
    """Write JPEG files, some 60 kB each, as ImageNet's.

    Args:
        folder: that gets `00000.JPEG` and so on.
        count: of files.
    """
    for number in range(count):
        rng = np.random.default_rng(number)
        pixels = np.full((HEIGHT, WIDTH, 3), 128, np.float32)
        for cell in (128, 64, 32, 16, 8, 4, 2):
            # Amplitudes fall with the frequency, and colours are alike.
            shape = (HEIGHT // cell + 2, WIDTH // cell + 2)
            grey, colour = rng.normal(size=(*shape, 1)), rng.normal(size=(*shape, 3))
            layer = (grey + 0.5 * colour).astype(np.float32) * 30 * (cell / 128) ** 0.6
            pixels += cv2.resize(layer, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        flags = (cv2.IMWRITE_JPEG_QUALITY, QUALITY)
        cv2.imwrite(str(folder / f"{number:05d}.JPEG"), pixels.clip(0, 255).astype(np.uint8), flags)
