"""Where a KFP run is seen; `tests/integration/tracking/test_pipeline_run.py` has a server."""

from __future__ import annotations

import pytest

from pass_ops.tracking.pipeline_run import KFP_RUN, KFP_UI, run_address


def test_a_run_has_an_address_where_run_and_ui_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KFP_RUN, raising=False)
    monkeypatch.setenv(KFP_UI, "https://kubeflow.example.com/_/pipeline/")
    assert run_address() == ""
    monkeypatch.setenv(KFP_RUN, "1f3a")
    assert run_address() == "https://kubeflow.example.com/_/pipeline/#/runs/details/1f3a"
    monkeypatch.delenv(KFP_UI)
    assert run_address() == ""
