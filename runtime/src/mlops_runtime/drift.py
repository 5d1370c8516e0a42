"""Drift of a window against the reference, measured with Evidently."""

from __future__ import annotations

import math
import os
import warnings
from pathlib import Path
from typing import Any

# Evidently reports its use to its makers unless told not to; the container has no egress and nothing to tell.
os.environ["DO_NOT_TRACK"] = "1"

import pandas as pd  # noqa: E402
from evidently import DataDefinition, Dataset, Report  # noqa: E402
from evidently.metrics import ValueDrift  # noqa: E402
from evidently.presets import DataDriftPreset  # noqa: E402

from .errors import ContractError  # noqa: E402
from .reference import FILE  # noqa: E402
from .report import stable_ids  # noqa: E402
from .schema import Schema, category  # noqa: E402
from .window import Window  # noqa: E402

LARGEST = 1e9


def read_reference(folder: Path, schema: Schema) -> pd.DataFrame:
    """The reference with features typed by the schema, and the prediction where it was kept."""
    path = folder / FILE
    if not path.is_file():
        raise ContractError(f"no {FILE} in {folder}")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    missing = [name for name in schema.names if name not in frame]
    if missing or frame.empty:
        raise ContractError(f"{path} must have rows and the features of {folder.name}/schema.json, it lacks {missing}")
    rows = [schema.arrange(row) for row in frame[schema.names].itertuples(index=False, name=None)]
    typed = _frame(schema, rows)
    prediction = schema.outputs[0]
    if prediction in frame:
        typed[prediction] = _predictions(schema, frame[prediction])
    return typed


def measure_drift(schema: Schema, reference: pd.DataFrame, window: Window) -> tuple[dict[str, Any], str]:
    """Shares and scores for `drift.json`, and Evidently's HTML report."""
    current = _frame(schema, [row.values for row in window.rows])
    gone = [name for name in schema.names if current[name].isna().all()]
    compared = [name for name in schema.names if name not in gone]
    extra = _prediction_column(schema, reference, current, window)
    results, report = _evidently(schema, reference, current, compared, extra)
    features: dict[str, Any] = {}
    for name in schema.names:
        found = results.get(name) or {"score": 1.0, "drifted": True, "method": "no value in the window"}
        features[name] = {**found, "missingShare": float(current[name].isna().mean())}
    drifted = sum(1 for feature in features.values() if feature["drifted"])
    drift: dict[str, Any] = {
        "driftShare": drifted / len(features),
        "driftedFeatures": drifted,
        "features": features,
    }
    if extra:
        drift["prediction"] = results[extra[0]]
    return drift, report


def _evidently(
    schema: Schema, reference: pd.DataFrame, current: pd.DataFrame, features: list[str], extra: list[str]
) -> tuple[dict[str, dict[str, Any]], str]:
    columns = features + extra
    definition = _definition(schema, columns)
    metrics = [DataDriftPreset(columns=features)] if features else []
    metrics += [ValueDrift(column=name) for name in extra]
    with warnings.catch_warnings():
        # Constant and tiny columns make numpy and scipy warn about divisions that Evidently handles.
        warnings.simplefilter("ignore")
        snapshot = Report(metrics, include_tests=True).run(
            current_data=Dataset.from_pandas(current[columns], definition),
            reference_data=Dataset.from_pandas(reference[columns], definition),
        )
        return _read(snapshot.dict()), stable_ids(snapshot.get_html_str(as_iframe=False))


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
            "method": config["method"],
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


def _frame(schema: Schema, rows: list[Any]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=schema.names, dtype=object)
    for feature in schema.features:
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
    return values.map(lambda value: None if pd.isna(value) else category(value)).astype(object)
