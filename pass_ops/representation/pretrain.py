"""Step 1: unsupervised representation learning (method 4)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pass_ops.config.digest import digest
from pass_ops.config.representation import PretrainConfig
from pass_ops.data.images import Images
from pass_ops.engine.jittor import jt, nn, seed_everything
from pass_ops.engine.ranks.collectives import gather, gather_array
from pass_ops.engine.ranks.world import size
from pass_ops.models.arrays import BACKBONE
from pass_ops.models.card import Card, began_with
from pass_ops.models.files.names import mismatch
from pass_ops.models.pretraining import PretrainingNetwork
from pass_ops.models.weights import arrays_of, fill, save_weights
from pass_ops.paths import InitialWeightsPath, PretrainedWeightsPath
from pass_ops.representation.batches import ViewBatch
from pass_ops.representation.codes import Codes
from pass_ops.representation.collapse import CollapseAlarm
from pass_ops.representation.initial_weights import load_initial_arrays, read_initial_card
from pass_ops.representation.losses import (
    contrastive_loss,
    image_loss,
    pixel_loss,
    shallow_loss,
)
from pass_ops.representation.self_supervised import ForwardPass
from pass_ops.representation.training import train
from pass_ops.storage.pinned import place_of
from pass_ops.tracking.tracker import Tracker

STAGE = "pretrain"


def pretrain(
    *,
    images: Images,
    config: PretrainConfig,
    output: PretrainedWeightsPath,
    initial: InitialWeightsPath,
    tracker: Tracker,
) -> dict[str, float]:
    """Train backbone, heads and prototypes from random weights, or from those of the settings.

    Args:
        images: the training split.
        config: settings of step 1.
        output: folder for the last epoch's weights.
        initial: folder for the weights before the first step, against which the diagnostics measure
            what was learnt.
        tracker: given every epoch's metrics, and the checkpoints.

    Returns:
        The last epoch's metrics.

    Raises:
        ArtifactError, ConfigError, StorageError: see `representation.initial_weights`.
        TrainingError: see `representation.training.train`.
    """
    seed_everything(config.seed)
    network = PretrainingNetwork(config.network, config.shallow)
    first = _start(network, config)
    network.prototypes.normalise()
    card = Card(
        stage=STAGE,
        network=config.network,
        epoch=0,
        config_digest=digest(config),
        initial=first,
    )
    save_weights(initial, arrays_of(network), card)

    def forward(batch: ViewBatch, codes: Codes) -> ForwardPass:
        return pretraining_step(network=network, batch=batch, codes=codes, config=config)

    return train(
        stage=STAGE,
        network=network,
        forward=forward,
        images=images,
        sizes=config.network,
        config=config,
        alarm=CollapseAlarm(config.collapse_patience),
        start=initial,
        output=output,
        tracker=tracker,
        initial=first,
    )


def _start(network: PretrainingNetwork, config: PretrainConfig) -> str:
    """Fill the backbone with the initial weights of the settings, if there are any, and the heads,
    if all that the weights have fit.

    Args:
        network: with random weights, which the rest keeps.
        config: names the weights.

    Returns:
        What training begins with, for the card.
    """
    card = read_initial_card(config)
    if card is None:
        return began_with(card)
    arrays = load_initial_arrays(config)
    # Jittor draws a value when it is first asked for: now, so that what is not replaced is drawn as
    # it would be without initial weights.
    arrays_of(network)
    shapes = {name: tuple(parameter.shape) for name, parameter in network.named_parameters()}
    heads = {name: array for name, array in arrays.items() if not name.startswith(BACKBONE)}
    misfits = mismatch(heads, {name: shapes[name] for name in heads if name in shapes})
    if misfits:
        arrays = {name: array for name, array in arrays.items() if name not in heads}
    fill(
        module=network,
        arrays=arrays,
        source=Path(place_of(config.initial_weights)),
        partial=tuple(name for name in shapes if not name.startswith(BACKBONE)),
    )
    print(
        f"{STAGE} | starts from {config.initial_weights}: {began_with(card)}; "
        f"heads {'are random, ' + misfits if misfits else 'too' if heads else 'are random'}",
        flush=True,
    )
    return began_with(card)


def pretraining_step(
    *, network: PretrainingNetwork, batch: ViewBatch, codes: Codes, config: PretrainConfig
) -> ForwardPass:
    """Forward one batch: L = (w₀·L_i2i + Σ wₖ·L_d2s,k) / Σ w + L_p2p + L_con (method 4.7).

    Args:
        network: in training mode, prototypes of unit length.
        batch: views and grids of B images.
        codes: which also takes the batch's embeddings into its queue.
        config: weights and temperature of the losses.
    """
    images = len(batch.paired)
    views = network([jt.array(group) for group in batch.groups])
    embeddings, scores = views.embeddings.split(images), views.scores.split(images)
    assigned = codes.assign(embeddings, scores, network.prototypes.weight)
    temperature = config.swav.temperature
    parts = {"image_loss": image_loss(assigned, scores, temperature)}
    for stage, shallow in zip(config.shallow, views.shallow_scores, strict=True):
        parts[f"shallow{stage}_loss"] = shallow_loss(assigned, shallow.split(images), temperature)
    weighted = [weight * part for weight, part in zip(config.weights, parts.values(), strict=True)]
    total = sum(weighted[1:], weighted[0]) / sum(config.weights)
    parts["pixel_loss"] = _align_pixels(
        network=network, pixels=views.pixels, batch=batch, compat=config.compat
    )
    total = total + config.pixel_weight * parts["pixel_loss"]
    if config.contrastive_weight:
        # Every rank tells the images of all apart.
        parts["contrastive_loss"] = contrastive_loss(
            gather(views.embeddings[: 2 * images]), images, config.contrastive_temperature
        )
        total = total + config.contrastive_weight * parts["contrastive_loss"]
    return ForwardPass(
        total=total, parts=parts, embeddings=embeddings[0], codes=next(iter(assigned.values()))
    )


def _align_pixels(
    *, network: PretrainingNetwork, pixels: jt.Var, batch: ViewBatch, compat: str
) -> jt.Var:
    """Pixel loss of the batch, 0 where no pair of views overlaps.

    `reference` sends the zero vectors of disjoint pairs through the predictor, whose BatchNorm then
    counts them; `fixed` leaves those pairs out (method 4.9).

    Args:
        network: whose predictor is trained.
        pixels: projections [2·B, features, h, w] of the two large views.
        batch: its grids, and which pairs overlap.
        compat: `fixed` or `reference`.
    """
    paired = gather_array(batch.paired)
    pairs = len(paired)
    present = np.ones(pairs, bool) if compat == "reference" else paired
    if not present.any():
        return jt.zeros(1)
    sampled = nn.grid_sample(
        pixels, jt.array(batch.grids), "bilinear", "zeros", align_corners=False
    )
    if size() > 1:
        # Ranks have more pairs or fewer, but their BatchNorm gives each rank's mean the same
        # weight: every rank predicts the pixels of all.
        sampled = jt.concat([gather(views) for views in sampled.split(len(batch.paired))])
    rows = np.flatnonzero(np.tile(present, 2))
    if len(rows) < 2 * pairs:
        sampled = sampled[jt.array(rows.astype(np.int32))]
    return pixel_loss(network.pixel_predictor(sampled), sampled, pairs)
