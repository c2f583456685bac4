"""Large-scale unsupervised semantic segmentation (PASS), as a library: the method and nothing of
Kubeflow.
"""
