"""Compiles Jittor's core, which takes minutes the first time: `make core`."""

from __future__ import annotations

from pass_ops.engine.stage import one_line_errors

with one_line_errors():
    import pass_ops.engine.jittor  # noqa: F401
