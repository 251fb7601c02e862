"""Project annual series with calibrated intervals, or say that there are too few observations.

:func:`project` projects one series, :func:`project_panel` thousands; both give the same numbers. The path is the median
of four simple ones (:mod:`.combination`), the intervals are calibrated on thousands of real series by kind of quantity
(:mod:`.calibration`). Below :data:`MIN_POINTS` usable observations nothing is projected.
"""

from __future__ import annotations

from .calibration import KINDS, measured_coverage
from .panel import MIN_POINTS, project_panel
from .single_series import Projection, project

__all__ = ["KINDS", "MIN_POINTS", "Projection", "measured_coverage", "project", "project_panel"]
