"""The use of an exported model, by ONNX Runtime alone: nothing here imports Jittor."""
