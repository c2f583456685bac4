"""How large a compiled pipeline is as the Argo workflow that KFP's API server makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pass_ops.errors import ConfigError
from pipelines.packages.workflow_model import Package, go_json

# Argo refuses a workflow above it (4.0.5, workflow/packer/packer.go, getMaxWorkflowSize): the
# specification, and beside it the state of all nodes, compressed.
ARGO_LIMIT = 1024 * 1024
# So that the nodes, which grow with every task that has started, find room as well.
LARGEST_SHARE = 0.6
# Templates that are the same for every pipeline: drivers, launcher, entrypoint. In KFP's own
# examples (test_data/compiled-workflows, 2.17.0) they are of this size.
_FIXED = 10_500


def workflow_size(spec: Mapping[str, Any], platform: Mapping[str, Any]) -> int:
    """Bytes of the specification of the workflow that a package becomes, by this model.

    KFP 2.17.0, backend/src/v2/compiler/argocompiler, compiles a package to a workflow so:

    * `argo.go`, saveComponentSpec, saveComponentImpl: a container component's specification and its
      container are two arguments of the workflow, named by a hash of the container: equal
      containers are kept once. A sub-pipeline's specification, tasks included, is one argument.
    * `argo.go`, saveKubernetesSpec: settings for Kubernetes are an argument by the component's
      *name*: equal settings of two components are kept twice.
    * `dag.go`, DAG and task: a sub-pipeline becomes a template with two tasks for each task of its
      own, driver and executor. The driver gets the task's specification as text, so that this is
      kept a second time; all else are references to arguments.
    * `container.go`, containerExecutorTask: the executor gets settings of retries and the pod's
      labels as arguments.
    * `proto.go`, stablyMarshalJSON: all of these are JSON within JSON, quotes escaped.

    Loops and exit handlers are left out: our pipelines have none.

    Args:
        spec: the package's first document, a PipelineSpec.
        platform: its second, a PlatformSpec.
    """
    package = Package(spec, platform)
    inputs = spec["root"].get("inputDefinitions", {}).get("parameters", {})
    values = {name: given.get("defaultValue") for name, given in inputs.items()}
    workflow = {
        "arguments": package.arguments(),
        "templates": package.templates(),
        "runtime-config": go_json({"parameterValues": values}),
    }
    return _FIXED + len(go_json(workflow).encode())


def documents_of(package: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The PipelineSpec and the PlatformSpec of a compiled pipeline."""
    spec, *others = yaml.load_all(package.read_text(), yaml.CSafeLoader)
    return spec, others[0] if others else {}


def require_room(name: str, size: int) -> str:
    """A phrase on the size of a package, for the person who compiles it.

    Args:
        name: of the package.
        size: see `workflow_size`.

    Raises:
        ConfigError: the workflow would leave too little room for the state of its nodes.
    """
    share = size / ARGO_LIMIT
    text = f"{size} bytes as Argo's workflow, {share:.0%} of its limit of 1 MiB"
    if share > LARGEST_SHARE:
        raise ConfigError(
            f"{name}: {text}; at most {LARGEST_SHARE:.0%} may be, as the state of running tasks "
            "needs the rest; give the pipeline fewer tasks, or its tasks fewer inputs"
        )
    return text
