"""Drift of a window against the reference, measured with Evidently."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Evidently reports its use to its makers unless told not to; the container has no egress and nothing to tell.
os.environ["DO_NOT_TRACK"] = "1"

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from evidently import DataDefinition, Dataset, Report  # noqa: E402
from evidently.legacy.calculations.stattests import ks_stat_test  # noqa: E402
from evidently.legacy.calculations.stattests.registry import StatTest, register_stattest  # noqa: E402
from evidently.legacy.core import ColumnType  # noqa: E402
from evidently.metrics import ValueDrift  # noqa: E402
from evidently.presets import DataDriftPreset  # noqa: E402
from scipy.stats import chi2_contingency  # noqa: E402

from .errors import ContractError  # noqa: E402
from .pictures import draw  # noqa: E402
from .reference import FILE  # noqa: E402
from .report import Part  # noqa: E402
from .schema import Feature, Schema, category, is_scalar  # noqa: E402
from .window import Window  # noqa: E402

LARGEST = 1e9
ENOUGH = 1000
"""Values on both sides from which on a distance is no chance: below, two samples of one distribution are far apart."""
FEW = 5
"""Numbers with so few values are compared like categories."""
PRECISE = 1e15
"""Numbers up to here, and from its inverse on, are compared as they are."""


def read_reference(folder: Path, schema: Schema) -> pd.DataFrame:
    """The reference with features typed by the schema, and the prediction where it was kept."""
    path = folder / FILE
    if not path.is_file():
        raise ContractError(f"no {FILE} in {folder}")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    features = _judged(schema)
    names = [feature.name for feature in features]
    missing = [name for name in names if name not in frame]
    if missing or frame.empty:
        raise ContractError(f"{path} must have rows and the features of {folder.name}/schema.json, it lacks {missing}")
    rows = frame[names].itertuples(index=False, name=None)
    typed = _frame(features, [[feature.value(raw) for feature, raw in zip(features, row, strict=True)] for row in rows])
    prediction = schema.outputs[0]
    if prediction in frame:
        typed[prediction] = _predictions(schema, frame[prediction])
    return typed


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
    results = _evidently(schema, reference, current, compared, extra)
    features: dict[str, Any] = {}
    for name in names:
        found = results.get(name) or {"score": 1.0, "drifted": True, "method": "no value in the window"}
        features[name] = {**found, "missingShare": float(current[name].isna().mean())}
    drifted = sum(1 for feature in features.values() if feature["drifted"])
    drift: dict[str, Any] = {
        "driftShare": drifted / len(features) if features else 0.0,
        "driftedFeatures": drifted,
        "features": features,
    }
    if extra:
        drift["prediction"] = results[extra[0]]
    return drift, draw(
        reference[names], current[names], [feature.name for feature in judged if feature.kind == "numeric"]
    )


def _evidently(
    schema: Schema, reference: pd.DataFrame, current: pd.DataFrame, features: list[str], extra: list[str]
) -> dict[str, dict[str, Any]]:
    columns = features + extra
    definition = _definition(schema, columns)
    numeric = definition.numerical_columns
    reference, current = _comparable(reference[columns], current[columns], numeric)
    methods = {name: _method(reference[name], current[name], name in numeric) for name in columns}
    chosen = {name: methods[name] for name in features if methods[name]}
    metrics = [DataDriftPreset(columns=features, per_column_method=chosen)] if features else []
    metrics += [ValueDrift(column=name, method=methods[name]) for name in extra]
    with warnings.catch_warnings():
        # Constant and tiny columns make numpy and scipy warn about divisions that Evidently handles.
        warnings.simplefilter("ignore")
        snapshot = Report(metrics, include_tests=True).run(
            current_data=Dataset.from_pandas(current, definition),
            reference_data=Dataset.from_pandas(reference, definition),
        )
        return _read(snapshot.dict())


def _comparable(reference: pd.DataFrame, current: pd.DataFrame, numeric: list[str]) -> tuple[Any, Any]:
    """Numbers with the precision that every client keeps, and of a size that a histogram can have bins for.

    A constant 0.1 must not have drifted because one side computed it with 32 bits, or as a sum. Tests and normed
    distances do not depend on the unit.
    """
    sides = reference.copy(), current.copy()
    for name in numeric:
        largest = max(float(side[name].abs().max()) for side in sides if side[name].notna().any())
        ordinary = largest == 0 or 1 / PRECISE < largest < PRECISE
        unit = 1.0 if ordinary else 10.0 ** max(-300, math.floor(math.log10(largest)))
        for side in sides:
            side[name] = (side[name] / unit).astype(np.float32).astype(float)
    return sides


def _method(reference: pd.Series, current: pd.Series, numeric: bool) -> str | None:
    """A test, which knows how little few rows say; where both sides have many, the distance that Evidently takes.

    Evidently looks at the size of the reference alone: with few rows in the window its distances call every feature
    drifted, and with few in the reference its chi-square test, which takes them for the exact shares, does.
    """
    if min(reference.count(), current.count()) > ENOUGH:
        return None
    several = pd.concat([reference, current]).nunique() > FEW
    return (ks_stat_test if numeric and several else TWO_SAMPLES).name  # type: ignore[no-any-return]


def _two_samples(reference: pd.Series, current: pd.Series, kind: ColumnType, threshold: float) -> tuple[float, bool]:
    """Chi-square of homogeneity; values that the smaller side would hardly have once count as one."""
    counts = pd.DataFrame({"reference": reference.value_counts(), "current": current.value_counts()}).fillna(0)
    sizes = counts.sum()
    rare = counts.sum(axis=1) * sizes.min() / sizes.sum() < 1
    table = [*counts[~rare].to_numpy(), *([counts[rare].sum().to_numpy()] if rare.any() else [])]
    score = float(chi2_contingency(table, correction=False).pvalue)
    return score, score < threshold


TWO_SAMPLES = StatTest(
    name="chi_square_of_two_samples",
    display_name="chi-square p_value",
    allowed_feature_types=[ColumnType.Categorical, ColumnType.Numerical],
)
register_stattest(TWO_SAMPLES, default_impl=_two_samples)
NAMES = {test.name: test.display_name for test in (ks_stat_test, TWO_SAMPLES)}


def _read(snapshot: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Score and method of every column, with Evidently's own verdict: a p-value drifts low, a distance drifts high."""
    verdicts = {
        test["metric_config"]["params"].get("column"): test["status"].value == "FAIL" for test in snapshot["tests"]
    }
    results: dict[str, dict[str, Any]] = {}
    for metric in snapshot["metrics"]:
        config = metric["config"]
        if "column" not in config:
            continue
        results[config["column"]] = {
            "score": _score(float(metric["value"])),
            "drifted": bool(verdicts[config["column"]]),
            "method": NAMES.get(config["method"], config["method"]),
            "threshold": float(config["threshold"]),
        }
    return results


