"""Drift of a window against the reference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .distance import THRESHOLD, Difference, of_counts, of_numbers
from .errors import BadRequest, ContractError
from .pictures import draw
from .reference import FILE, rows_written
from .report import Part
from .schema import Feature, Schema, category, finite, is_missing, is_scalar
from .window import Window

FEW = 5
"""Numbers with so few values are compared like categories."""
PRECISE = 1e15
"""Numbers up to here, and from its inverse on, are compared as they are."""
DIGITS = 13
"""Decimals, beside the first, that sums in another order have in common."""
OF_NUMBERS = "K-S distance"
OF_CATEGORIES = "Le Cam distance"
GONE = "no value in the window"


def read_reference(folder: Path, schema: Schema) -> pd.DataFrame:
    """The reference with features typed by the schema, and the prediction where it was kept."""
    path = folder / FILE
    if not path.is_file():
        raise ContractError(f"no {FILE} in {folder}")
    rows = rows_written(folder)
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding_errors="surrogatepass")
    except ValueError as error:
        raise ContractError(f"{path} is no CSV: {error}") from error
    features = _judged(schema)
    names = [feature.name for feature in features]
    missing = [name for name in names if name not in frame]
    if missing or frame.empty:
        raise ContractError(f"{path} must have rows and the features of {folder.name}/schema.json, it lacks {missing}")
    if rows is not None and rows != len(frame):
        raise ContractError(f"{path} must have the {rows} rows that it was written with, it has {len(frame)}")
    typed = pd.DataFrame({feature.name: _typed(path, feature, frame[feature.name]) for feature in features})
    for name in names:
        if typed[name].isna().all():
            raise ContractError(f"{path} has no value for feature '{name}'")
    prediction = schema.outputs[0]
    if prediction in frame:
        answer = Feature(prediction, "numeric" if schema.task == "regression" else "categorical")
        typed[prediction] = _typed(path, answer, frame[prediction])
    return typed


def _typed(path: Path, feature: Feature, column: pd.Series) -> pd.Series:
    values = []
    for row, raw in enumerate(column, start=1):
        try:
            values.append(feature.value(raw))
        except BadRequest as error:
            raise ContractError(f"{path} row {row}: {error}") from error
    return _column(feature, values)


def measure_drift(
    schema: Schema, reference: pd.DataFrame, window: Window
) -> tuple[dict[str, Any], Mapping[str, Sequence[Part]]]:
    """Shares and scores for `drift.json`, and the pictures of the report."""
    judged = _judged(schema)
    places = [number for number, feature in enumerate(schema.features) if feature.judged]
    current = _frame(judged, [[row.values[place] for place in places] for row in window.rows])
    names = [feature.name for feature in judged]
    gone = [name for name in names if current[name].isna().all()]
    compared = [name for name in names if name not in gone]
    extra = _prediction_column(schema, reference, current, window)
    numeric = [feature.name for feature in judged if feature.kind == "numeric"]
    if schema.task == "regression":
        numeric += extra
    results = _compared(reference[compared + extra], current[compared + extra], numeric)
    features: dict[str, Any] = {}
    for name in names:
        found = results.get(name) or {"score": 1.0, "drifted": True, "method": GONE, "threshold": THRESHOLD}
        features[name] = {**found, "missingShare": float(current[name].isna().mean())}
    drifted = sum(1 for feature in features.values() if feature["drifted"])
    drift: dict[str, Any] = {
        "driftShare": drifted / len(features) if features else 0.0,
        "driftedFeatures": drifted,
        "features": features,
    }
    if extra:
        drift["prediction"] = results[extra[0]]
    return drift, draw(reference[names], current[names], numeric)


def _compared(reference: pd.DataFrame, current: pd.DataFrame, numeric: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What is said about every column."""
    results = {}
    for name in reference:
        sides = [reference[name].dropna(), current[name].dropna()]
        if name in numeric:
            sides = _comparable(sides)
        if name in numeric and pd.concat(sides).nunique() > FEW:
            results[str(name)] = _said(OF_NUMBERS, of_numbers(*sides))
        else:
            results[str(name)] = _said(OF_CATEGORIES, _of_values(sides))
    return results


def _comparable(sides: list[pd.Series]) -> list[pd.Series]:
    """Numbers with the precision that both sides have, in a unit of their own where 32 bits have no room for them.

    A constant 0.1 has not drifted because one side computed it with 32 bits, or as a sum. But where most values would
    be the same with 32 bits, the last digits of a large number are what matters.
    """
    largest = max(float(side.abs().max()) for side in sides)
    ordinary = largest == 0 or 1 / PRECISE < largest < PRECISE
    unit = 1.0 if ordinary else 10.0 ** max(-300, math.floor(math.log10(largest)))
    scaled = [side / unit for side in sides]
    single = [side.astype(np.float32).astype(float) for side in scaled]
    if all(2 * short.nunique() >= side.nunique() for short, side in zip(single, scaled, strict=True)):
        return single
    size = 10.0 ** math.floor(math.log10(largest / unit))
    return [(side / size).round(DIGITS) for side in scaled]


def _of_values(sides: list[pd.Series]) -> Difference:
    counts = pd.DataFrame({place: side.value_counts() for place, side in enumerate(sides)}).fillna(0).sort_index()
    return of_counts(counts[0].to_numpy(), counts[1].to_numpy())


def _said(method: str, found: Difference) -> dict[str, Any]:
    return {
        "score": round(found.score, 9),
        "drifted": found.drifted,
        "method": method,
        "threshold": THRESHOLD,
        "pValue": round(found.p_value, 9),
    }


def _judged(schema: Schema) -> list[Feature]:
    return [feature for feature in schema.features if feature.judged]


def _frame(features: list[Feature], rows: list[Any]) -> pd.DataFrame:
    columns = zip(*rows, strict=True) if rows else [[] for _ in features]
    named = {feature.name: _column(feature, list(values)) for feature, values in zip(features, columns, strict=True)}
    return pd.DataFrame(named, index=range(len(rows)))


def _column(feature: Feature, values: list[Any]) -> pd.Series:
    """Numbers, or categories in the one spelling that each has however it came."""
    if feature.kind == "numeric":
        return pd.Series(values, dtype=float)
    spelled = {value: category(value) for value in set(values) - {None}}
    return pd.Series([spelled.get(value) for value in values], dtype=object)


def _prediction_column(schema: Schema, reference: pd.DataFrame, current: pd.DataFrame, window: Window) -> list[str]:
    """Add the window's predictions to `current` and name the column, if both sides have some."""
    name = schema.outputs[0]
    if name not in reference:
        return []
    answers = [(row.prediction or {}).get(name) for row in window.rows]
    if schema.task == "regression":
        current[name] = _column(Feature(name), [finite(answer) for answer in answers])
    else:
        usable = [None if is_missing(answer) or not is_scalar(answer) else category(answer) for answer in answers]
        current[name] = _column(Feature(name, "categorical"), usable)
    return [] if current[name].isna().all() or reference[name].isna().all() else [name]
