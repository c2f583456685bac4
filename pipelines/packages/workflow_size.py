"""How large a run of a compiled pipeline becomes as the Argo workflow that KFP makes of it."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pass_ops.errors import ConfigError
from pipelines.packages.compiled_package import Package
from pipelines.packages.go_json import go_json
from pipelines.packages.node_model import RunNodes
from pipelines.packages.node_status import NodeTable
from pipelines.packages.run_model import whole_run
from pipelines.packages.workflow_model import Workflow

# Argo refuses a workflow above it (4.0.5, workflow/packer/packer.go, getMaxWorkflowSize).
ARGO_LIMIT = 1024 * 1024
# Half: the model may be wrong by some per cent, and a stage that is tried again has more nodes.
LARGEST_SHARE = 0.5
# Templates that are the same for every pipeline: drivers, launcher, entrypoint. In KFP's own
# examples (test_data/compiled-workflows, 2.17.0) they are of this size.
_FIXED = 9_500
# The rest of the object: labels, annotations, managed fields, conditions, Argo's artifact store.
_REST = 3_000


@dataclass(frozen=True, kw_only=True)
class WorkflowSize:
    """Bytes of a workflow at the end of a run in which every task ran once.

    Attributes:
        specification: what runs, and the rest of the object.
        nodes: the state of its nodes, as Argo keeps it when the whole would exceed the limit.
        plain: the same before it is compressed.
    """

    specification: int
    nodes: int
    plain: int

    @property
    def share(self) -> float:
        """Part of Argo's limit."""
        return (self.specification + self.nodes) / ARGO_LIMIT


def workflow_size(
    *, spec: Mapping[str, Any], platform: Mapping[str, Any], known: Mapping[str, Any]
) -> WorkflowSize:
    """The size of a run, by this model.

    What counts (Argo 4.0.5, workflow/packer/packer.go): the whole Workflow object as JSON. Above
    the limit, `status.nodes` is replaced by its gzip, base64-encoded (`compressedNodes`); when that
    does not do either, the run fails, as KFP gives Argo no database to put nodes into
    (workflow/hydrator/hydrator.go, Dehydrate).

    Args:
        spec: the package's first document, a PipelineSpec.
        platform: its second, a PlatformSpec.
        known: values of parameters that tasks put out, by the parameter's name.
    """
    # KFP appends five characters to the pipeline's name.
    nodes = NodeTable(f"{spec['pipelineInfo']['name']}-abcde")
    RunNodes(Package(spec, platform), nodes).add_run(whole_run(spec, known))
    text = go_json(nodes.found).encode()
    compressed = base64.b64encode(gzip.compress(text, 6))
    return WorkflowSize(
        specification=specification_size(spec, platform) + _REST,
        nodes=len(compressed),
        plain=len(text),
    )


def specification_size(spec: Mapping[str, Any], platform: Mapping[str, Any]) -> int:
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
    * `dag.go`, iteratorTask and iterationItemTask: a loop becomes two templates, and its task's
      specification is kept in each.
    * `container.go`, containerExecutorTask: the executor gets settings of retries and the pod's
      labels as arguments.
    * `proto.go`, stablyMarshalJSON: all of these are JSON within JSON, quotes escaped.

    Exit handlers are left out: our pipelines have none.

    Args:
        spec: the package's first document, a PipelineSpec.
        platform: its second, a PlatformSpec.
    """
    parts = Workflow(Package(spec, platform))
    inputs = spec["root"].get("inputDefinitions", {}).get("parameters", {})
    values = {name: one.get("defaultValue") for name, one in inputs.items()}
    workflow = {
        "arguments": parts.arguments(),
        "templates": parts.templates(),
        "runtime-config": go_json({"parameterValues": values}),
    }
    return _FIXED + len(go_json(workflow).encode())


def require_room(name: str, size: WorkflowSize) -> str:
    """A phrase on the size of a package, for the person who compiles it.

    Args:
        name: of the package.
        size: of a run of it.

    Raises:
        ConfigError: Argo might fail such a run before its end.
    """
    text = (
        f"Argo keeps a run in {size.specification} bytes of specification and {size.nodes} of "
        f"nodes, as modelled: {size.share:.1%} of its limit of 1 MiB"
    )
    if size.share > LARGEST_SHARE:
        raise ConfigError(
            f"{name}: {text}; at most {LARGEST_SHARE:.0%} may be; give the pipeline fewer tasks, "
            "or its tasks fewer inputs"
        )
    return text