def _score(value: float) -> float:
    """Nine decimals and finite, as every metric store takes it: a p-value of 1e-200 is 0, an endless distance 1e9."""
    if math.isnan(value):
        return 0.0
    return round(max(-LARGEST, min(LARGEST, value)), 9)


def _definition(schema: Schema, columns: list[str]) -> DataDefinition:
    numeric = {feature.name for feature in schema.features if feature.kind == "numeric"}
    if schema.task == "regression":
        numeric.add(schema.outputs[0])
    return DataDefinition(
        numerical_columns=[name for name in columns if name in numeric],
        categorical_columns=[name for name in columns if name not in numeric],
    )


def _judged(schema: Schema) -> list[Feature]:
    return [feature for feature in schema.features if feature.judged]


def _frame(features: list[Feature], rows: list[Any]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[feature.name for feature in features], index=range(len(rows)), dtype=object)
    for feature in features:
        if feature.kind == "numeric":
            frame[feature.name] = frame[feature.name].astype(float)
    return frame


def _prediction_column(schema: Schema, reference: pd.DataFrame, current: pd.DataFrame, window: Window) -> list[str]:
    """Add the window's predictions to `current` and name the column, if both sides have some."""
    name = schema.outputs[0]
    if name not in reference:
        return []
    current[name] = _predictions(schema, pd.Series([(row.prediction or {}).get(name) for row in window.rows]))
    return [] if current[name].isna().all() or reference[name].isna().all() else [name]


def _predictions(schema: Schema, values: pd.Series) -> pd.Series:
    if schema.task == "regression":
        return pd.to_numeric(values, errors="coerce").astype(float)
    return values.map(lambda value: None if not is_scalar(value) or pd.isna(value) else category(value)).astype(object)
