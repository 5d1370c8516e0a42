"""Hyperparameters: `MLOPS_HYPERPARAMETERS`, or the file in which SageMaker writes every value as a string."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import ContractError

PYTHON_WORDS = {"True": True, "False": False, "None": None}


def resolve(env: Mapping[str, str], sagemaker_file: Path) -> dict[str, Any]:
    """The variable wins and keeps its JSON types; without it the strings of SageMaker's file are converted."""
    text = env.get("MLOPS_HYPERPARAMETERS", "").strip()
    if text:
        return _json_object(text, "MLOPS_HYPERPARAMETERS")
    if sagemaker_file.is_file():
        values = _json_object(sagemaker_file.read_text(encoding="utf-8"), str(sagemaker_file))
        return {name: convert(value) for name, value in values.items()}
    return {}


def convert(value: Any) -> Any:
    """`"3"` is 3, `"0.1"` is 0.1, `"true"` is True, `"[1, 2]"` is a list; all else, `"007"` or `"nan"`, stays text."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text in PYTHON_WORDS:
        return PYTHON_WORDS[text]
    try:
        parsed = json.loads(text, parse_constant=_not_json)
    except ValueError:
        return value
    return value if isinstance(parsed, float) and not math.isfinite(parsed) else parsed


def _not_json(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _json_object(text: str, source: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except ValueError as error:
        raise ContractError(f"{source} must be a JSON object, got text that is not JSON: {error}") from error
    if not isinstance(values, dict):
        raise ContractError(f"{source} must be a JSON object, got {type(values).__name__}")
    return values
