"""The recorded graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.config.settings import CONFIGS, Settings
from pass_ops.graph.evaluation import model_evaluation
from pass_ops.graph.recorder import Parameter, Recorder, Setting, record, training_tasks
from pass_ops.graph.training import training
from pass_ops.stages import Pretrain, TrainClassifier
from pass_ops.stages.builder import building
from pass_ops.stages.declaration import DECLARATIONS


def test_a_stage_writes_into_a_folder_of_its_task() -> None:
    recorder = Recorder()
    with building(recorder):
        use = Pretrain(dataset=Path("data"), config=None)
    assert use.weights == Path("pretrain/weights")
    (task,) = recorder.tasks
    assert task.name == "pretrain"
    assert task.values == {
        "dataset": Path("data"),
        "config": None,
        "weights": Path("pretrain/weights"),
        "initial_weights": Path("pretrain/initial_weights"),
    }


def test_two_uses_of_one_name_are_refused() -> None:
    values = dict.fromkeys(port.name for port in TrainClassifier.declaration.inputs) | {"name": "f"}
    with building(Recorder()):
        TrainClassifier(**values)
        with pytest.raises(ValueError, match="train_classifier_f"):
            TrainClassifier(**values)


def test_every_artifact_that_a_task_reads_was_written_by_one_before_it() -> None:
    for wiring in (training, model_evaluation):
        written: set[Path] = set()
        for task in record(wiring)[0]:
            for port in task.declaration.inputs:
                if port.is_artifact:
                    assert task.values[port.name] in written, f"{task.name}: {port.name}"
            written |= {task.values[port.name] for port in task.declaration.outputs}


def test_the_pipelines_use_every_stage_and_all_settings() -> None:
    tasks, settings = record(training)
    used = {task.declaration.name for task in tasks}
    others = {task.declaration.name for task in record(model_evaluation)[0]}
    assert used | others == DECLARATIONS.keys()
    assert set(settings) == CONFIGS.keys()
    assert len(tasks) == 42


def test_settings_and_parameters_of_a_run_stand_for_themselves() -> None:
    tasks = training_tasks()
    assert tasks["apply_crf"].values["config"] == Setting("apply_crf")
    assert tasks["prompt_masks_round_2"].values["config"] == Setting("prompt_masks_round_2")
    assert tasks["make_regions"].values["mask_weights"] == Parameter("mask_weights")
    assert tasks["report"].values["run_info"] == Setting("run")
    assert tasks["train_classifier_g"].values["name"] == "g"


def test_a_setting_that_does_not_exist_is_refused() -> None:
    def wiring(*, settings: Settings) -> None:
        _ = settings.aply_crf

    with pytest.raises(AttributeError, match="aply_crf"):
        record(wiring)
