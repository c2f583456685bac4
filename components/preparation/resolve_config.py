"""Component: a run's inputs to settings of stages, and to addresses that keep their meaning."""

from components.base import component


# KFP (2.17.0) copies the function's text alone into the task and evaluates its annotations there:
# a name imported above would be unknown. So the outputs, one per stage with settings, are imported
# where they stand. It is never taken from the cache: what it finds is the key of what follows.
@component("post")
def resolve_config(
    *,
    data_uri: str,
    model_uri: str,
    profile: str,
    overrides: dict,
    seed: int,
    compat: str,
    mask_back_end: str,
    mask_weights: str,
    shards: str,
    run_name: str,
) -> __import__("pass_ops.stages.resolution", fromlist=["ResolvedSettings"]).ResolvedSettings:
    """Resolve settings, and look what every address means at present; what is wrong or missing ends
    the run here, before a GPU is asked for. The log has the plan: hours and storage of each stage.

    Args:
        data_uri: Data set of the run.
        model_uri: Model of an evaluation; empty for none.
        profile: Name of a profile.
        overrides: Settings that win over the profile's, nested or dotted.
        seed: Seed of every stage.
        compat: fixed or reference.
        mask_back_end: Promptable segmenter: sam, onnx or classical; empty for sam with weights,
            classical without.
        mask_weights: Folder or s3:// prefix of its converted weights; empty for none.
        shards: Stages whose work several tasks share, with numbers, as the pipeline was compiled.
        run_name: Name of the KFP run.
    """
    from pass_ops.planning.first_task import print_plan
    from pass_ops.stages import resolution

    resolved = resolution.resolve_config(
        data_uri=data_uri,
        model_uri=model_uri,
        profile=profile,
        overrides=overrides,
        seed=seed,
        compat=compat,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
        run_name=run_name,
    )
    print_plan(resolved, shards)
    return resolved
