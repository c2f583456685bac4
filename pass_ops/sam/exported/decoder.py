"""The decoder of an exported segmenter, told by the names of what it takes and gives (method 16.8).

* Segment Anything, and its small relatives (MobileSAM, TinySAM), by its exporter, MobileSAM's or
  samexporter 0.5.0 (`export_decoder.py`): `image_embeddings`.
* SAM 2 and 2.1: samexporter 0.5.0 (`export_sam2.py`) has `image_embed` and `high_res_feats_0`, and
  calls low-resolution logits `masks`; what osam 0.8.1 downloads has `image_embeddings` and
  `high_res_features1`.
* HQ-SAM: `interm_embeddings` of the encoder, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from pass_ops.errors import ArtifactError
from pass_ops.sam.exported.encoder import ENCODER_NAME, Encoder
from pass_ops.sam.exported.session import OnnxSession
from pass_ops.sam.frame import Floats, Frame
from pass_ops.sam.interface import LOW_SIDE
from pass_ops.sam.low_logits import from_low_logits, to_low_logits

DECODER_NAME = "decoder.onnx"
POINTS, LABELS, SIZE = "point_coords", "point_labels", "orig_im_size"
PROMPT_INPUTS = {POINTS, LABELS, "mask_input", "has_mask_input", SIZE}
"""What a decoder takes beside what the encoder gave; only points and labels must be among them."""
MASKS, LOW_MASKS = "masks", "low_res_masks"
SCORES = ("iou_predictions", "scores")
"""Names of the predicted IoU."""


class Answer(NamedTuple):
    """What a decoder answers to a prompt.

    Attributes:
        logits: of the image, [m, H, W].
        scores: predicted IoU [m].
        low_logits: [m, 256, 256], the image in the top left corner, as in `low_logits`.
    """

    logits: Floats
    scores: Floats
    low_logits: Floats


@dataclass(frozen=True, kw_only=True)
class Decoder:
    """A mask decoder.

    Attributes:
        session: of the model.
        sources: which output of the encoder each of its other inputs takes.
        scores: name of the output that predicts IoU.
        logits: of the one with low-resolution logits.
    """

    session: OnnxSession
    sources: dict[str, str]
    scores: str
    logits: str

    @property
    def stretched(self) -> bool:
        """Whether it belongs to SAM 2, which stretches images to its square, and whose decoder
        adds the padding point itself.
        """
        return any(name.startswith("high_res") for name in self.sources)

    def run(
        self,
        *,
        encoded: dict[str, Floats],
        points: Floats,
        labels: Floats,
        mask_logits: Floats | None,
        frame: Frame,
    ) -> Answer:
        """All masks that answer a prompt.

        Args:
            encoded: what the encoder gave.
            points: [n, 2], x and y in the square.
            labels: [n].
            mask_logits: [256, 256], see `low_logits`.
            frame: how the image lies in the square.
        """
        prompt = {
            POINTS: points[None],
            LABELS: labels[None],
            "mask_input": self._mask_input(mask_logits, frame)[None, None],
            "has_mask_input": np.array([mask_logits is not None]),
            SIZE: np.array(frame.size),
        }
        feed = {name: encoded[source] for name, source in self.sources.items()}
        feed |= {name: value for name, value in prompt.items() if name in self.session.inputs}
        outputs = self.session.run([self.scores, self.logits], feed)
        low_logits = outputs[self.logits][0]
        rows, columns = frame.enlargement(low_logits.shape[-1])
        logits = rows @ low_logits @ columns.T
        if frame.stretched:
            low_logits = np.stack([to_low_logits(one) for one in logits])
        return Answer(logits=logits, scores=outputs[self.scores][0], low_logits=low_logits)

    def _mask_input(self, mask_logits: Floats | None, frame: Frame) -> Floats:
        """Mask logits as the decoder takes them, [256, 256]; zero without."""
        if mask_logits is None:
            return np.zeros((LOW_SIDE, LOW_SIDE), np.float32)
        if not frame.stretched:
            return mask_logits
        whole = from_low_logits(mask_logits, *frame.size)
        return np.asarray(cv2.resize(whole, (LOW_SIDE, LOW_SIDE), interpolation=cv2.INTER_LINEAR))


def open_decoder(folder: Path, encoder: Encoder) -> Decoder:
    """The decoder of a folder.

    Args:
        folder: holds it.
        encoder: whose outputs it takes.

    Raises:
        ArtifactError: the file is missing, broken, or takes or gives something else.
    """
    session = OnnxSession(folder / DECODER_NAME)
    scores = [name for name in SCORES if name in session.outputs]
    # Masks at the image's size are made here: samexporter 0.5.0 cuts them at 683 rows, those of the
    # image that it traced, whatever image there is.
    usable = (LOW_MASKS,) if SIZE in session.inputs else (LOW_MASKS, MASKS)
    logits = [name for name in usable if name in session.outputs]
    sources = {
        name: encoder.session.outputs[0]
        if name.startswith("image_embed") and len(encoder.session.outputs) == 1
        else name
        for name in session.inputs
        if name not in PROMPT_INPUTS
    }
    unknown = set(sources.values()) - set(encoder.session.outputs)
    if unknown or not {POINTS, LABELS} <= set(session.inputs) or not scores or not logits:
        raise ArtifactError(
            f"{session.path}: takes {', '.join(session.inputs)} and gives "
            f"{', '.join(session.outputs)}, {ENCODER_NAME} gives "
            f"{', '.join(encoder.session.outputs)}: export both from one Segment Anything model "
            "with its usual names"
        )
    return Decoder(session=session, sources=sources, scores=scores[0], logits=logits[0])
