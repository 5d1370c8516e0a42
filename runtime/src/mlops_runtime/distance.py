"""How far apart two samples are, and whether chance explains it.

Distances lie between 0 and 1 and grow with the difference, whatever the unit, the number of rows or of categories; an
outlier weighs as much as any other value. Two samples of one population are never the same: what chance alone would
show is taken off, so that they are 0 apart on average.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln
from scipy.stats import chi2_contingency, ks_2samp, mannwhitneyu

THRESHOLD = 0.1
"""Distance above which a feature has drifted.

Normal numbers that shifted by a quarter of their standard deviation, or a share of 50 % that became 60 %, are as far.
"""
SIGNIFICANCE = 0.02
"""Share of the samples of one population that may be called different."""
KOLMOGOROV = math.pi**2 / 12
"""Mean of the square of Kolmogorov's distribution: the distance of two samples of one population, but for their sizes."""
COUNTED_OUT = 1000
"""Values up to which the mean of the distance is summed up; beyond, its limit for many is as good."""


@dataclass(frozen=True)
class Difference:
    """Of two samples."""

    distance: float
    """0 to 1; what chance shows is taken off."""
    p_value: float
    """How often two samples of one population are so far apart, or further."""

    @property
    def score(self) -> float:
        """The distance; 0 while chance explains it."""
        return self.distance if self.p_value < SIGNIFICANCE else 0.0

    @property
    def drifted(self) -> bool:
        return self.score > THRESHOLD


def of_numbers(reference: np.ndarray, current: np.ndarray) -> Difference:
    """The largest difference of the two distributions (Kolmogorov-Smirnov).

    Two tests say whether it is chance: Kolmogorov-Smirnov's sees every change, that of Mann and Whitney sees a shift in
    fewer rows. Both look at ranks alone and are right where values repeat; the smaller of the two p-values counts
    twice, because there were two chances.
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # of a single value, which has no p-value
        test = ks_2samp(reference, current, method="asymp")
        shift = mannwhitneyu(reference, current, method="asymptotic")
    by_chance = KOLMOGOROV * (1 / len(reference) + 1 / len(current))
    p_value = min(1.0, 2 * float(np.nanmin([test.pvalue, shift.pvalue])))
    return Difference(_beyond(float(test.statistic) ** 2, by_chance), p_value)


def of_counts(reference: Sequence[int] | np.ndarray, current: Sequence[int] | np.ndarray) -> Difference:
    """Le Cam's distance of the shares of categories, with the chi-square test of homogeneity.

    Both sides are counts of the same categories. Of those that the smaller side would hardly have once, several count
    as one.
    """
    counts = _together(np.array([reference, current], dtype=float))
    if counts.shape[1] < 2:
        return Difference(0.0, 1.0)
    sizes = counts.sum(axis=1)
    shares = counts / sizes[:, None]
    found = float(((shares[0] - shares[1]) ** 2 / shares.sum(axis=0)).sum() / 2)
    p_value = float(chi2_contingency(counts, correction=False).pvalue)
    return Difference(_beyond(found, _mean_of_le_cam(counts.sum(axis=0), *sizes)), p_value)


def _together(counts: np.ndarray) -> np.ndarray:
    """Rare categories with others that are as frequent.

    By chance and not by name: ids that are counted up would drift with every window.
    """
    counts = counts[:, counts.any(axis=0)]
    totals, sizes = counts.sum(axis=0), counts.sum(axis=1)
    wanted = totals * sizes.min() / sizes.sum()
    mixed = np.random.default_rng(0).permutation(len(totals))
    order = mixed[np.argsort(-totals[mixed], kind="stable")]
    rare = order[wanted[order] < 1]
    if not rare.size:
        return counts
    room = np.cumsum(wanted[rare])
    groups = np.minimum(room, max(1.0, np.floor(room[-1])) - 0.5).astype(int)
    merged = [np.bincount(groups, weights=side[rare]) for side in counts]
    both = np.column_stack([counts[:, wanted >= 1], merged])
    return both[:, both.any(axis=0)]


def _beyond(found: float, by_chance: float) -> float:
    """Root of what is left of a squared distance; 1 stays 1."""
    return math.sqrt((found - by_chance) / (1 - by_chance)) if by_chance < found else 0.0


def _mean_of_le_cam(totals: np.ndarray, first: float, second: float) -> float:
    """Le Cam's squared distance of two samples, on average over all ways in which the values can fall to the two."""
    mean = 0.0
    for total, times in zip(*np.unique(totals, return_counts=True), strict=True):
        if total > COUNTED_OUT:
            one = (1 - total / (first + second)) * (1 / first + 1 / second) / 2
        else:
            here = np.arange(max(0.0, total - second), min(first, total) + 1)
            shares = here / first, (total - here) / second
            chance = _hypergeometric(here, total, first, second)
            one = float((chance * (shares[0] - shares[1]) ** 2 / sum(shares)).sum())
        mean += one * float(times)
    return mean / 2


def _hypergeometric(here: np.ndarray, total: float, first: float, second: float) -> np.ndarray:
    """Chance that `here` of so many values in total fall to the first sample."""

    def ways(of: np.ndarray | float, taken: np.ndarray | float) -> np.ndarray:
        return gammaln(np.add(of, 1)) - gammaln(np.add(taken, 1)) - gammaln(np.subtract(of, taken) + 1)

    found: np.ndarray = np.exp(ways(first, here) + ways(second, total - here) - ways(first + second, total))
    return found
