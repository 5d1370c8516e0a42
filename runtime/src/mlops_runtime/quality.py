"""Quality of the answers whose labels have arrived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn import metrics

from .schema import Schema, category, finite, number
from .window import Row


def measure_quality(schema: Schema, rows: Sequence[Row], least: int = 1) -> dict[str, float]:
    """Accuracy, macro F1 and, with scores of both classes, AUC; for regression MAE, RMSE and R².

    Each is of at least so many rows.
    """
    predictions = [(row.prediction or {})[schema.outputs[0]] for row in rows]
    labels = [row.label for row in rows]
    if schema.task == "regression":
        return _regression([number(label) for label in labels], [number(value) for value in predictions])
    truth = [category(label) for label in labels]
    answers = [category(value) for value in predictions]
    quality = {
        "accuracy": float(metrics.accuracy_score(truth, answers)),
        "f1": float(metrics.f1_score(truth, answers, average="macro", zero_division=0.0)),
    }
    scores = [finite((row.prediction or {}).get("score")) for row in rows]
    is_positive = category(schema.positive)
    scored = [(label == is_positive, score) for label, score in zip(truth, scores, strict=True) if score is not None]
    positive = sum(label for label, _ in scored)
    # One row of a class would make the area 0 or 1.
    if len(scored) >= least and min(positive, len(scored) - positive) >= max(1, least // 10):
        quality["auc"] = float(metrics.roc_auc_score([label for label, _ in scored], [score for _, score in scored]))
    return quality


def _regression(truth: list[float], answers: list[float]) -> dict[str, Any]:
    quality = {
        "mae": float(metrics.mean_absolute_error(truth, answers)),
        "rmse": float(metrics.root_mean_squared_error(truth, answers)),
    }
    if len(truth) > 1:
        quality["r2"] = float(metrics.r2_score(truth, answers))
    return quality
