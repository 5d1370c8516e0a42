"""Quality of the answers whose labels have arrived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn import metrics

from .schema import Schema, category, finite
from .window import Row


def measure_quality(schema: Schema, rows: Sequence[Row]) -> dict[str, float]:
    """Accuracy, macro F1 and, with a score and both classes, AUC; for regression MAE, RMSE and R²."""
    predictions = [(row.prediction or {})[schema.outputs[0]] for row in rows]
    labels = [row.label for row in rows]
    if schema.task == "regression":
        return _regression([float(label) for label in labels], [float(value) for value in predictions])
    truth = [category(label) for label in labels]
    answers = [category(value) for value in predictions]
    quality = {
        "accuracy": float(metrics.accuracy_score(truth, answers)),
        "f1": float(metrics.f1_score(truth, answers, average="macro", zero_division=0.0)),
    }
    positive = [label == category(schema.positive) for label in truth]
    scores = [finite((row.prediction or {}).get("score")) for row in rows]
    if None not in scores and 0 < sum(positive) < len(positive):
        quality["auc"] = float(metrics.roc_auc_score(positive, scores))
    return quality


def _regression(truth: list[float], answers: list[float]) -> dict[str, Any]:
    quality = {
        "mae": float(metrics.mean_absolute_error(truth, answers)),
        "rmse": float(metrics.root_mean_squared_error(truth, answers)),
    }
    if len(truth) > 1:
        quality["r2"] = float(metrics.r2_score(truth, answers))
    return quality
