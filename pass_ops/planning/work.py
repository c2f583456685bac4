"""How much work each stage of the training pipeline is, by its settings and its images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil

from pass_ops.graph.recorder import Task, training_tasks
from pass_ops.planning import costs
from pass_ops.planning.costs import Cost
from pass_ops.planning.scope import Scope


@dataclass(frozen=True)
class Work:
    """What a task takes of one GPU, and of one core, in seconds; and whose costs these are."""

    gpu: float = 0.0
    cores: float = 0.0
    costs: tuple[Cost, ...] = ()

    def __add__(self, other: Work) -> Work:
        return Work(self.gpu + other.gpu, self.cores + other.cores, self.costs + other.costs)

    def __mul__(self, part: float) -> Work:
        return Work(self.gpu * part, self.cores * part, self.costs)


def work_of(scope: Scope, task: Task) -> Work:
    """What a task takes.

    Args:
        scope: what is planned for.
        task: of the graph.
    """
    return _WORK[task.declaration.name](scope, task)


def shared_work_of(scope: Scope, task: Task, shards: int) -> tuple[Work, Work]:
    """What the largest of several shares of a task takes, and what the task itself does after them.

    Args:
        scope: what is planned for.
        task: of a stage that can be shared.
        shards: tasks that share it.
    """
    shared, own, pieces = work_of(scope, task), Work(), scope.images(task)
    if task.declaration.name in ("cluster", "cluster_aligned"):
        # K-means needs the descriptors of all.
        shared, own = _features(scope, task), _restarts(scope)
    if task.declaration.name == "choose_checkpoint":
        pieces = scope.settings.train_segmenter.checkpoints
    return shared * (ceil(pieces / shards) / pieces), own


def _gpu(cost: Cost, times: float) -> Work:
    return Work(gpu=cost.seconds * times, costs=(cost,))


def _network(scope: Scope, cost: Cost, times: float) -> Work:
    """Work of ResNet-18 as it was timed, or of another backbone as it is estimated from that."""
    return _gpu(
        replace(cost, measured=cost.measured and scope.backbone == 1), times * scope.backbone
    )


def _cores(cost: Cost, times: float) -> Work:
    return Work(cores=cost.seconds * times, costs=(cost,))


def _pixels(cost: Cost) -> Callable[[Scope, Task], Work]:
    """Work of a cost per megapixel."""
    return lambda scope, task: _cores(cost, scope.images(task) * costs.MEGAPIXELS)


def _two_views(scope: Scope, task: Task) -> Work:
    config, images = scope.config(task), scope.images(task)
    views = sum(
        count * (side / 224) ** 2
        for count, side in zip(config.views.crops, config.views.sizes, strict=True)
    )
    passes = images * config.epochs * views / 2
    return _network(scope, costs.TWO_VIEWS, passes) + _cores(costs.LOAD_TWO_VIEWS, passes)


def _classifier(scope: Scope, task: Task) -> Work:
    config = scope.config(task)
    passes = scope.images(task) * config.epochs * (config.crop / 224) ** 2
    return _network(scope, costs.ONE_VIEW, passes) + _cores(costs.LOAD_ONE_VIEW, passes)


def _described(scope: Scope, images: int, passes: int) -> Work:
    """Images that are read once and seen several times by a network."""
    return _network(scope, costs.FORWARD, images * passes) + _cores(costs.LOAD_ONE_VIEW, images)


def _labels(scope: Scope, task: Task) -> Work:
    """As often as there are checkpoints in the ensemble, with a mirror image each."""
    classifier = training_tasks()[task.values["checkpoints"].parts[0]]
    return _described(scope, scope.images(task), 2 * scope.config(classifier).ensemble_epochs)


def _kmeans(scope: Scope, restarts: int) -> Work:
    """K-means of the training images; half of the restarts end at half time."""
    config = scope.settings.cluster
    passes = config.iterations * (1 if restarts == 0 else 0.75 * restarts)
    operations = (
        2
        * scope.counts["train"]
        * scope.categories
        * scope.settings.pretrain.network.descriptor_length
        * passes
    )
    return _cores(costs.KMEANS_OPERATION, operations)


def _features(scope: Scope, task: Task) -> Work:
    return _described(scope, scope.images(task), 1)


def _restarts(scope: Scope) -> Work:
    return _kmeans(scope, scope.settings.cluster.restarts)


def _cluster(scope: Scope, task: Task) -> Work:
    return _features(scope, task) + _restarts(scope)


def _choose_clusters(scope: Scope, task: Task) -> Work:
    """Nothing, where clusters are as many as classes or as the settings say."""
    config = scope.config(task)
    if scope.labelled or config.clusters:
        return Work()
    # Numbers are tried each a quarter larger than the one before, which together are five of the
    # largest.
    return _described(scope, scope.images(task), 1) + _kmeans(scope, 5 * config.restarts)


def _cluster_selected(scope: Scope, _: Task) -> Work:
    rounds = scope.settings.select_by_distance.max_rounds
    return _kmeans(scope, rounds * scope.settings.cluster.restarts)


def _diagnose(scope: Scope, task: Task) -> Work:
    return _described(scope, 3 * (scope.images(task) + scope.counts.get("validation", 0)), 1)


def _threshold(scope: Scope, task: Task) -> Work:
    return _pixels(costs.THRESHOLDS)(scope, task) + _coarse(scope, task)


def _coarse(scope: Scope, task: Task) -> Work:
    scales = len(scope.config(task).scales)
    return _network(scope, costs.LABEL_PIXELS, scope.images(task) * scales)


def _masks(*, classical: Cost, sam: Cost, onnx: Cost) -> Callable[[Scope, Task], Work]:
    """Work of a stage that makes masks, by what each back end takes."""

    def by_back_end(scope: Scope, task: Task) -> Work:
        """Work of `task` within `scope`."""
        images = scope.images(task)
        return {
            "classical": _pixels(classical)(scope, task),
            "sam": _gpu(sam, images),
            "onnx": _cores(onnx, images),
        }[scope.masks]

    return by_back_end


def _regions(scope: Scope, task: Task) -> Work:
    """Nothing, where the prompts go by none (method 11.3)."""
    if not scope.config(task).enabled:
        return Work()
    by_back_end = _masks(
        classical=costs.REGIONS, sam=costs.SAM_EVERYTHING, onnx=costs.ONNX_EVERYTHING
    )
    return by_back_end(scope, task)


def _segmenter(scope: Scope, task: Task) -> Work:
    config = scope.config(task)
    passes = scope.images(task) * config.epochs * (config.crop / 224) ** 2
    outputs = costs.SEGMENTER.seconds - costs.ONE_VIEW.seconds
    step = Cost(
        costs.ONE_VIEW.seconds * scope.backbone
        + outputs * (scope.categories + 1) / costs.SEGMENTER_OUTPUTS,
        costs.SEGMENTER.source,
        measured=scope.backbone == 1 and scope.categories + 1 == costs.SEGMENTER_OUTPUTS,
    )
    return _gpu(step, passes) + _cores(costs.LOAD_ONE_VIEW, passes)


def _predictions(scope: Scope, images: float) -> Work:
    return _network(scope, costs.PREDICTION, images)


def _split_predictions(scope: Scope, task: Task) -> Work:
    """Predictions, and the field over those of images held out, where there is one."""
    work = _predictions(scope, scope.images(task))
    if scope.config(task).field is not None:
        work += _cores(costs.CRF, scope.images_held_out(task) * costs.MEGAPIXELS)
    return work


def _choice(scope: Scope, task: Task) -> Work:
    # One prediction to be scored, two without flip to be compared.
    return _predictions(scope, 2 * scope.images(task) * scope.settings.train_segmenter.checkpoints)


def _tables(scope: Scope, task: Task) -> Work:
    return _cores(costs.TABLES, scope.images(task))


_WORK: dict[str, Callable[[Scope, Task], Work]] = {
    "validate_data": _pixels(costs.VALIDATE),
    "measure_baselines": _pixels(costs.BASELINES),
    "pretrain": _two_views,
    "train_pixel_attention": _two_views,
    "diagnose": _diagnose,
    "choose_clusters": _choose_clusters,
    "cluster": _cluster,
    "cluster_aligned": _cluster,
    "cluster_selected": _cluster_selected,
    "train_classifier": _classifier,
    "infer_image_labels": _labels,
    "classify_images": _labels,
    "select_small_loss": _tables,
    "diagnose_labels": _tables,
    "search_threshold": _threshold,
    "make_coarse_labels": _coarse,
    "apply_crf": _pixels(costs.CRF),
    "make_regions": _regions,
    "refine_labels": _pixels(costs.REFINE),
    "prompt_masks": _masks(classical=costs.PROMPTS, sam=costs.SAM_IMAGE, onnx=costs.ONNX_IMAGE),
    "train_segmenter": _segmenter,
    "choose_checkpoint": _choice,
    "predict_split": _split_predictions,
    "complete_predictions": _pixels(costs.COMPLETE),
    "evaluate_validation": _pixels(costs.EVALUATE),
    "evaluate_test": _pixels(costs.EVALUATE),
    "diagnose_masks": _pixels(costs.DIAGNOSE_MASKS),
    "report": lambda *_: Work(),
}
