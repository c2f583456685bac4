"""The files of an exported model's folder, which is also a weights folder and an MLflow model."""

from __future__ import annotations

# Beside the segmenter's weights and their card as training wrote them: the weights of its backbone,
# under torchvision's names.
BACKBONE = "backbone.safetensors"

# What predictions are made with: the network, which class each cluster is, and all else that must
# be known (`serving.description`).
NETWORK, MATCHING, DESCRIPTION = "segmenter.onnx", "match.json", "description.json"
NEEDED = (NETWORK, MATCHING, DESCRIPTION)

# For people.
CARD = "README.md"
