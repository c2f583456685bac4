"""Who is told of each stage while a graph is built: a recorder, or KFP's compiler.

The wiring (`pass_ops.graph`) is ordinary functions that make stages and hand their outputs on. What
these outputs are, paths or KFP's channels, is up to the builder in charge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

Parameters = ParamSpec("Parameters")
Outputs = TypeVar("Outputs")


class Builder(Protocol):
    """Makes a graph of the stages that it is told of."""

    def add(self, stage: Any) -> Mapping[str, Any]:
        """Add a stage; returns the value of each output by name."""

    def open(self, box: Callable[..., Outputs], arguments: Mapping[str, Any]) -> Outputs:
        """Add a box, which is wiring that forms a sub-pipeline, with the values of its
        parameters; returns its outputs.
        """


_builders: list[Builder] = []


def current_builder() -> Builder | None:
    """The builder in charge, if a graph is being built."""
    return _builders[-1] if _builders else None


@contextmanager
def building(builder: Builder) -> Iterator[None]:
    """Put `builder` in charge."""
    _builders.append(builder)
    try:
        yield
    finally:
        _builders.pop()


def box(wiring: Callable[Parameters, Outputs]) -> Callable[Parameters, Outputs]:
    """Mark wiring that forms a sub-pipeline, which a KFP run shows as a box that opens."""

    @wraps(wiring)
    def opened(*arguments: Parameters.args, **named: Parameters.kwargs) -> Outputs:
        builder = current_builder()
        assert builder is not None, f"{wiring.__name__} is called outside of a builder"
        assert not arguments, f"{wiring.__name__} takes its arguments by keyword"
        return builder.open(wiring, named)

    return opened
