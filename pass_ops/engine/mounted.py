"""Variables that a cluster hands a stage as files: addresses of servers, and credentials.

KFP 2.17 can make a pod's variables of single keys of Secrets and ConfigMaps alone, and keeps the
list in eight places for each task; a mounted Secret is one line.
"""

from __future__ import annotations

import os
from pathlib import Path

from pass_ops.tracking.fallback import ADDRESS, LOGIN, PREFIX

# Folders below the one where a cluster mounts what is ours, each a ConfigMap or Secret.
ENDPOINTS, S3, MLFLOW = "endpoints", "s3", "mlflow"
MOUNTED = Path("/etc/pass-ops")


def take_mounted(root: Path = MOUNTED) -> None:
    """Make a variable of each file there is; those of MLflow yield to another's, see
    `tracking.fallback`.

    Args:
        root: folder of the folders; one that is not there holds nothing.
    """
    for folder in (ENDPOINTS, S3, MLFLOW):
        # Kubernetes mounts links, and what they point to in folders that begin with dots.
        for file in (root / folder).glob("[A-Z]*"):
            name = PREFIX + file.name if file.name in (ADDRESS, *LOGIN) else file.name
            os.environ.setdefault(name, file.read_text(encoding="utf-8").strip())
