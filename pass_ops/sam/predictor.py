"""Segment Anything as a promptable segmenter."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pass_ops.config.sam import AutomaticConfig
from pass_ops.engine.jittor import to_numpy
from pass_ops.sam.automatic import all_regions
from pass_ops.sam.card import load_sam_card
from pass_ops.sam.embeddings import EmbeddingCache, Floats, FolderEmbeddings, MemoryEmbeddings
from pass_ops.sam.frame import Frame, frame_of
from pass_ops.sam.full_size import full_size
from pass_ops.sam.interface import Candidates, Prompt, Region, Rgb
from pass_ops.sam.network.model import Sam
from pass_ops.sam.preprocess import preprocess, prompt_tokens
from pass_ops.sam.weights import load_sam


class SamSegmenter:
    """Answers prompts with the published model; those of an image share one pass of the encoder.

    Scores are as the model predicts them; a few lie slightly above 1.

    Args:
        model: with its weights.
        embeddings: where embeddings are kept between images, rounds or stages.
        automatic: settings of `everything`.

    Attributes:
        model, embeddings, automatic: as given.
        encoder_passes: how often the encoder has run.
    """

    name = "sam"

    def __init__(
        self, model: Sam, embeddings: EmbeddingCache, automatic: AutomaticConfig | None = None
    ) -> None:
        self.model, self.embeddings = model, embeddings
        self.automatic = automatic or AutomaticConfig()
        self.encoder_passes = 0
        self._image: tuple[Floats, Frame] | None = None

    def set_image(self, key: str, rgb: Rgb) -> None:
        """Encode an image, unless the embedding of this key and these pixels is kept.

        Args:
            key: names it in the cache.
            rgb: [H, W, 3].
        """
        side = self.model.config.image_side
        entry = f"{key} {hashlib.sha256(rgb.tobytes()).hexdigest()}"
        embedding = self.embeddings.get(entry)
        if embedding is None:
            embedding = self.model.encode(preprocess(rgb, side))
            self.encoder_passes += 1
            self.embeddings.put(entry, embedding)
        self._image = embedding, frame_of(rgb, side)

    def predict(self, prompt: Prompt, multimask: bool) -> Candidates:
        """Masks that answer a prompt.

        Args:
            prompt: in pixels of the image.
            multimask: three candidates instead of one.
        """
        embedding, frame = self._current()
        points, labels = prompt_tokens(prompt, frame)
        mask_logits = None if prompt.mask_logits is None else prompt.mask_logits[None]
        logits, scores = self.model.decode(
            embedding=embedding,
            points=points[None],
            labels=labels[None],
            mask_logits=mask_logits,
            multimask=multimask,
        )
        masks = (full_size(logits[0], frame) > 0).numpy().astype(bool)
        return Candidates(masks, to_numpy(scores)[0], to_numpy(logits)[0])

    def everything(self) -> list[Region]:
        """Masks of all that can be told apart in the image, best first."""
        embedding, frame = self._current()
        return all_regions(
            lambda points, labels: self.model.decode(
                embedding=embedding, points=points, labels=labels, mask_logits=None, multimask=True
            ),
            frame,
            self.automatic,
        )

    def _current(self) -> tuple[Floats, Frame]:
        """Embedding and frame of the image that was set."""
        if self._image is None:
            raise RuntimeError("set_image comes first")
        return self._image


def open_sam(
    *,
    weights: Path,
    budget: int,
    embeddings_folder: Path | None = None,
    automatic: AutomaticConfig | None = None,
) -> SamSegmenter:
    """Segment Anything with the converted weights of a folder.

    Args:
        weights: the folder.
        budget: bytes of embeddings to keep.
        embeddings_folder: keeps them for other stages, those of each set of weights apart; None
            keeps them in memory.
        automatic: how masks without prompts are found.

    Raises:
        ArtifactError: see `load_sam`.
    """
    model = load_sam(weights)
    if embeddings_folder is None:
        return SamSegmenter(model, MemoryEmbeddings(budget), automatic)
    folder = embeddings_folder / load_sam_card(weights).sha256[:16]
    return SamSegmenter(model, FolderEmbeddings(folder, budget), automatic)
