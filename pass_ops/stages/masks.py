"""Steps 4.3 to 4.5 and 5.4 to 5.5: better outlines for label maps of any split."""

from __future__ import annotations

from pathlib import Path

from pass_ops.config.masks import CrfConfig, PromptConfig, RefinementConfig, RegionsConfig
from pass_ops.config.schema import build
from pass_ops.engine.stage import data_cache, run_stage
from pass_ops.sam.fetch import fetch_segmenter
from pass_ops.stages.base import Metadata, Settings
from pass_ops.stages.inputs import images_of


def apply_crf(dataset: str, split: str, label_maps: str, config: Settings, output: str) -> Metadata:
    """Step 4.3a: write label maps whose borders follow the image's colours."""
    from pass_ops.pseudo_labels.crf import STAGE
    from pass_ops.pseudo_labels.crf import apply_crf as stage

    return run_stage(
        f"{STAGE}_{split}",
        lambda tracker: stage(
            images_of(dataset, split),
            Path(label_maps),
            build(CrfConfig, config),
            Path(output),
            tracker,
        ),
        config,
        (output,),
        "changed",
    )


def make_regions(
    dataset: str, split: str, back_end: str, weights: str, config: Settings, regions: str
) -> Metadata:
    """Step 4.3b: write masks of all that can be told apart; `back_end` and `weights` as in
    `fetch_segmenter`.
    """
    from pass_ops.pseudo_labels.everything import STAGE
    from pass_ops.pseudo_labels.everything import make_regions as stage

    settings = build(RegionsConfig, config)
    return run_stage(
        f"{STAGE}_{split}",
        lambda tracker: stage(
            images_of(dataset, split),
            fetch_segmenter(back_end, weights, data_cache(), settings.automatic),
            settings,
            Path(regions),
            tracker,
        ),
        {**config, "back_end": back_end, "weights": weights},
        (regions,),
        "regions",
    )


def refine_labels(
    split: str, label_maps: str, regions: str, config: Settings, output: str
) -> Metadata:
    """Step 4.3c: write label maps with the outlines of masks."""
    from pass_ops.pseudo_labels.refinement import STAGE
    from pass_ops.pseudo_labels.refinement import refine_labels as stage

    return run_stage(
        f"{STAGE}_{split}",
        lambda tracker: stage(
            Path(label_maps), Path(regions), build(RefinementConfig, config), Path(output), tracker
        ),
        config,
        (output,),
        "changed",
    )


def prompt_masks(
    name: str,
    dataset: str,
    split: str,
    back_end: str,
    weights: str,
    label_maps: str,
    prompts: str,
    attention: str,
    image_labels: str,
    config: Settings,
    output: str,
) -> Metadata:
    """Steps 4.4, 4.5 and 5.4, 5.5: write label maps of prompted masks; `name` tells the uses of the
    stage apart.
    """
    from pass_ops.pseudo_labels.prompt_masks import STAGE
    from pass_ops.pseudo_labels.prompt_masks import prompt_masks as stage

    return run_stage(
        f"{STAGE}_{name}",
        lambda tracker: stage(
            images_of(dataset, split),
            fetch_segmenter(back_end, weights, data_cache()),
            Path(label_maps),
            Path(prompts),
            Path(attention),
            Path(image_labels),
            build(PromptConfig, config),
            Path(output),
            tracker,
        ),
        {**config, "back_end": back_end, "weights": weights},
        (output,),
        "foreground",
    )
