"""Create MLflow's user for runs, who is no administrator, unless he is there."""

import os
import sys
import time

from mlflow.exceptions import MlflowException
from mlflow.server import get_app_client

NAME, PASSWORD = os.environ["RUNS_USERNAME"], os.environ["RUNS_PASSWORD"]

for _ in range(60):
    try:
        users = get_app_client("basic-auth", tracking_uri=os.environ["MLFLOW_TRACKING_URI"])
        users.create_user(username=NAME, password=PASSWORD)
        sys.exit(0)
    except MlflowException as error:
        if error.error_code == "RESOURCE_ALREADY_EXISTS":
            users.update_user_password(username=NAME, password=PASSWORD)
            sys.exit(0)
        print(f"MLflow is not ready: {error}", flush=True)
        time.sleep(5)
sys.exit("MLflow did not answer within five minutes; see the log of its pod")
