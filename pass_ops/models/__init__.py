"""Networks of the method, in Jittor, and their weights as safetensors."""
