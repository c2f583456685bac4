"""What the sets called ImageNet-S hold (method 1.1)."""

from __future__ import annotations

SUBSETS = {
    50: {"classes": 50, "train": 64431, "validation": 752, "test": 1682, "train-semi": 500},
    300: {"classes": 300, "train": 384862, "validation": 4097, "test": 9088, "train-semi": 3000},
    919: {
        "classes": 919,
        "train": 1183322,
        "validation": 12419,
        "test": 27423,
        "train-semi": 9190,
    },
}
"""Classes, and images of each split."""

MERGED = {
    "n04356056": "n04355933",
    "n04493381": "n02808440",
    "n03642806": "n03832673",
    "n04008634": "n03773504",
    "n03887697": "n15075141",
}
"""Classes of ImageNet-1k that ImageNet-S919 counts to another one."""
