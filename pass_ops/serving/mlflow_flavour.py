"""An exported model as MLflow's flavour `python_function` loads and serves it.

It is asked with files of photographs in the column `image`: in Python as bytes, over HTTP
in base64. It answers, for each, `labels`: a PNG in the code of ImageNet-S, id = R + 256 G, where
ids are those of the model's classes; and `areas`: the fraction of the image that each class covers.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pass_ops.data.codec import encode_mask
from pass_ops.data.decode import decode_image
from pass_ops.data.decoding.conversion import as_jpeg_or_png
from pass_ops.paths import ModelPath
from pass_ops.serving.areas import class_areas
from pass_ops.serving.model import Model

if TYPE_CHECKING:
    import pandas as pd

IMAGE, LABELS, AREAS = "image", "labels", "areas"


class MlflowModel:
    """What MLflow calls.

    Args:
        folder: of the model.
    """

    def __init__(self, folder: ModelPath) -> None:
        self._model = Model(folder)

    def predict(self, images: pd.DataFrame) -> pd.DataFrame:
        """Label every image.

        Args:
            images: with the column `image`, bytes of files.

        Raises:
            BadFileError: a file is no image that is read; it is named by its row.
        """
        import pandas as pd

        answers = [self._answer(data, f"row {row}") for row, data in enumerate(images[IMAGE])]
        return pd.DataFrame(answers, columns=[LABELS, AREAS])

    def _answer(self, data: bytes, name: str) -> tuple[bytes, dict[str, float]]:
        """Label PNG and areas of one image.

        Args:
            data: its file.
            name: what an error calls it.
        """
        (labels,) = self._model.label([decode_image(as_jpeg_or_png(data, name), name)])
        return encode_mask(labels), class_areas(labels, self._model.description.classes)


def _load_pyfunc(path: str) -> MlflowModel:
    """The name that MLflow calls, with the folder that `MLmodel` lies in."""
    return MlflowModel(ModelPath(Path(path)))
