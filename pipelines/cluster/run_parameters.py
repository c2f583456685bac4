"""Values for a pipeline's parameters, from `params/` and the command line, checked against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from components.placement import DEFAULTS
from pass_ops.config.plain_yaml import load_yaml
from pass_ops.errors import ConfigError
from pass_ops.storage.opening import read_text, reading

PLACEMENT = "placement"
# KFP's types of parameters, and what YAML reads a value of each as.
_TYPES: dict[str, tuple[type, ...]] = {
    "STRING": (str,),
    "NUMBER_INTEGER": (int,),
    "NUMBER_DOUBLE": (int, float),
    "BOOLEAN": (bool,),
    "STRUCT": (dict,),
    "LIST": (list,),
}


def given_placement(file: Path | None, texts: Sequence[str] = ()) -> dict[str, Any]:
    """The placement among the values of a run's parameters, for a pipeline that is compiled for it.

    Args:
        file, texts: see `choose_parameters`.

    Raises:
        ConfigError: it cannot be read.
    """
    values = _read(file) if file else {}
    fields = _placement_mapping(values.get(PLACEMENT, {}), str(file))
    for text in texts:
        name, equals, value = text.partition("=")
        whole, dot, field = name.partition(".")
        if whole == PLACEMENT and equals:
            source = f"--set {text}"
            read = _parse(value, source)
            fields = {**fields, field: read} if dot else _placement_mapping(read, source)
    return fields


def choose_parameters(
    spec: Mapping[str, Any], file: Path | None, texts: Sequence[str] = ()
) -> dict[str, Any]:
    """The values of a run's parameters, without those that keep their defaults.

    Args:
        spec: a PipelineSpec.
        file: YAML file of values by name.
        texts: more of them, like `profile=small`, which win; `placement.train_gpus=2` sets a field.

    Raises:
        ConfigError: the file is missing or no mapping, a text is not `name=value`, a value has no
            parameter or a parameter no value, or a value is of another type.
    """
    definitions = signature(spec)
    values = _read(file) if file else {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise ConfigError(f"--set {text}: write it like --set profile=small")
        kind = definitions.get(name, {}).get("parameterType")
        whole, dot, field = name.partition(".")
        if whole == PLACEMENT and PLACEMENT not in definitions:
            # It is compiled in (`given_placement`).
            continue
        read = value if kind == "STRING" else _parse(value, f"--set {text}")
        if dot and definitions.get(whole, {}).get("parameterType") == "STRUCT":
            fields = values.get(whole, {})
            values[whole] = {**fields, field: read} if isinstance(fields, dict) else fields
        else:
            values[name] = read
    if PLACEMENT not in definitions:
        values.pop(PLACEMENT, None)
    problems = _problems(values, definitions)
    if problems:
        raise ConfigError(f"parameters of {spec['pipelineInfo']['name']}: {'; '.join(problems)}")
    return values


def signature(spec: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A PipelineSpec's parameters: name to type, default and description, as KFP has them."""
    return dict(spec["root"].get("inputDefinitions", {}).get("parameters", {}))


def _problems(values: Mapping[str, Any], definitions: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """All that is wrong with a run's parameters.

    Args:
        values: by name.
        definitions: of the pipeline's parameters, as `signature` has them.
    """
    problems = []
    for name, value in values.items():
        if name not in definitions:
            near = get_close_matches(name, definitions, n=1)
            near = [f"placement.{name}"] if name in DEFAULTS else near
            problems.append(f"no parameter {name}" + (f" (meant is {near[0]}?)" if near else ""))
        elif not _fits(value, kind := definitions[name]["parameterType"]):
            quote = (
                ": put it in quotes" if kind == "STRING" and isinstance(value, int | float) else ""
            )
            problems.append(f"{name} is {value!r}, not of type {kind}{quote}")
    for name, definition in definitions.items():
        if name not in values and "defaultValue" not in definition:
            variable = " (make submit DATA_URI=...)" if name == "data_uri" else ""
            problems.append(
                f"{name} has no value: give --set {name}=...{variable}, or a line "
                f"'{name}: ...' in the file of --params (make submit PARAMS=...)"
            )
    return problems


def _read(file: Path) -> dict[str, Any]:
    """The mapping in a YAML file."""
    if not file.is_file():
        raise ConfigError(f"{file}: no such file: params/ has some to start from")
    advice = "give a text in UTF-8, like those in params/"
    with reading(path=file, what="parameters of a run", advice=advice, refusal=ConfigError):
        text = read_text(file)
    values = _parse(text, str(file))
    if not isinstance(values, dict):
        raise ConfigError(f"{file}: not a mapping: write one 'parameter: value' a line")
    return values


def _placement_mapping(value: Any, source: str) -> dict[str, Any]:
    """A placement, once it is known to be a mapping.

    Args:
        value: as YAML reads it.
        source: where it stands, for the error.
    """
    if not isinstance(value, dict):
        raise ConfigError(f"{source}: {PLACEMENT} is {value!r}, not a mapping")
    return value


def _parse(text: str, source: str) -> Any:
    """What a text says as YAML.

    Args:
        text: the text.
        source: where it stands, for the error.
    """
    try:
        return load_yaml(text)
    # A number of thousands of digits, brackets without end.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{source}: not YAML: {' '.join(str(error).split())}") from error


def _fits(value: Any, kind: str) -> bool:
    """Whether a value is of a type of KFP's; Python calls a bool an int, KFP does not.

    Args:
        value: as YAML reads it.
        kind: a key of `_TYPES`.
    """
    return isinstance(value, _TYPES[kind]) and (kind == "BOOLEAN" or not isinstance(value, bool))
