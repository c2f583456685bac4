"""What pods of a run refer to; that of the real pipelines is in tests/cluster/test_handbook.py."""

from __future__ import annotations

from pipelines.cluster.needed_objects import TRAINER, NeededObject, needed_objects

EXECUTORS = {
    "exec-a": {
        "secretAsEnv": [
            {"secretNameParameter": {"componentInputParameter": "s3_secret"}},
            {
                "secretNameParameter": {
                    "taskOutputParameter": {
                        "producerTask": "first",
                        "outputParameterKey": "mlflow_secret",
                    }
                },
                "optional": True,
            },
        ],
        "imagePullSecret": [{"secretName": "registry"}],
    },
    "exec-b": {
        "secretAsEnv": [{"secretNameParameter": {"componentInputParameter": "s3_secret"}}],
        "pvcMount": [{"pvcNameParameter": {"runtimeValue": {"constant": "shards"}}}],
    },
}
PLACEMENT = {"s3_secret": "mine", "mlflow_secret": "login"}


def test_each_object_is_named_once_by_the_placement_of_the_run() -> None:
    platform = {"platforms": {"kubernetes": {"deploymentSpec": {"executors": EXECUTORS}}}}
    assert set(found := needed_objects(platform, PLACEMENT)) == {
        NeededObject("PersistentVolumeClaim", "shards"),
        NeededObject("Secret", "mine"),
        NeededObject("Secret", "login", optional=True),
        NeededObject("Secret", "registry", optional=True),
    }
    assert len(found) == 4
    assert {*needed_objects(platform, PLACEMENT | {"train_pods": "2"})} - {*found} == {TRAINER}
    assert needed_objects(platform, PLACEMENT | {"train_pods": "1"}) == found
