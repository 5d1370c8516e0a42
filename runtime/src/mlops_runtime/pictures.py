"""Shares of the values of every feature, on both sides, for the pictures of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from .report import Part, shortened

Numbers = npt.NDArray[np.float64]
BINS = 20
FEW = 12
"""Numbers with so few different values, and categories up to here, have a bar each."""


def draw(reference: pd.DataFrame, current: pd.DataFrame, numeric: Sequence[str]) -> Mapping[str, list[Part]]:
    """A picture of each column that both sides have."""
    return {
        name: _parts(reference[name].dropna(), current[name].dropna(), name in numeric)
        for name in reference.columns
        if name in current.columns
    }


def _parts(reference: pd.Series, current: pd.Series, numeric: bool) -> list[Part]:
    both = pd.concat([reference, current])
    if both.empty:
        return []
    if numeric and both.nunique() > FEW:
        return _intervals(reference.to_numpy(dtype=float), current.to_numpy(dtype=float))
    known = both.value_counts()
    # By share and then by name: the order of values that are equally frequent is not pandas' to choose.
    order = sorted(known.index, key=lambda value: (-known[value], str(value)))[:FEW]
    if numeric:
        order.sort()
    parts = [Part(_label(value, numeric), _share(reference, value), _share(current, value)) for value in order]
    rest = [
        max(0.0, 1.0 - sum(getattr(part, side) for part in parts)) if len(values) else 0.0
        for side, values in (("reference", reference), ("window", current))
    ]
    more = known.size - len(order)
    return [*parts, Part(f"{more} others", rest[0], rest[1])] if more else parts


def _intervals(reference: Numbers, current: Numbers) -> list[Part]:
    """Intervals of one width over where the values are; what lies further out counts to the first or the last."""
    both = np.concatenate([reference, current])
    # Halves, so that the distance of two very large numbers is one too.
    low, high = np.quantile(both / 2, [0.005, 0.995])
    if not low < high:
        low, high = both.min() / 2, both.max() / 2
    edges = np.linspace(low, high, BINS + 1)
    shares = []
    for side in (reference, current):
        counts, _ = np.histogram(np.clip(side / 2, low, high), bins=edges)
        shares.append(counts / max(1, len(side)))
    return [
        Part(f"{2 * first:.4g} to {2 * last:.4g}", float(known), float(now))
        for first, last, known, now in zip(edges[:-1], edges[1:], *shares, strict=True)
    ]


def _share(values: pd.Series, value: object) -> float:
    return float((values == value).mean()) if len(values) else 0.0


def _label(value: object, numeric: bool) -> str:
    return f"{value:.6g}" if numeric else shortened(str(value))
