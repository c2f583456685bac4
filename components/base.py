"""What all components share: the image they run in, their class, and what the UI says of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, get_args

import docstring_parser
from kfp import dsl

from pass_ops import paths
from pass_ops.stages.declaration import DECLARATIONS, Stage, StageClass

# Names of images; the local runner needs no more, and `pipelines/images/pin.py` replaces them by
# digests for a cluster.
TRAIN_IMAGE = "pass-ops/train-python:0.1.0"
POST_IMAGE = "pass-ops/post-python:0.1.0"
IMAGES: dict[StageClass, str] = {"train": TRAIN_IMAGE, "infer": TRAIN_IMAGE, "post": POST_IMAGE}

# The class of stage of each component, by the component's name; `pipelines.placement` goes by it.
STAGE_CLASSES: dict[str, StageClass] = {}

# What the KFP UI takes artifacts of a kind for, and of those derived from it.
_KFP_TYPES: dict[Any, type[dsl.Artifact]] = {
    paths.PointerPath: dsl.Dataset,
    paths.WeightsPath: dsl.Model,
    paths.SegmenterCheckpointsPath: dsl.Model,
    paths.ModelPath: dsl.Model,
    paths.FeaturesPath: dsl.Dataset,
    paths.ImageLabelsPath: dsl.Dataset,
    paths.LabelMapsPath: dsl.Dataset,
    paths.AttentionMapsPath: dsl.Dataset,
    paths.PromptsPath: dsl.Dataset,
    paths.RegionsPath: dsl.Dataset,
    paths.ExportedPath: dsl.Dataset,
    paths.ConfusionPath: dsl.ClassificationMetrics,
    paths.PagePath: dsl.HTML,
    paths.MarkdownPath: dsl.Markdown,
}


def kfp_type(kind: Any) -> type[dsl.Artifact]:
    """KFP's type of an artifact of `kind`, a type of `pass_ops.paths` or a union of some."""
    kind = (get_args(kind) or (kind,))[0]
    while hasattr(kind, "__supertype__"):
        if kind in _KFP_TYPES:
            return _KFP_TYPES[kind]
        kind = kind.__supertype__
    return dsl.Artifact


def stage_component(function: Callable[..., Any]) -> Any:
    """Make the component of the stage that `function` is named after: image, class and
    descriptions are those of the declaration.
    """
    declaration = DECLARATIONS[function.__name__]
    function.__doc__ = _description(declaration.stage)
    return component(declaration.stage_class)(function)


def component(stage_class: StageClass) -> Callable[[Callable[..., Any]], Any]:
    """A decorator that makes a component of the class `stage_class`.

    kfp and pass_ops are part of the images, so that nothing is installed when a task starts.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        component: Any = dsl.component(
            function, base_image=IMAGES[stage_class], install_kfp_package=False
        )
        STAGE_CLASSES[component.name] = stage_class
        return component

    return decorate


def _description(stage: type[Stage]) -> str:
    """The docstring of a stage's class, as KFP reads it: attributes are arguments to it."""
    text = docstring_parser.parse(inspect.getdoc(stage) or "")
    about = [(one.arg_name, one.description or "") for one in text.params]
    about.append(("metrics", "Metrics of the stage, seconds, peak memory."))
    arguments = "\n".join(f"    {name}: {_one_line(text)}" for name, text in about)
    return f"{_one_line(text.description or '')}\n\nArgs:\n{arguments}\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())
