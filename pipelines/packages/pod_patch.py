"""The patch of a pod that KFP's driver hands to Argo, which keeps it in six nodes of each task."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.packages.go_json import Json, go_json
from pipelines.packages.launcher_command import launcher_command
from pipelines.packages.run_model import RUN_ID, Pipeline

_PLACEHOLDER = re.compile(r"\{\{\$\.inputs\.parameters\['(.+?)'\]\}\}")


def pod_patch(*, pipeline: Pipeline, task: str, container: Json, settings: Json) -> str:
    """The patch of a task's pod.

    KFP 2.17.0, backend/src/v2/driver: driver.go, initPodSpecPatch, for what every pod has; k8s.go,
    extendPodSpecPatch, for settings for Kubernetes; common/plugins/mlflow/handler.go for the
    variables of KFP's MLflow plugin.

    Args:
        pipeline: that the task is in.
        task: its name.
        container: its PipelineContainerSpec.
        settings: its KubernetesExecutorConfig.
    """
    parameters = pipeline.parameters_of(task)
    main = {
        "name": "main",
        "image": container["image"],
        "command": launcher_command(pipeline, task, parameters),
        "args": [*container.get("command", ()), *container.get("args", ())],
        "env": [*_plugin(), *_environment(pipeline, settings)],
        "resources": _resources(container.get("resources", {}), parameters),
        "volumeMounts": [mount for _, mount in _volumes(pipeline, settings)],
    }
    pod: Json = {"containers": [main]}
    if "securityContext" in settings:
        user = settings["securityContext"]
        main["securityContext"] = {
            "capabilities": {"drop": ["ALL"]},
            **{key: int(one) if isinstance(one, str) else one for key, one in user.items()},
        }
    volumes = [volume for volume, _ in _volumes(pipeline, settings)]
    if volumes:
        pod["volumes"] = volumes
    if "nodeSelector" in settings:
        pod["nodeSelector"] = pipeline.parameter(settings["nodeSelector"]["nodeSelectorJson"])
    for one in settings.get("tolerations", ()):
        source = one.get("tolerationJson")
        tolerations = pipeline.parameter(source) if source else [one]
        pod["tolerations"] = [*pod.get("tolerations", ()), *tolerations]
    if "imagePullSecret" in settings:
        pod["imagePullSecrets"] = [
            {"name": one["secretName"]} for one in settings["imagePullSecret"]
        ]
    if "activeDeadlineSeconds" in settings:
        pod["activeDeadlineSeconds"] = int(settings["activeDeadlineSeconds"])
    return go_json({key: one for key, one in pod.items() if one})


def _plugin() -> list[Json]:
    secret = {
        name: {"secretKeyRef": {"name": "kfp-mlflow-credentials", "key": name}}
        for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")
    }
    return [
        {"name": "MLFLOW_RUN_ID", "value": RUN_ID.replace("-", "")},
        {"name": "MLFLOW_TRACKING_URI", "value": "http://mlflow.pass-ops.svc.cluster.local:5000"},
        {"name": "MLFLOW_EXPERIMENT_ID", "value": "1"},
        *({"name": name, "valueFrom": one} for name, one in secret.items()),
    ]


def _environment(pipeline: Pipeline, settings: Json) -> Iterator[Json]:
    for kind, key, name in (
        ("secretAsEnv", "secretKey", "secretName"),
        ("configMapAsEnv", "configMapKey", "configMapName"),
    ):
        for one in settings.get(kind, ()):
            source = _name(pipeline, one, name)
            for variable in one["keyToEnv"]:
                reference = {"name": source, "key": variable[key]}
                if "optional" in one:
                    reference["optional"] = one["optional"]
                yield {"name": variable["envVar"], "valueFrom": {f"{key}Ref": reference}}
    for one in settings.get("fieldPathAsEnv", ()):
        yield {"name": one["name"], "valueFrom": {"fieldRef": {"fieldPath": one["fieldPath"]}}}


def _name(pipeline: Pipeline, one: Json, kind: str) -> Any:
    """The name of an object, which is constant or a parameter."""
    source = one.get(f"{kind}Parameter")
    return pipeline.parameter(source) if source else one[kind]


def _resources(resources: Json, parameters: Mapping[str, Any]) -> Json:
    def value(text: str) -> str:
        return _PLACEHOLDER.sub(lambda match: str(parameters[match[1]]), text)

    limits = {
        "cpu": resources.get("resourceCpuLimit"),
        "memory": resources.get("resourceMemoryLimit"),
    }
    gpu = resources.get("accelerator")
    if gpu:
        limits[value(gpu["resourceType"])] = gpu["resourceCount"]
    requests = {
        "cpu": resources.get("resourceCpuRequest"),
        "memory": resources.get("resourceMemoryRequest"),
    }
    return {
        side: {name: value(text) for name, text in amounts.items() if text}
        for side, amounts in (("limits", limits), ("requests", requests))
        if any(amounts.values())
    }


def _volumes(pipeline: Pipeline, settings: Json) -> Iterator[tuple[Json, Json]]:
    """Volumes, each with where it is mounted."""
    for one in settings.get("pvcMount", ()):
        name = _name(pipeline, one, "pvcName")
        yield (
            {"name": name, "persistentVolumeClaim": {"claimName": name}},
            {"name": name, "mountPath": one["mountPath"]},
        )
    for one in settings.get("configMapAsVolume", ()):
        name = _name(pipeline, one, "configMapName")
        yield (
            {"name": name, "configMap": {"name": name, "optional": one.get("optional", False)}},
            {"name": name, "mountPath": one["mountPath"]},
        )
    for one in settings.get("secretAsVolume", ()):
        name = _name(pipeline, one, "secretName")
        secret = {"secretName": name, "optional": one.get("optional", False)}
        yield {"name": name, "secret": secret}, {"name": name, "mountPath": one["mountPath"]}
    for one in settings.get("emptyDirMounts", ()):
        name = one["volumeName"]
        kind = {key: one[key] for key in ("medium", "sizeLimit") if key in one}
        yield {"name": name, "emptyDir": kind}, {"name": name, "mountPath": one["mountPath"]}
