"""A compiled pipeline whose tasks take nothing from KFP's cache."""

from __future__ import annotations

import re
from pathlib import Path

# As KFP's compiler writes it for each task that it does not forbid to.
_ENABLED = re.compile(r"\bcachingOptions:\n +enableCache: true\b")


def disable_caching(package: Path) -> None:
    """Rewrite a compiled pipeline: no task, of no sub-pipeline either, is taken from the cache.

    The SDK's own switch (kfp 2.17.0, kfp/client/client.py) does less: `_override_caching_options`
    looks at the tasks of the pipeline itself alone, and `_create_job_config` does not ask it for a
    pipeline that has been uploaded.
    """
    package.write_text(_ENABLED.sub("cachingOptions: {}", package.read_text()))
