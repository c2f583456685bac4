"""The kernels that Jittor compiles: where they lie, and what compiling them needs."""
