"""An exported model in a real registry, and behind a real `mlflow models serve`."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient, pyfunc

from pass_ops.data.decode import decode_image, decode_mask
from pass_ops.data.synthetic.dataset import NAMES
from pass_ops.errors import StorageError
from pass_ops.export.registration import register_model
from pass_ops.paths import ModelPath
from pass_ops.serving.description import Description, Scores
from pass_ops.serving.model import Model
from pass_ops.serving.open_model import open_model
from pass_ops.storage.s3 import upload
from pass_ops.tracking.mlflow import open_run
from pass_ops.tracking.registry import version_address

NAME = "pass-segmenter-shapes"


def register(model: Path, digest: str, miou: float) -> None:
    """Register a model as if it were of this data set and as good as that."""
    scores = {"validation": Scores(metrics={"miou": miou}), "test": Scores()}
    described = Description.load(ModelPath(model))
    dataclasses.replace(described, data_digest=digest, scores=scores).save(model)
    with open_run("report") as tracker:
        register_model(ModelPath(model), tracker)


@pytest.fixture(scope="module")
def registered(
    servers: dict[str, str], exported_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The address of the champion: the second of three versions."""
    copy = tmp_path_factory.mktemp("registered") / "a folder"
    shutil.copytree(exported_model, copy)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in servers.items():
            patch.setenv(name, value)
        for digest, miou in (("0a", 0.5), ("0a", 0.51), ("0b", 0.9)):
            register(copy, digest * 32, miou)
    return f"models:/{NAME}@champion"


@pytest.fixture
def photograph(synthetic_data: Path) -> bytes:
    return next(iter(sorted(synthetic_data.glob("test/*/*.JPEG")))).read_bytes()


def test_a_version_has_tags_and_the_best_is_the_champion(
    registered: str, client: MlflowClient
) -> None:
    assert version_address(registered) == f"models:/{NAME}/2"
    assert client.get_registered_model(NAME).aliases == {"challenger": "3", "champion": "2"}
    tags = client.get_model_version(NAME, "2").tags
    assert tags["validation_miou"] == "0.51"
    assert tags["data_digest"] == "0a" * 32
    assert tags["commit"] == "0123456789ab"
    assert tags["classes"].startswith(f"background, {NAMES[0]}")
    assert tags["protocol"] == "unsupervised"
    assert "licence" in tags["licence"]


def test_an_alias_that_is_not_there_is_refused_in_one_line(registered: str) -> None:
    address = registered.replace("champion", "nobody")
    with pytest.raises(StorageError, match="nobody") as caught, open_model(address):
        pass
    assert "\n" not in str(caught.value)


def test_the_champion_labels_photographs(
    registered: str, exported_model: Path, photograph: bytes
) -> None:
    image = decode_image(photograph, "photograph")
    with open_model(registered) as model:
        (labels,) = model.label([image])
    np.testing.assert_array_equal(labels, Model(ModelPath(exported_model)).label([image])[0])


def test_a_model_in_s3_labels_photographs(registered: str, exported_model: Path) -> None:
    del registered  # It has named the server.
    image = np.zeros((40, 60, 3), np.uint8)
    for path in exported_model.iterdir():
        upload(path, f"s3://models/exported/{path.name}")
    with open_model("s3://models/exported") as model:
        assert model.label([image])[0].shape == (40, 60)
    with pytest.raises(StorageError, match="s3://models/none"), open_model("s3://models/none"):
        pass


def test_mlflow_loads_it(registered: str, exported_model: Path, photograph: bytes) -> None:
    model = pyfunc.load_model(registered)
    answer = model.predict(pd.DataFrame({"image": [photograph]}))
    labels = decode_mask(answer["labels"][0], "labels")
    (expected,) = Model(ModelPath(exported_model)).label([decode_image(photograph, "photograph")])
    np.testing.assert_array_equal(labels, expected)
    assert sum(answer["areas"][0].values()) == pytest.approx(1)


@pytest.fixture
def server(exported_model: Path, tmp_path: Path) -> Iterator[str]:
    """The address of `mlflow models serve`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local"]
    command += ["--model-uri", str(exported_model), "--port", str(port), "--host", "127.0.0.1"]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(
            command, stdout=log, stderr=log, env=environment, start_new_session=True
        ) as process,
    ):
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(600):
                try:
                    with urllib.request.urlopen(f"{address}/ping", timeout=5):
                        break
                except OSError:
                    assert process.poll() is None, (tmp_path / "log").read_text()
                    time.sleep(0.1)
            yield address
        finally:
            # Its workers are children of its own.
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.slow
def test_mlflow_serves_it_over_http(server: str, exported_model: Path, photograph: bytes) -> None:
    def ask(content: bytes) -> list[dict[str, object]]:
        record = {"image": base64.b64encode(content).decode()}
        request = urllib.request.Request(
            f"{server}/invocations",
            json.dumps({"dataframe_records": [record]}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return list(json.load(answer)["predictions"])

    (row,) = ask(photograph)
    labels = decode_mask(base64.b64decode(str(row["labels"])), "labels")
    (expected,) = Model(ModelPath(exported_model)).label([decode_image(photograph, "photograph")])
    np.testing.assert_array_equal(labels, expected)
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(photograph[:200])
    assert b"row 0" in caught.value.read()
