"""Work of a promptable segmenter on many images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pass_ops.engine.loading.ahead import ahead
from pass_ops.engine.processes import ordered_map
from pass_ops.engine.worker_process import named
from pass_ops.sam.interface import PromptableSegmenter
from pass_ops.sam.open import NEEDS_WEIGHTS

Read = TypeVar("Read")
Result = TypeVar("Result")


@dataclass(frozen=True)
class ImageWork(Generic[Read, Result]):
    """Work on an image. It is pickled.

    Attributes:
        read: reads and decodes what is needed of the image of a key; several threads may call it.
        use: gives the result, from the key and what was read.
    """

    read: Callable[[str], Read]
    use: Callable[[str, Read], Result]

    def __call__(self, key: str) -> Result:
        return self.use(key, self.read(key))


def by_segmenter(
    *,
    segmenter: PromptableSegmenter,
    work: ImageWork[Read, Result],
    keys: Sequence[str],
    processes: int,
    name: Callable[[str], str],
) -> Iterator[tuple[str, Result]]:
    """Yield (key, result) in the order of the keys.

    A segmenter with a network uses the whole device from this process: images are read ahead of it.
    Any other works on several images at once.

    Args:
        segmenter: that works on them.
        work: on one image.
        keys: of the images.
        processes: that read ahead, threads for few images, or that work.
        name: what an error calls an image.

    Raises:
        PassError, RuntimeError: see `ordered_map`.
    """
    if segmenter.name not in NEEDS_WEIGHTS:
        yield from ordered_map(work=work, items=keys, processes=processes, name=name)
        return
    for key, read in ahead(work=work.read, items=keys, workers=processes, name=name):
        try:
            result = work.use(key, read)
        except Exception as error:
            raise named(error, name(key)) from error
        yield key, result
