"""The compiled training pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pass_ops.config.resolve import profiles
from pass_ops.config.settings import CONFIGS
from pipelines.compile import compile_pipeline
from pipelines.local.pipeline import stage_names
from pipelines.training import training_pipeline

Spec = dict[str, Any]
# Settings of stages that the pipeline runs more than once, or of part of a stage.
OTHERS = {
    stage for stage in CONFIGS if stage.startswith(("train_classifier_", "prompt_masks_"))
} | {"select_by_distance", "predict", "evaluate"}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled training pipeline."""
    path: Path = tmp_path_factory.mktemp("build") / "pass_training.yaml"
    compile_pipeline(training_pipeline, path)
    return path


@pytest.fixture(scope="module")
def package(file: Path) -> Spec:
    return next(yaml.safe_load_all(file.read_text()))


def dags(package: Spec) -> Iterator[tuple[str, Spec]]:
    """The pipeline and its sub-pipelines."""
    yield "root", package["root"]
    yield from (
        (name, component) for name, component in package["components"].items() if "dag" in component
    )


def tasks(package: Spec) -> dict[str, Spec]:
    """Every task of every level by name."""
    return {
        name: task
        for _, component in dags(package)
        for name, task in component["dag"]["tasks"].items()
    }


def test_no_two_stages_are_shown_under_one_name_and_each_fits_the_terminal(file: Path) -> None:
    names = list(stage_names(file).values())
    assert len(names) == len(set(names)) > 40
    assert {f"predict-split-round-{number}" for number in (1, 2)} < set(names)
    assert max(map(len, names)) <= 31 - len("43/43 ")


def test_every_input_has_a_description_that_the_ui_shows(package: Spec) -> None:
    inputs = package["root"]["inputDefinitions"]["parameters"]
    for name, definition in inputs.items():
        assert len(definition.get("description", "")) > 10, name
    for profile in profiles():
        assert profile in inputs["profile"]["description"]
    types = {name: definition["parameterType"] for name, definition in inputs.items()}
    assert types == {
        "data_uri": "STRING",
        "profile": "STRING",
        "overrides": "STRUCT",
        "seed": "NUMBER_INTEGER",
        "compat": "STRING",
        "mask_back_end": "STRING",
        "mask_weights": "STRING",
        "placement": "STRUCT",
    }
    assert [name for name, definition in inputs.items() if "defaultValue" not in definition] == [
        "data_uri"
    ]


def test_every_input_of_every_component_and_sub_pipeline_has_a_description(package: Spec) -> None:
    for name, component in package["components"].items():
        for kind in ("parameters", "artifacts"):
            for argument, definition in component.get("inputDefinitions", {}).get(kind, {}).items():
                assert definition.get("description"), f"{name}: {argument}"


def test_every_stage_is_a_task(package: Spec) -> None:
    wanted = {stage.replace("_", "-") for stage in set(CONFIGS) - OTHERS}
    assert set(tasks(package)) == wanted | {
        *("resolve-placement", "resolve-config", "validate-data", "measure-baselines", "report"),
        *("predict-split", "evaluate-validation", "evaluate-test"),
        *("prompt-masks", "classify-images", "diagnose-masks"),
        *("cluster-aligned", "cluster-selected", "diagnose-labels", "select-small-loss-2"),
        *(f"train-classifier{number}" for number in ("", "-2", "-3", "-4", "-5")),
        *(f"infer-image-labels{number}" for number in ("", "-2", "-3", "-4", "-5")),
        *(
            "representation",
            "denoising",
            "pseudo-labels",
            "segmentation",
            "segmentation-2",
        ),
        "evaluation",
    }


def test_every_stage_takes_its_own_settings_and_no_others(package: Spec) -> None:
    """Follow each `config` input up to the output of resolve-config that feeds it."""
    # Where each sub-pipeline is called: the calling pipeline, and the call.
    calls = {
        task["componentRef"]["name"]: (parent, task)
        for parent, component in dags(package)
        for task in component["dag"]["tasks"].values()
    }

    def origin(parent: str, source: Spec) -> str:
        if "taskOutputParameter" in source:
            assert source["taskOutputParameter"]["producerTask"] == "resolve-config"
            return str(source["taskOutputParameter"]["outputParameterKey"])
        above, call = calls[parent]
        return origin(above, call["inputs"]["parameters"][source["componentInputParameter"]])

    found: dict[tuple[str, str], set[str]] = {}
    for parent, dag in dags(package):
        for name, task in dag["dag"]["tasks"].items():
            inputs = task.get("inputs", {}).get("parameters", {})
            for key in ("config", "prediction", "selection", "clustering"):
                if key in inputs:
                    found.setdefault((name, key), set()).add(origin(parent, inputs[key]))
    same = {(stage.replace("_", "-"), "config"): stage for stage in set(CONFIGS) - OTHERS}
    numbers = ("", "-2", "-3", "-4", "-5")
    # Classifier d is trained as c is.
    classifiers = zip(numbers, "fghcc", strict=True)
    expected = same | {
        **{
            (f"train-classifier{number}", "config"): f"train_classifier_{name}"
            for number, name in classifiers
        },
        **{(f"infer-image-labels{number}", "config"): "infer_image_labels" for number in numbers},
        ("select-small-loss-2", "config"): "select_small_loss",
        ("choose-clusters", "clustering"): "cluster",
        ("cluster-aligned", "config"): "cluster",
        ("cluster-selected", "config"): "cluster",
        ("cluster-selected", "selection"): "select_by_distance",
        ("predict-split", "config"): "predict",
        ("classify-images", "config"): "infer_image_labels",
        ("choose-checkpoint", "prediction"): "predict",
        ("report", "prediction"): "predict",
        ("evaluate-validation", "config"): "evaluate",
        ("evaluate-test", "config"): "evaluate",
    }
    rounds = {("prompt-masks", "config"): {"prompt_masks_round_1", "prompt_masks_round_2"}}
    assert found == {place: {stage} for place, stage in expected.items()} | rounds


