"""What all components share: the image they run in."""

from __future__ import annotations

import functools
from typing import Any

from kfp import dsl

# Placeholder names until images are built and pinned by digest; the local runner ignores them.
TRAIN_IMAGE = "pass-ops/train-python:0.1.0"
POST_IMAGE = "pass-ops/post-python:0.1.0"

# kfp and pass_ops are part of the images: nothing is installed when a task starts.
train_component: Any = functools.partial(dsl.component, base_image=TRAIN_IMAGE, install_kfp_package=False)
# Segment Anything runs in Jittor; the classical back end needs nothing of it.
mask_component: Any = train_component
post_component: Any = functools.partial(dsl.component, base_image=POST_IMAGE, install_kfp_package=False)
