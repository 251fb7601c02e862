"""The predictive distribution around a path: two halves of a Student distribution.

Errors of a positive quantity are measured in logs below the path and in shares of the path above it: a fall to a half
and a rise by two thirds weigh about the same, a fall never passes zero, and a volatile history does not send the upper
end beyond all bounds, as logs on both sides would. The two scales join smoothly at the path. Errors on the scales
``level`` and ``logit`` are measured as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit  # the Student distribution: scipy.stats takes longer to import than pandas

from .combination import from_working


@dataclass(frozen=True)
class Predictive:
    """Predictive distribution of many series at some horizons.

    Attributes
    ----------
    working : array (series, horizon)
        Path on the working scale: log of the path over `unit`, level over `unit`, or logit.
    lower, upper : array (series, horizon)
        Size of one unit of the Student distribution below and above the path.
    unit : array (series,)
        Size in which each series is measured.
    scale : {"log", "level", "logit"}
    freedom : float
        Degrees of freedom.
    bounds : (float, float)
        What the quantity cannot pass, such as 0 and 100 for a share.
    """

    working: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    unit: np.ndarray
    scale: str
    freedom: float
    bounds: tuple[float, float] = (-np.inf, np.inf)

    @property
    def path(self) -> np.ndarray:
        """Median (series, horizon) in the unit of the data."""
        return np.clip(from_working(self.working, self.scale, self.unit), *self.bounds)

    def quantile(self, probability: float) -> np.ndarray:
        """Value (series, horizon) that the quantity stays below with this probability, between 0 and 1 (both excluded)."""
        step = stdtrit(self.freedom, probability)
        step = step * (self.lower if step < 0 else self.upper)
        if self.scale == "log":
            ratio = np.exp(step) if probability < 0.5 else 1 + step
            found = from_working(self.working, "log", self.unit) * ratio
        else:
            found = from_working(self.working + step, self.scale, self.unit)
        return np.clip(found, *self.bounds)

    def at_least(self, target: float) -> np.ndarray:
        """Probability (series, horizon) that the quantity is at least `target`."""
        low, high = self.bounds
        if target <= low or target > high:
            return np.full(self.working.shape, float(target <= low))
        if self.scale == "log":
            if target <= 0:
                return np.ones(self.working.shape)
            distance = np.log(target / self.unit)[:, None] - self.working
            distance = np.where(distance > 0, np.expm1(np.minimum(distance, 700)), distance)
        elif self.scale == "logit":
            with np.errstate(divide="ignore"):
                distance = np.log(np.divide(target, 100.0 - target)) - self.working
        else:
            distance = (target / self.unit)[:, None] - self.working
        return stdtr(self.freedom, -distance / np.where(distance < 0, self.lower, self.upper))
