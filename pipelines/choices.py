"""Inputs of a pipeline that take one of a few values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from google.protobuf.struct_pb2 import Value


def choices(**values: Sequence[str]) -> Callable[[Any], Any]:
    """A decorator that says which values inputs of a pipeline take; stands above `dsl.pipeline`.

    KFP 2.17's UI offers them in a list, and its server refuses any other by name
    (backend/src/common/util, ValidateLiteralParameter); 2.16 refuses as well. The SDK (2.17.0) has
    no way to say it, so the field is filled in what it has made.

    Args:
        **values: of each input, by its name.

    Raises:
        KeyError: the pipeline has no such input.
    """

    def decorate(pipeline: Any) -> Any:
        inputs = pipeline.pipeline_spec.root.input_definitions.parameters
        for name, allowed in values.items():
            if name not in inputs:
                raise KeyError(name)
            inputs[name].literals.extend(Value(string_value=one) for one in allowed)
        return pipeline

    return decorate
