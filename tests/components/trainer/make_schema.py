"""Make the schema of what we ask of Kubeflow Trainer anew, of its own definitions:
`python -m tests.components.trainer.make_schema TRAINER`, TRAINER being a clone of kubeflow/trainer
at the tag of the schema's file.

It keeps the fields that our objects have, and what the definitions say of these. A field that no
definition knows ends it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.components.trainer.cases import SCHEMA, cases

KEPT = (
    *("type", "enum", "required", "pattern", "minLength", "maxLength", "minItems", "maxItems"),
    *("minimum", "maximum", "format"),
)


def main() -> None:
    """Write the file."""
    folder = Path(sys.argv[1], "manifests/base/crds")
    made: dict[str, Any] = {}
    for body in cases():
        kind = body["kind"]
        file = folder / f"trainer.kubeflow.org_{kind.lower()}s.yaml"
        definition = yaml.load(file.read_text(), yaml.CSafeLoader)
        (version,) = [one for one in definition["spec"]["versions"] if one["served"]]
        assert body["apiVersion"] == f"{definition['spec']['group']}/{version['name']}"
        whole = version["schema"]["openAPIV3Schema"]
        # Of metadata, which all objects have, a definition says nothing.
        value = {key: one for key, one in body.items() if key != "metadata"}
        made[kind] = merged(made.get(kind, {}), pruned(whole, value, kind))
        made[kind]["properties"]["metadata"] = {"type": "object"}
    SCHEMA.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n")


def pruned(schema: dict[str, Any], value: Any, path: str) -> dict[str, Any]:
    """What a definition says of a value, as JSON Schema.

    Args:
        schema: of the value, as OpenAPI in Kubernetes' dialect.
        value: of ours.
        path: of the value, for errors.
    """
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    kept = {key: schema[key] for key in KEPT if key in schema}
    if isinstance(value, dict) and "properties" in schema:
        unknown = value.keys() - schema["properties"].keys()
        assert not unknown, f"{path}: no field {sorted(unknown)}"
        kept["additionalProperties"] = False
        kept["properties"] = {
            key: pruned(schema["properties"][key], one, f"{path}.{key}")
            for key, one in sorted(value.items())
        }
    elif isinstance(value, dict) and value:
        every: dict[str, Any] = {}
        for key, one in value.items():
            every = merged(every, pruned(schema["additionalProperties"], one, f"{path}.{key}"))
        kept["additionalProperties"] = every
    elif isinstance(value, list):
        items: dict[str, Any] = {}
        for one in value:
            items = merged(items, pruned(schema["items"], one, f"{path}[]"))
        kept["items"] = items
    return kept


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """A schema of the values of both, which are parts of the same definition."""
    both = {**one, **other}
    for key in one.keys() & other.keys():
        if isinstance(one[key], dict) and isinstance(other[key], dict):
            both[key] = merged(one[key], other[key])
    return both


if __name__ == "__main__":
    main()
