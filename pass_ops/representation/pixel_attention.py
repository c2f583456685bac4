"""Step 2.1: attention and prototypes trained on the frozen backbone (method 5)."""

from __future__ import annotations

from pass_ops.config.representation import PixelAttentionConfig
from pass_ops.data.images import Images
from pass_ops.engine.jittor import jt, nn, seed_everything
from pass_ops.models.features import PixelAttentionNetwork
from pass_ops.models.weights import fill, load_arrays, load_card
from pass_ops.paths import AttentionWeightsPath, PretrainedWeightsPath
from pass_ops.representation.batches import ViewBatch
from pass_ops.representation.codes import Codes
from pass_ops.representation.collapse import CollapseAlarm
from pass_ops.representation.losses import image_loss
from pass_ops.representation.self_supervised import ForwardPass
from pass_ops.representation.training import train
from pass_ops.tracking.tracker import Tracker

STAGE = "train_pixel_attention"


def train_pixel_attention(
    *,
    images: Images,
    weights: PretrainedWeightsPath,
    config: PixelAttentionConfig,
    output: AttentionWeightsPath,
    tracker: Tracker,
) -> dict[str, float]:
    """Train `fbg` and the prototypes; the rest keeps the weights of step 1.

    Args:
        images: the training split.
        weights: folder that `pretrain` wrote.
        config: settings of step 2.1.
        output: folder for the last epoch's weights.
        tracker: given every epoch's metrics, and the checkpoints.

    Returns:
        The last epoch's metrics.

    Raises:
        ArtifactError: `weights` do not hold a pre-trained backbone.
        TrainingError: see `representation.training.train`.
    """
    seed_everything(config.seed)
    card = load_card(weights)
    network = PixelAttentionNetwork(card.network)
    fill(module=network, arrays=load_arrays(weights), source=weights, partial=("fbg.",))
    freeze(network, config.compat)

    def forward(batch: ViewBatch, codes: Codes) -> ForwardPass:
        return attention_step(network=network, batch=batch, codes=codes, config=config)

    return train(
        stage=STAGE,
        network=network,
        forward=forward,
        images=images,
        sizes=card.network,
        config=config,
        alarm=CollapseAlarm(config.epochs),
        start=weights,
        output=output,
        tracker=tracker,
        initial=card.initial,
    )


def freeze(network: PixelAttentionNetwork, compat: str) -> None:
    """Leave gradients to `fbg` and the prototypes alone.

    `reference` lets the frozen BatchNorm layers' running statistics train on. `fixed` keeps them
    all: the backbone uses its own, the projection head goes on with each batch's, because
    normalised, attention-pooled features are of another scale than those that its running
    statistics describe: with these, all embeddings would nearly coincide.

    Args:
        network: with the weights of step 1.
        compat: `fixed` or `reference`.
    """
    for frozen in (network.backbone, network.projection_head):
        for parameter in frozen.parameters():
            parameter.stop_grad()
    if compat == "fixed":
        network.backbone.eval()
        for layer in network.projection_head.modules():
            if isinstance(layer, nn.BatchNorm):
                layer.momentum = 0.0


def attention_step(
    *, network: PixelAttentionNetwork, batch: ViewBatch, codes: Codes, config: PixelAttentionConfig
) -> ForwardPass:
    """Forward one batch: the image loss on attention-pooled features alone (method 5.4).

    Args:
        network: frozen but for `fbg` and prototypes, which have unit length.
        batch: views of B images.
        codes: which also takes the batch's embeddings into its queue.
        config: temperature of the loss.
    """
    size = len(batch.paired)
    groups = [network.embed(network.features(jt.array(group))) for group in batch.groups]
    joined = jt.concat(groups) if len(groups) > 1 else groups[0]
    embeddings, scores = joined.split(size), network.prototypes(joined).split(size)
    assigned = codes.assign(embeddings, scores, network.prototypes.weight)
    loss = image_loss(assigned, scores, config.swav.temperature)
    return ForwardPass(
        total=loss,
        parts={"image_loss": loss},
        embeddings=embeddings[0],
        codes=next(iter(assigned.values())),
    )
