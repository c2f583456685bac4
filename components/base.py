"""What all components share: the image they run in, and the class of stage that
`pipelines/placement/inputs.py` goes by.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kfp import dsl

# Names of images; the local runner needs no more, and `pipelines/images/pin.py` replaces them by
# digests for a cluster.
TRAIN_IMAGE = "pass-ops/train-python:0.1.0"
POST_IMAGE = "pass-ops/post-python:0.1.0"

# The class of stage of each component, by the component's name: train, infer or post.
STAGE_CLASSES: dict[str, str] = {}


def _component(stage_class: str, image: str) -> Callable[[Callable[..., Any]], Any]:
    """A decorator; kfp and pass_ops are part of the images, so that nothing is installed when a
    task starts.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        component: Any = dsl.component(function, base_image=image, install_kfp_package=False)
        STAGE_CLASSES[component.name] = stage_class
        return component

    return decorate


# Trains on GPUs for hours or days; runs a network on a GPU; needs no GPU.
train_component: Any = _component("train", TRAIN_IMAGE)
infer_component: Any = _component("infer", TRAIN_IMAGE)
# Segment Anything runs in Jittor; the classical back end needs nothing of it.
mask_component: Any = infer_component
post_component: Any = _component("post", POST_IMAGE)
