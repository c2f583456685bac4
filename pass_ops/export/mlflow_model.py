"""An MLflow model of the flavour `python_function`, for MLflow's registry and its server."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pass_ops.data.codec import encode_mask
from pass_ops.export.card import LICENCE
from pass_ops.serving import mlflow_flavour
from pass_ops.serving.description import Description
from pass_ops.serving.mlflow_flavour import AREAS, IMAGE, LABELS
from pass_ops.versions import package_version

_REQUIRED = ("pass-ops", "numpy", "onnxruntime")


def write_mlflow_model(folder: Path, description: Description) -> None:
    """Begin a model's folder with MLflow's files.

    Args:
        folder: to make.
        description: of the model, of which MLflow shows all but the scores of single classes.
    """
    import pandas as pd
    from mlflow import __version__, pyfunc
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema
    from mlflow.types.schema import Map

    # No photograph of the training set: it would be published with the model.
    example = np.arange(64 * 96, dtype=np.int32).reshape(64, 96)
    pyfunc.save_model(
        path=str(folder),
        loader_module=mlflow_flavour.__name__,
        signature=ModelSignature(
            inputs=Schema([ColSpec("binary", IMAGE)]),
            outputs=Schema([ColSpec("binary", LABELS), ColSpec(Map("double"), AREAS)]),
        ),
        input_example=pd.DataFrame({IMAGE: [encode_mask(example)]}),
        # In images, MLflow is the package mlflow-skinny.
        pip_requirements=[
            f"mlflow=={__version__}",
            *map(_requirement, _REQUIRED),
        ],
        metadata={
            "classes": list(description.classes),
            "label_space": description.label_space,
            "data_digest": description.data_digest,
            "commit": description.commit,
            "masks": description.masks,
            "licence": LICENCE,
        },
    )


def _requirement(package: str) -> str:
    """As pip takes it: of the version here, or of any where that is not known."""
    return "==".join(filter(None, (package, package_version(package))))
