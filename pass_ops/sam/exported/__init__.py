"""Segmenters of the Segment Anything family that others exported, through ONNX Runtime."""
