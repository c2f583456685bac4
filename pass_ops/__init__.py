"""Large-scale unsupervised semantic segmentation (PASS), as a library: the method and nothing of
Kubeflow.
"""

import os
import platform

# OpenBLAS reads it when NumPy is imported: the same sums on every machine, as under make and in the
# images.
if platform.machine() == "x86_64":
    os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")
