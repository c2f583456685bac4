"""Public checkpoints become weights that step 1 can start from (method 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.schema import build
from pass_ops.errors import ArtifactError, ConfigError
from pass_ops.models.card import Card
from pass_ops.models.files.names import listed, mismatch
from pass_ops.models.files.read import read_weights
from pass_ops.models.files.tensors import Tensors, to_float32
from pass_ops.models.public_sources import sort_tensors
from pass_ops.paths import WeightsPath
from pass_ops.storage.contents.file_digest import file_sha256

STAGE = "import"
ADVICE = "give a checkpoint of SwAV, PASS, MoCo or torchvision of a ResNet-18 or ResNet-50"
_HEAD_SIZES = {
    "hidden_dim": "projection_head.0.weight",
    "feat_dim": "projection_head.3.weight",
    "prototypes": "prototypes.weight",
}
"""Settings, and the tensors whose first axis is as long."""
_WIDEST_HEAD = 2**16
_STEM = "backbone.conv1.weight"


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What came of an import.

    Attributes:
        card: of the weights that were written.
        taken: names of the tensors in them.
        left_out: names of the file's other tensors.
        wrapping: what was taken off the file's names and dictionaries.
    """

    card: Card
    taken: tuple[str, ...]
    left_out: tuple[str, ...]
    wrapping: tuple[str, ...]


def import_weights(source: Path, destination: WeightsPath) -> Imported:
    """Read a public checkpoint, check it and write it as weights of ours.

    Args:
        source: the `.pth`, `.pth.tar` or `.safetensors` file.
        destination: folder to write.

    Raises:
        ArtifactError: see `read_weights` and `to_float32`; or it is of another network.
    """
    unwrapped = read_weights(source)
    tensors = sort_tensors(unwrapped.tensors)
    if _STEM not in tensors.taken or tensors.taken[_STEM].shape[1:] != (3, 7, 7):
        raise ArtifactError(
            f"{source}: holds no ResNet, whose conv1.weight is [width, 3, 7, 7], but "
            f"{listed(unwrapped.tensors)}; {ADVICE}"
        )
    sizes = _recognise(source, tensors.taken)
    # Jittor may compile for minutes when it is imported: not before the file has been looked at.
    from pass_ops.models.weights import save_weights

    shapes = _shapes(sizes, with_heads=bool(tensors.source.heads))
    if problems := mismatch(tensors.taken, shapes):
        raise ArtifactError(
            f"{source}: not the weights of a {sizes.arch} of width {sizes.width} "
            f"({tensors.source.name}): {problems}; {ADVICE}"
        )
    arrays = to_float32(tensors.taken, source)
    card = Card(
        stage=STAGE,
        network=sizes,
        epoch=0,
        config_digest="",
        initial=tensors.source.name,
        source=source.name,
        sha256=file_sha256(source),
    )
    save_weights(destination, arrays, card)
    return Imported(
        card=card, taken=tuple(arrays), left_out=tensors.left_out, wrapping=unwrapped.wrapping
    )


def _recognise(source: Path, tensors: Tensors) -> NetworkConfig:
    """The sizes of the network that tensors are of, as far as a few of them tell.

    Args:
        source: the file, for the error.
        tensors: named as in the network of step 1.
    """
    if "backbone.layer1.0.conv3.weight" in tensors:
        arch = "resnet50"
    else:
        arch = "resnet18" if "backbone.layer1.1.conv1.weight" in tensors else "resnet10"
    heads = {
        size: tensors[name].shape[0]
        for size, name in _HEAD_SIZES.items()
        if name in tensors and tensors[name].ndim > 0 and tensors[name].shape[0] <= _WIDEST_HEAD
    }
    try:
        return build(NetworkConfig, {"arch": arch, "width": len(tensors[_STEM]), **heads})
    except ConfigError as error:
        raise ArtifactError(f"{source}: {error}; {ADVICE}") from error


def _shapes(sizes: NetworkConfig, *, with_heads: bool) -> dict[str, tuple[int, ...]]:
    """Shapes of the parameters of a backbone, and of the heads that PASS shares with step 1.

    Args:
        sizes: of the network.
        with_heads: whether the heads are wanted.
    """
    from pass_ops.models.heads import Projection, Prototypes
    from pass_ops.models.resnet import ResNet

    backbone = ResNet(sizes.arch, sizes.width)
    parts = {"backbone": backbone}
    if with_heads:
        *_, deep = backbone.channels
        parts["projection_head"] = Projection(deep, sizes.hidden_dim, sizes.feat_dim)
        parts["prototypes"] = Prototypes(sizes.feat_dim, sizes.prototypes)
    return {
        f"{part}.{name}": tuple(parameter.shape)
        for part, module in parts.items()
        for name, parameter in module.named_parameters()
    }