def test_each_round_has_its_own_settings_and_label_maps(package: Spec) -> None:
    top = package["root"]["dag"]["tasks"]
    for task, stage, maps in (
        ("segmentation", "prompt_masks_round_1", ("pseudo-labels", "refined")),
        ("segmentation-2", "prompt_masks_round_2", ("segmentation", "predicted_maps")),
    ):
        inputs = top[task]["inputs"]
        assert (
            inputs["parameters"]["prompt_config"]["taskOutputParameter"]["outputParameterKey"]
            == stage
        )
        source = inputs["artifacts"]["label_maps"]["taskOutputArtifact"]
        assert (source["producerTask"], source["outputArtifactKey"]) == maps
    for step, (task, output) in {
        "prompted": ("prompt-masks", "painted_maps"),
        "round_1": ("segmentation", "predicted_maps"),
        "round_2": ("segmentation-2", "predicted_maps"),
        "completed": ("complete-predictions", "completed_maps"),
    }.items():
        source = top["diagnose-masks"]["inputs"]["artifacts"][step]["taskOutputArtifact"]
        assert (source["producerTask"], source["outputArtifactKey"]) == (task, output)


def test_test_is_evaluated_with_the_matching_of_validation(package: Spec) -> None:
    matching = tasks(package)["evaluate-test"]["inputs"]["artifacts"]["matching"][
        "taskOutputArtifact"
    ]
    assert matching == {"producerTask": "evaluate-validation", "outputArtifactKey": "evaluation"}


def test_labels_are_made_with_the_curve_of_the_search(package: Spec) -> None:
    inputs = package["root"]["dag"]["tasks"]["pseudo-labels"]["inputs"]
    assert inputs["artifacts"]["curve"]["taskOutputArtifact"]["producerTask"] == "search-threshold"


def test_the_segmenter_starts_from_step_1_and_clusters_come_from_step_2(package: Spec) -> None:
    top = package["root"]["dag"]["tasks"]
    source = top["segmentation"]["inputs"]["artifacts"]["pretrained"]["taskOutputArtifact"]
    assert source == {"producerTask": "representation", "outputArtifactKey": "pretrained"}
    source = top["denoising"]["inputs"]["artifacts"]["weights"]["taskOutputArtifact"]
    assert source == {"producerTask": "representation", "outputArtifactKey": "attention"}


def test_pixels_are_labelled_by_the_features_of_h_and_the_centroids_of_clustering_3(
    package: Spec,
) -> None:
    inputs = package["root"]["dag"]["tasks"]["pseudo-labels"]["inputs"]["artifacts"]
    assert {name: inputs[name]["taskOutputArtifact"] for name in ("weights", "centroids")} == {
        "weights": {"producerTask": "denoising", "outputArtifactKey": "features"},
        "centroids": {"producerTask": "denoising", "outputArtifactKey": "centroids"},
    }
    denoising = package["components"]["comp-denoising"]["dag"]
    outputs = denoising["outputs"]["artifacts"]
    (features,) = outputs["features"]["artifactSelectors"]
    (centroids,) = outputs["centroids"]["artifactSelectors"]
    assert (features["producerSubtask"], features["outputArtifactKey"]) == (
        "train-classifier-3",
        "last",
    )
    assert denoising["tasks"]["train-classifier-3"]["taskInfo"]["name"] == "train-classifier-h"
    assert (centroids["producerSubtask"], centroids["outputArtifactKey"]) == (
        "cluster-selected",
        "centroids",
    )


def test_settings_and_data_are_checked_before_anything_is_trained(package: Spec) -> None:
    for name in ("representation", "measure-baselines"):
        assert "validate-data" in package["root"]["dag"]["tasks"][name]["dependentTasks"]
    assert "resolve-config" in package["root"]["dag"]["tasks"]["representation"]["dependentTasks"]


def test_the_pipeline_hands_on_result_report_predictions_and_their_scores(package: Spec) -> None:
    outputs = package["root"]["outputDefinitions"]["artifacts"]
    splits = {
        f"{split}_{output}"
        for split in ("validation", "test")
        for output in ("predictions", "evaluation")
    }
    assert set(outputs) == {"result", "report", "model", *splits}
