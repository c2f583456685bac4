"""The command line by which KFP's launcher starts a stage: the greater part of a pod's patch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.packages.go_json import Json, go_json
from pipelines.packages.run_model import RUN_ID, Artifact, Pipeline

# What metadata/client.go, RecordArtifact, writes to each artifact, with our overlays' S3.
_SESSION = go_json(
    {
        "Provider": "s3",
        "Params": {
            "accessKeyKey": "AWS_ACCESS_KEY_ID",
            "disableSSL": "true",
            "endpoint": "minio.pass-ops.svc.cluster.local:9000",
            "forcePathStyle": "true",
            "fromEnv": "false",
            "maxRetries": "5",
            "region": "us-east-1",
            "secretKeyKey": "AWS_SECRET_ACCESS_KEY",
            "secretName": "pass-s3",
        },
    }
)
# For what a container prints: provisionOutputs adds it to the component itself.
_LOGS = {"executor-logs": {"artifactType": {"schemaTitle": "system.Artifact"}}}


def launcher_command(pipeline: Pipeline, task: str, parameters: Mapping[str, Any]) -> list[str]:
    """KFP 2.17.0, backend/src/v2/driver/driver.go, initPodSpecPatch and provisionOutputs.

    Args:
        pipeline: that the task is in.
        task: its name.
        parameters: its values.
    """
    return [
        *("/kfp-launcher/launch", "--pipeline_name", pipeline.name, "--run_id", RUN_ID),
        *("--execution_id", "1234"),
        *("--executor_input", _executor_input(pipeline, task, parameters)),
        *("--component_spec", go_json(_with_logs(pipeline.component(task)))),
        *("--pod_name", "$(KFP_POD_NAME)", "--pod_uid", "$(KFP_POD_UID)"),
        *("--ml_pipeline_server_address", "ml-pipeline.kubeflow"),
        *("--ml_pipeline_server_port", "8887"),
        *("--mlmd_server_address", "metadata-grpc-service.kubeflow"),
        *("--mlmd_server_port", "8080"),
        *("--publish_logs", "true", "--publish_logs", "true", "--"),
    ]


def _executor_input(pipeline: Pipeline, task: str, parameters: Mapping[str, Any]) -> str:
    inputs: Json = {"parameterValues": dict(parameters)}
    artifacts = pipeline.artifacts_of(task)
    if artifacts:
        inputs["artifacts"] = {name: _input(one) for name, one in artifacts.items()}
    root = pipeline.task_root(task)
    declared = _with_logs(pipeline.component(task))["outputDefinitions"]
    outputs: Json = {
        "artifacts": {
            name: {
                "artifacts": [
                    {"name": name, "uri": f"{root}/{name}", "type": artifact["artifactType"]}
                ]
            }
            for name, artifact in declared["artifacts"].items()
        },
        "outputFile": f"/{root.replace('://', '/', 1)}/output_metadata.json",
    }
    if "parameters" in declared:
        outputs["parameters"] = {
            name: {"outputFile": f"/tmp/kfp/outputs/{name}"} for name in declared["parameters"]
        }
    return go_json({"inputs": inputs, "outputs": outputs})


def _input(artifact: Artifact) -> Json:
    """metadata/converter.go, toRuntimeArtifact."""
    metadata = {"display_name": artifact.name, "store_session_info": _SESSION}
    return {
        "artifacts": [
            {
                "name": str(artifact.number),
                "type": {"instanceSchema": ""},
                "uri": artifact.uri,
                "metadata": metadata,
            }
        ]
    }


def _with_logs(component: Json) -> Json:
    """A component's specification with the output that KFP adds."""
    outputs = component.get("outputDefinitions", {})
    artifacts = outputs.get("artifacts", {}) | _LOGS
    return component | {"outputDefinitions": outputs | {"artifacts": artifacts}}
