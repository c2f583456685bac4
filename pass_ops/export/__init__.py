"""From a trained segmenter to a model for use elsewhere: ONNX, weights, card, MLflow model."""
