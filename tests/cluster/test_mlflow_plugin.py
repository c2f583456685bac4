"""Our settings of KFP's MLflow plugin, by the plugin's own rules; and no variable twice."""

from __future__ import annotations

import copy
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pass_ops.tracking.fallback import use_fallback
from tests.cluster.installations import INSTALLATIONS, Documents, Installation, of_kind
from tests.cluster.mlflow_plugin import (
    AUTH_TYPES,
    SECRET,
    RefusedError,
    environment,
    resolve,
)
from tests.manifests.conftest import MANIFESTS

Config = dict[str, Any]
OURS: Config = json.loads((MANIFESTS / "kfp/mlflow-plugin.json").read_text())
# What a pod may get from the plugin, whatever its settings.
ALL = [
    variable.name
    for auth_type in AUTH_TYPES
    for variable in environment(
        {
            "authtype": auth_type,
            "injectuserenvvars": True,
            "workspacesenabled": True,
            "credentialsecretref": {"tokenkey": "a", "usernamekey": "b", "passwordkey": "c"},
        }
    )
]


def launcher(documents: Documents) -> Config:
    """What the namespace of runs says of the plugin."""
    (config,) = [
        item
        for item in of_kind(documents, "ConfigMap")
        if item["metadata"]["name"] == "kfp-launcher"
    ]
    given: Config = json.loads(config["data"]["plugins.mlflow"])
    return given


@pytest.mark.parametrize("installation", INSTALLATIONS, ids=lambda one: str(one.overlay))
def test_the_plugin_takes_our_settings_and_finds_the_login(
    installation: Installation, tree: Path
) -> None:
    documents = installation.render(tree)
    several = installation.kind == "several-users"
    settings = resolve(OURS, launcher(documents), several)
    assert settings["defaultexperimentname"] == "pass-ops"
    login = [variable.secret for variable in environment(settings) if variable.secret]
    assert [name for name, _ in login] == [SECRET, SECRET]
    if installation.overlay == "existing":
        return  # There it is made by hand: tests/cluster/test_handbook.py.
    (secret,) = [
        item
        for item in of_kind(documents, "Secret")
        if (item["metadata"]["namespace"], item["metadata"]["name"])
        == (installation.namespace, SECRET)
    ]
    assert {key for _, key in login} == secret["data"].keys()


def test_the_login_is_that_of_the_user_who_is_made(tree: Path) -> None:
    documents = INSTALLATIONS[0].render(tree)
    secrets = {item["metadata"]["name"]: item["data"] for item in of_kind(documents, "Secret")}
    assert secrets[SECRET] == secrets["mlflow-runs"]


def test_the_plugin_refuses_what_its_source_refuses(tree: Path) -> None:
    fragment = launcher(INSTALLATIONS[0].render(tree))
    named = copy.deepcopy(OURS)
    named["settings"]["credentialSecretRef"]["name"] = "mlflow-runs"
    with pytest.raises(RefusedError, match="not supported"):
        resolve(named, fragment, False)
    keyless = copy.deepcopy(OURS)
    del keyless["settings"]["credentialSecretRef"]["passwordKey"]
    with pytest.raises(RefusedError, match="passwordkey"):
        resolve(keyless, fragment, False)
    # With several users the namespace names the keys of its own Secret, or there are none.
    with pytest.raises(RefusedError, match="is required"):
        resolve(OURS, None, True)
    with pytest.raises(RefusedError, match="endpoint"):
        resolve(OURS, {**fragment, "endpoint": "http://elsewhere"}, True)


def test_no_variable_of_a_pod_is_there_twice(
    package: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    """Kubernetes rejects a pod in which a name has a value and a reference: the driver of 2.17.0
    appends the pipeline's variables to the plugin's (backend/src/v2/driver/driver.go,
    initPodSpecPatch, and k8s.go, extendPodSpecPatch).
    """
    spec, executors = package
    assert {"MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_USERNAME", "MLFLOW_RUN_ID"} <= set(ALL)
    for name, settings in executors.items():
        container = spec["deploymentSpec"]["executors"][name]["container"]
        ours = [one["name"] for one in container.get("env", ())]
        for kind in ("secretAsEnv", "configMapAsEnv"):
            ours += [key["envVar"] for one in settings.get(kind, ()) for key in one["keyToEnv"]]
        ours += [one["name"] for one in settings.get("fieldPathAsEnv", ())]
        counts = Counter([*ours, *set(ALL)])
        assert [one for one, count in counts.items() if count > 1] == [], name


def test_the_plugins_server_comes_before_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")
    for name in names:
        # Set first, so that the test's end takes back what `use_fallback` sets.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
        monkeypatch.setenv(f"PASS_{name}", f"ours {name}")
    use_fallback()
    assert [os.environ.get(name) for name in names] == [f"ours {name}" for name in names]
    for name in names:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://the.plugins")
    use_fallback()
    assert [os.environ.get(name) for name in names] == ["http://the.plugins", None, None]
