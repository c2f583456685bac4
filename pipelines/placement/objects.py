"""Names of what stages expect in the namespace where they start (docs/cluster.md): fixed, as what
is in these objects can be changed.
"""

from __future__ import annotations

# The task that reads the placement needs it to get its image.
REGISTRY_SECRET = "pass-registry"
ENDPOINTS_CONFIG = "pass-endpoints"
S3_SECRET = "pass-s3"
# KFP's MLflow plugin (2.17) knows no other.
MLFLOW_SECRET = "kfp-mlflow-credentials"
