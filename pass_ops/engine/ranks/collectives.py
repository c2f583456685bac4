"""What ranks compute together. A process without ranks gets back what it gives, untouched.

All ranks must call the same of these in the same order, or wait for each other for ever: whatever
decides what is called next must be the same on all of them.

The loss of a batch is the mean of the ranks' losses. Jittor's gradients then come out right by
themselves: it averages them over ranks, and the gradient of a sum over ranks (BatchNorm's
statistics) is the sum of all ranks' gradients.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pass_ops.engine.jittor import jt
from pass_ops.engine.ranks.world import is_first, rank, size

T = TypeVar("T")
Value = TypeVar("Value", bound=np.generic)
_CHUNK = 2**30
"""Bytes that are sent at once: MPI counts them in 32 bits."""


def gather(rows: jt.Var) -> jt.Var:
    """The rows of all ranks, in the order of these; gradients flow back to each one's own.

    All ranks must compute the same of them: then each has the gradient of its rows already, and the
    sum over ranks is so many times it.

    Args:
        rows: [B, …] of this rank; the same shape on all.

    Returns:
        [ranks · B, …].
    """
    if size() == 1:
        return rows
    # Jittor 1.3.11 has a sum over ranks, which adds zeros here, and nothing that gathers. It
    # orders what it computes by the graph: that must look the same on all ranks, or they wait for
    # different sums. So each multiplies, and none pads its rows at other ends.
    own = np.zeros((size(), *[1] * rows.ndim), np.float32)
    own[rank()] = 1
    spread = (jt.array(own) * rows.unsqueeze(0)).reshape(size() * rows.shape[0], *rows.shape[1:])
    # No gradient goes through the sum: it would be another sum, which came out wrong by a tenth and
    # more where rows were joined before or after (`jt.concat`, whose parts share its memory).
    fixed = spread.detach()
    return fixed.mpi_all_reduce("add") + size() * (spread - fixed)


def gather_array(values: NDArray[Value]) -> NDArray[Value]:
    """The same of an array.

    Args:
        values: [B, …], numbers that float32 can hold, or truth values.
    """
    if size() == 1:
        return values
    return gather(jt.array(values.astype(np.float32))).numpy().astype(values.dtype)


def own_part(rows: jt.Var) -> jt.Var:
    """This rank's rows of what `gather` returned.

    Args:
        rows: [ranks · B, …].
    """
    if size() == 1:
        return rows
    count = rows.shape[0] // size()
    return rows[rank() * count : (rank() + 1) * count]


def mean_over_ranks(value: jt.Var) -> jt.Var:
    """The mean over ranks.

    Args:
        value: of any shape, the same on all.
    """
    return value if size() == 1 else value.mpi_all_reduce("mean")


def averaged(metrics: Mapping[str, float]) -> dict[str, float]:
    """The mean of the ranks' metrics; all that was asked of Jittor before is computed.

    Args:
        metrics: by name, the same names on all ranks.
    """
    if size() == 1:
        return dict(metrics)
    # What one rank reads of its own accord, to keep a checkpoint, must not wait for others.
    jt.sync_all()
    own = jt.array(np.array(list(metrics.values()), np.float32))
    means = own.mpi_all_reduce("add").numpy() / size()
    return {name: float(mean) for name, mean in zip(metrics, means, strict=True)}


def largest(number: int) -> int:
    """The largest of the ranks' numbers.

    Args:
        number: that float32 can hold.
    """
    return int(gather_array(np.array([number])).max())


def from_first(value: T) -> T:
    """The first rank's value, on all of them.

    Args:
        value: can be pickled.
    """
    if size() == 1:
        return value
    content = np.frombuffer(pickle.dumps(value) if is_first() else b"", np.uint8)
    length = np.array([len(content)], np.int64)
    jt.mpi.broadcast(length, 0)
    received = content.copy() if is_first() else np.empty(int(length[0]), np.uint8)
    for start in range(0, len(received), _CHUNK):
        jt.mpi.broadcast(received[start : start + _CHUNK], 0)
    shared: T = pickle.loads(received.tobytes())
    return shared
