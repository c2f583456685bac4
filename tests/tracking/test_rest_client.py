"""The client of MLflow's REST API where no server is needed; the integration tests have one."""

from __future__ import annotations

import pytest

from pass_ops.errors import StorageError
from pass_ops.tracking.rest_client import RestClient


@pytest.mark.parametrize("address", ["sqlite:///mlflow.db", "databricks", "mlflow:5000", "ftp://x"])
def test_what_is_no_address_of_a_server_is_refused(address: str) -> None:
    with pytest.raises(StorageError, match=r"MLFLOW_TRACKING_URI=.*: set it to http\[s\]://"):
        RestClient(address)
