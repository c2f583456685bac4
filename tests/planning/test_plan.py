"""Hours, money, storage and requests, worked out by hand where that is short."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pass_ops.graph.recorder import training_tasks
from pass_ops.planning import costs
from pass_ops.planning.plan import Node, Plan, PlannedTask, plan
from pass_ops.planning.scope import Scope
from pass_ops.planning.table import table

START = costs.START.seconds
FEW, MANY = Node(cores=1), Node(cores=10_000)


def task(planned: Plan, name: str) -> PlannedTask:
    (found,) = [one for one in planned.tasks if one.name == name]
    return found


def test_every_task_of_the_graph_is_planned(scope_at: Callable[..., Scope]) -> None:
    planned = plan(scope_at("imagenet-s50"), Node())
    assert [one.name for one in planned.tasks] == list(training_tasks())
    assert all(one.hours >= START / 3600 for one in planned.tasks)


def test_pre_training_by_hand(scope_at: Callable[..., Scope]) -> None:
    # 400 epochs of 64 431 images, 1169 a second on the GPU, 265 a second on a core.
    scope = scope_at("imagenet-s50")
    fed, starved = (task(plan(scope, node), "pretrain") for node in (MANY, FEW))
    assert (fed.bound, fed.hours) == ("GPU", pytest.approx((START + 400 * 64_431 / 1169) / 3600))
    assert (starved.bound, starved.hours) == (
        "cores",
        pytest.approx((START + 400 * 64_431 / 265) / 3600),
    )


def test_trainings_share_their_gpus_and_others_have_one_or_none(
    scope_at: Callable[..., Scope],
) -> None:
    scope = scope_at("imagenet-s919")
    one, eight = (plan(scope, Node(gpus=gpus)) for gpus in (1, 8))
    for name, gpus in (("pretrain", 8), ("predict_round_1", 1), ("apply_crf", 0)):
        alone, shared = task(one, name), task(eight, name)
        assert shared.gpus == gpus
        assert alone.hours - START / 3600 == pytest.approx(
            max(1, gpus) * (shared.hours - START / 3600)
        )


def test_cores_that_no_process_uses_bring_nothing(scope_at: Callable[..., Scope]) -> None:
    for stage, setting in (("apply_crf", "processes"), ("evaluate_test", "workers")):
        key = {"evaluate_test": "evaluate"}.get(stage, stage)
        hours = {
            count: task(
                plan(scope_at("imagenet-s919", overrides={f"{key}.{setting}": count}), MANY), stage
            ).hours
            for count in (1, 4)
        }
        assert hours[1] - START / 3600 == pytest.approx(4 * (hours[4] - START / 3600))


def test_every_classifier_is_planned_by_its_own_settings(scope_at: Callable[..., Scope]) -> None:
    more = {"train_classifier_c.ensemble_epochs": 50}
    plain, changed = (
        plan(scope_at("imagenet-s50", overrides=overrides), MANY) for overrides in ({}, more)
    )
    names = [one.name for one in plain.tasks if one.hours != task(changed, one.name).hours]
    assert names == ["infer_image_labels_c", "infer_image_labels_d", "classify_images_held_out"]
    sizes = [one.name for one in plain.tasks if one.bytes_out != task(changed, one.name).bytes_out]
    assert sizes == ["train_classifier_c", "train_classifier_d"]


def test_work_and_weights_follow_the_network(scope_at: Callable[..., Scope]) -> None:
    fed = {"pretrain.workers": 256}
    narrow = {**fed, "pretrain.network": {"arch": "resnet10", "width": 32}}
    timed, other = (
        task(plan(scope_at("imagenet-s50", overrides=overrides), MANY), "pretrain")
        for overrides in (fed, narrow)
    )
    # Half of the blocks, a quarter of the work of each.
    assert timed.hours - START / 3600 == pytest.approx(8 * (other.hours - START / 3600))
    assert (timed.measured, other.measured) == (True, False)
    assert other.bytes_out < timed.bytes_out / 4


def test_ten_times_the_images_take_ten_times_the_work(scope_at: Callable[..., Scope]) -> None:
    small, large = (plan(scope_at("imagenet-s50", images), Node()) for images in (64_431, 644_310))
    for name in ("pretrain", "train_segmenter_round_1", "predict_round_1", "apply_crf"):
        before, after = task(small, name), task(large, name)
        assert after.hours - START / 3600 == pytest.approx(
            10 * (before.hours - START / 3600), rel=0.01
        )
        assert after.images == pytest.approx(10 * before.images, rel=0.01)


def test_classical_masks_need_no_gpu(scope_at: Callable[..., Scope]) -> None:
    regions = {"make_regions.enabled": True}
    for stage in ("make_regions", "prompt_masks_round_1"):
        bounds = {
            masks: task(
                plan(scope_at("imagenet-s50", masks=masks, overrides=regions), Node()), stage
            ).bound
            for masks in ("classical", "sam", "onnx")
        }
        assert bounds == {"classical": "cores", "sam": "GPU", "onnx": "cores"}


def test_masks_of_everything_that_nothing_needs_take_no_time(
    scope_at: Callable[..., Scope],
) -> None:
    planned = plan(scope_at("imagenet-s919", masks="sam"), Node())
    regions = task(planned, "make_regions")
    assert regions.hours == pytest.approx(START / 3600)
    assert regions.bytes_out < 2e8


def test_a_field_over_predictions_takes_what_it_takes_over_labels(
    scope_at: Callable[..., Scope],
) -> None:
    field = {"predict.crf": "test-time"}
    plain, moved = (
        plan(scope_at("imagenet-s50", overrides=overrides), FEW) for overrides in ({}, field)
    )
    for name in ("predict_round_2", "predict_round_1"):
        before, after = task(plain, name), task(moved, name)
        assert (after.hours > before.hours) == (name == "predict_round_2")


def test_the_end_is_that_of_the_longest_chain(scope_at: Callable[..., Scope]) -> None:
    planned = plan(scope_at("imagenet-s50"), Node())
    first, *_, last = planned.tasks
    assert (first.name, first.end) == ("validate_data", first.hours)
    assert max(one.hours for one in planned.tasks) < planned.hours < planned.paid_hours
    pretrain, attention = (task(planned, one) for one in ("pretrain", "train_pixel_attention"))
    assert pretrain.end == pytest.approx(first.hours + pretrain.hours)
    assert attention.end == pytest.approx(pretrain.end + attention.hours)
    assert last.end == planned.hours


def test_storage_by_hand(scope_at: Callable[..., Scope]) -> None:
    planned = plan(scope_at("imagenet-s50"), Node())
    # Float32 of 512 channels, a table of labels, and centroids that do not grow with the images.
    assert task(planned, "cluster_1").bytes_out == pytest.approx(64_431 * (4 * 512 + 98), rel=0.01)
    maps = task(planned, "predict_round_1")
    shards = -(-maps.bytes_out // 2**26)
    # Beside it: manifest and facts of its folder, three files of weights, the pointer.
    assert maps.requests == shards + 2 + 3 + 1


def test_what_was_not_timed_is_called_an_estimate(scope_at: Callable[..., Scope]) -> None:
    known = {
        profile: {
            name: task(plan(scope_at(profile), Node()), name).measured
            for name in ("pretrain", "predict_round_1", "train_classifier_f", "apply_crf")
        }
        for profile in ("imagenet-s50", "imagenet-s919")
    }
    assert list(known["imagenet-s50"].values()) == [True, True, False, True]
    assert list(known["imagenet-s919"].values()) == [False, False, False, True]


def test_the_table_has_a_row_for_each_task_and_their_sum(scope_at: Callable[..., Scope]) -> None:
    planned = plan(scope_at("imagenet-s50"), Node(gpus=8, price=2.5))
    rows = table(planned).rows
    assert len(rows) == len(planned.tasks) + 1
    # Eight GPUs of a training are paid, and one where there is none.
    hours = sum((8 if one.stage_class == "train" else 1) * one.hours for one in planned.tasks)
    name, _, _, paid, _, cost, *_ = rows[-1]
    assert (name, paid, cost) == ("all", f"{hours:.2f}", f"{2.5 * hours:.0f}")
