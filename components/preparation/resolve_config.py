"""Component: profile and overrides to one dictionary per stage."""

from typing import NamedTuple

from components.base import component


@component("post")
def resolve_config(
    data_uri: str,
    profile: str,
    overrides: dict,
    seed: int,
    compat: str,
    mask_back_end: str,
    mask_weights: str,
) -> NamedTuple(
    # Spelt out here, because KFP copies this function alone into the task.
    "Settings",
    [
        ("run", dict),
        ("pretrain", dict),
        ("train_pixel_attention", dict),
        ("cluster", dict),
        ("train_classifier_f", dict),
        ("train_classifier_g", dict),
        ("train_classifier_h", dict),
        ("train_classifier_c", dict),
        ("infer_image_labels", dict),
        ("select_small_loss", dict),
        ("select_by_distance", dict),
        ("search_threshold", dict),
        ("make_coarse_labels", dict),
        ("apply_crf", dict),
        ("make_regions", dict),
        ("refine_labels", dict),
        ("prompt_masks_round_1", dict),
        ("prompt_masks_round_2", dict),
        ("train_segmenter", dict),
        ("choose_checkpoint", dict),
        ("predict", dict),
        ("evaluate", dict),
        ("diagnose", dict),
    ],
):
    """Resolve settings; unknown keys and impossible values end the run here, before a GPU is asked
    for.

    Args:
        data_uri: Data set of the run, for the report.
        profile: Name of a profile.
        overrides: Settings that win over the profile's, nested or dotted.
        seed: Seed of every stage.
        compat: fixed or reference.
        mask_back_end: Promptable segmenter: sam, onnx or classical; empty for sam with weights,
            classical without.
        mask_weights: Folder or s3:// prefix of its converted weights; empty for none.
    """
    from collections import namedtuple

    from pass_ops.stages.preparation import resolve_config

    settings = resolve_config(
        data_uri=data_uri,
        profile=profile,
        overrides=overrides,
        seed=seed,
        compat=compat,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
    )
    return namedtuple("Settings", list(settings))(**settings)
