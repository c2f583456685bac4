"""The form on disk of every kind of output in `pass_ops.paths`.

Only what all versions of a kind have in common stands here: earlier outputs are to be recognised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pass_ops import paths
from pass_ops.storage.forms import (
    ANY_FILE,
    FolderForm,
    Form,
    json_rows_with,
    json_with,
    table_with,
    text_from,
    zip_with,
)
from pass_ops.storage.outputs import require_free

_POINTER = json_with("uri", "digest", "categories", "counts")
_WEIGHTS = {
    paths.WEIGHTS_FILE: ANY_FILE,
    paths.CARD_FILE: json_with("stage", "network", "epoch"),
}
_MATCHING = json_with("0", "1")
# The first lines of its tables, one of which a summary opens with.
_MARKDOWN = text_from("| fractions, 0 to 1 |", "| step |", "## Scores\n")
_PAGE = text_from('<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name=')

PACKED = FolderForm(
    files={
        "pointer.json": _POINTER,
        "SHA256SUMS": ANY_FILE,
        "index.parquet": table_with("key", "split"),
        "truth.parquet": table_with("key", "category"),
        "categories.txt": ANY_FILE,
    },
    others={"images/*.tar": ANY_FILE, "masks/*.tar": ANY_FILE, "names.txt": ANY_FILE},
)

FORMS: dict[Any, Form] = {
    paths.PointerPath: _POINTER,
    paths.PackedPath: PACKED,
    paths.WeightsPath: FolderForm(_WEIGHTS),
    paths.SamWeightsPath: FolderForm(
        {paths.WEIGHTS_FILE: ANY_FILE, paths.CARD_FILE: json_with("variant", "source", "sha256")}
    ),
    paths.ClassifierCheckpointsPath: FolderForm(
        {f"epoch-[0-9]*/{name}": form for name, form in _WEIGHTS.items()}
    ),
    paths.SegmenterCheckpointsPath: FolderForm(
        {f"epoch-[0-9]*/{name}": form for name, form in _WEIGHTS.items()}
    ),
    paths.FeaturesPath: FolderForm({"features.npy": ANY_FILE, "keys.txt": ANY_FILE}),
    paths.CentroidsPath: FolderForm(
        {"centroids.npy": ANY_FILE, "centroids.json": json_with("label_space", "objectives")},
        others={"previous.npy": ANY_FILE},
    ),
    paths.ImageLabelsPath: table_with("key", "label", "label_space"),
    paths.PromptsPath: table_with("key", "x", "y", "label", "foreground"),
    paths.ClusterCurvePath: json_with("chosen", "by", "points"),
    paths.CurvePath: FolderForm({"curve.json": json_with("points", "chosen"), "curve.html": _PAGE}),
    paths.LabelMapsPath: FolderForm(
        files={"manifest.parquet": table_with("key", "shard", "height"), "meta.json": json_with()},
        others={"maps/*.tar": ANY_FILE},
    ),
    paths.AttentionMapsPath: FolderForm({"[0-9][0-9][0-9][0-9][0-9].npz": ANY_FILE}),
    paths.RegionsPath: FolderForm(
        files={"manifest.parquet": table_with("key", "shard", "offset"), "meta.json": json_with()},
        others={"regions/*.jsonl": ANY_FILE},
    ),
    paths.EvaluationPath: FolderForm(
        files={
            "metrics.json": json_with(),
            "match.json": _MATCHING,
            "confusion.json": json_with("labels", "matrix"),
            "page.html": _PAGE,
            "scores.md": _MARKDOWN,
        },
        others={
            "classes.json": json_with("names", "iou"),
            "predictions.png": ANY_FILE,
            "strips.json": json_with(),
            "strips/*.jpg": ANY_FILE,
            "label_free.json": json_with("foreground"),
        },
    ),
    paths.ExportedPath: FolderForm({"match.json": _MATCHING}, {"**/*.png": ANY_FILE}),
    paths.MatchingPath: _MATCHING,
    paths.LearningPath: json_rows_with("features", "kmeans_accuracy"),
    paths.LabelQualityPath: json_rows_with("step", "images", "coverage"),
    paths.MaskQualityPath: json_rows_with("step", "validation", "test"),
    paths.BaselinesPath: json_with("all_background", "ellipse_colour", or_empty=True),
    paths.ResultPath: json_with("profile", "mask_backend", "validation", "test"),
    paths.ConfusionPath: json_with("labels", "matrix"),
    paths.PagePath: _PAGE,
    paths.MarkdownPath: _MARKDOWN,
    paths.MetricsPath: json_with("stage", "seconds", "peak_rss_mb"),
    # Empty where the masks are hidden.
    paths.ScoresPath: json_with("miou", "boundary_miou", or_empty=True),
    paths.ModelPath: FolderForm(
        files={
            **_WEIGHTS,
            "segmenter.onnx": ANY_FILE,
            "match.json": _MATCHING,
            "description.json": json_with("classes", "label_space", "prediction"),
            "README.md": text_from("# Segmenter, "),
        },
        others={
            "backbone.safetensors": ANY_FILE,
            "MLmodel": ANY_FILE,
            "conda.yaml": ANY_FILE,
            "python_env.yaml": ANY_FILE,
            "requirements.txt": ANY_FILE,
            "input_example.json": ANY_FILE,
            "serving_input_example.json": ANY_FILE,
        },
    ),
    paths.SubmissionPath: zip_with("match.json", "method.txt", others=".png"),
}


def form_of(kind: Any) -> Form:
    """The form of a kind of path, or of the one that it is derived from."""
    while kind not in FORMS:
        assert kind is not Path, "no such kind of output"
        kind = kind.__supertype__
    return FORMS[kind]


def require_all_free(outputs: Mapping[Path, Any], inputs: Iterable[str | Path]) -> None:
    """Refuse outputs before they are worked for: see `require_free`.

    Args:
        outputs: the kind of each, by its path.
        inputs: what is read.

    Raises:
        StorageError: one would take the place of something else than an earlier output of its kind.
    """
    sources = tuple(inputs)
    for path, kind in outputs.items():
        require_free(path, form_of(kind), sources)
