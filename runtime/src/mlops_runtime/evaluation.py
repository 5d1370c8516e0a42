"""`evaluation.json`: the numbers that the quality gate compares."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ContractError
from .reference import Reference

FILE = "evaluation.json"
MAX_BYTES = 128 * 1024
"""Workflows carry the file in a state: Step Functions' holds 256 KiB, all variables of Google's Workflows 512 KB."""
METRIC_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` returns: metrics for the gate, and the rows that later traffic is compared with."""

    metrics: Mapping[str, float]
    """Finite numbers by name, higher is better for those a gate uses: `{"auc": 0.98}`."""
    reference: Reference | None = None
    """The drift reference. Without it the version cannot be monitored for drift."""

    def write(self, folder: Path, commit: str = "") -> Path:
        """Write `evaluation.json` and `reference/`. A metric that is not a finite number is an error.

        `commit` is that of the code, where the image knows it: whoever records the run takes it from there.
        """
        metrics = {name: _number(name, value) for name, value in self.metrics.items()}
        if not metrics:
            raise ContractError("evaluate must return at least one metric, got none")
        content = {"metrics": metrics, **({"commit": commit} if commit else {})}
        text = json.dumps(content, indent=2, allow_nan=False) + "\n"
        if len(text) > MAX_BYTES:
            raise ContractError(f"{FILE} must have at most {MAX_BYTES} bytes, {len(metrics)} metrics make {len(text)}")
        folder.mkdir(parents=True, exist_ok=True)
        if self.reference is not None:
            self.reference.write(folder / "reference")
        path = folder / FILE
        path.write_text(text, encoding="utf-8")
        return path


def passes_gate(evaluation: Mapping[str, Any], metric: str, threshold: float, *, at_most: bool = False) -> bool:
    """The quality gate as the clouds' workflows compute it: the metric is at or above the threshold, with `at_most` at or below it."""
    metrics = evaluation.get("metrics", {})
    if metric not in metrics:
        raise ContractError(f"the gate needs metric '{metric}', evaluation.json has {sorted(metrics)}")
    return bool(metrics[metric] <= threshold if at_most else metrics[metric] >= threshold)


def _number(name: str, value: Any) -> float:
    if not METRIC_NAME.fullmatch(name):
        raise ContractError(f"a metric name must be letters, digits and _, got '{name}': workflows select it by path")
    if isinstance(value, bool):
        raise ContractError(f"metric '{name}' must be a number, got {value}")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ContractError(f"metric '{name}' must be a number, got {value!r}") from None
    if not math.isfinite(number):
        raise ContractError(f"metric '{name}' must be finite, got {number}")
    return number
