"""Where a run's files go whose server does not store them itself."""

from __future__ import annotations

from pathlib import Path

from pass_ops.tracking.artifacts import keep_artifact
from pass_ops.tracking.rest_client import RestClient


def test_a_store_beside_the_server_gets_files_and_folders_under_their_new_names(
    tmp_path: Path,
) -> None:
    store, model = tmp_path / "store", tmp_path / "made"
    (model / "inner").mkdir(parents=True)
    (model / "card.json").write_text("{}")
    (model / "inner" / "weights").write_bytes(b"w")
    client = RestClient("http://127.0.0.1:9")
    for path, name in ((model, "models/final"), (model / "card.json", "card"), (model, "top")):
        keep_artifact(client=client, store=store.as_uri(), path=path, name=name)
    kept = {file.relative_to(store).as_posix() for file in store.rglob("*") if file.is_file()}
    assert kept == {
        *("models/final/card.json", "models/final/inner/weights", "card"),
        *("top/card.json", "top/inner/weights"),
    }
