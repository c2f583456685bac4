"""The dense CRF's numbers (method 10.1)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CrfParameters:
    """A dense CRF with two kernels.

    Attributes:
        confidence: probability of the image's own label.
        gaussian_sxy, gaussian_weight: smoothness kernel; deviation in pixels.
        bilateral_sxy, bilateral_srgb, bilateral_weight: appearance kernel; deviations in pixels and
            8-bit colour steps.
        iterations: of mean field.
    """

    confidence: float
    gaussian_sxy: float
    gaussian_weight: float
    bilateral_sxy: float
    bilateral_srgb: float
    bilateral_weight: float
    iterations: int


CRF_PRESETS = {
    "pseudo-labels": CrfParameters(
        confidence=0.7,
        gaussian_sxy=3,
        gaussian_weight=3,
        bilateral_sxy=80,
        bilateral_srgb=13,
        bilateral_weight=10,
        iterations=5,
    ),
    "test-time": CrfParameters(
        confidence=0.9,
        gaussian_sxy=3,
        gaussian_weight=2,
        bilateral_sxy=25,
        bilateral_srgb=7,
        bilateral_weight=10,
        iterations=15,
    ),
    "rival": CrfParameters(
        confidence=0.6,
        gaussian_sxy=3,
        gaussian_weight=2,
        bilateral_sxy=30,
        bilateral_srgb=7,
        bilateral_weight=12,
        iterations=20,
    ),
}
"""The columns of method 10.1."""
