"""What goes into a model and what comes out: the one file that serving, evaluation and monitoring agree on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from .errors import BadRequest, ContractError

FILE = "schema.json"
KINDS = ("numeric", "categorical", "other")
TASKS = ("classification", "regression")
ID = "inference_id"
"""A row may carry its own inference id under this name; it never reaches the model."""

Value = Any
"""A number, NaN where it is missing; or a category, or what came, None where it is missing."""
RawRow = Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True)
class Feature:
    """One input of the model."""

    name: str
    kind: Literal["numeric", "categorical", "other"] = "numeric"
    """`other` is what has no distribution of its own: free text, times, ids, vectors. It reaches the model as it came,
    and no drift of it is measured."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            known = f"{', '.join(KINDS[:-1])} or {KINDS[-1]}"
            raise ContractError(f"feature '{self.name}' must be {known}, got '{self.kind}'")

    @property
    def judged(self) -> bool:
        """Whether its drift is measured."""
        return self.kind != "other"

    def value(self, raw: Any) -> Value:
        """A number or a category as the model takes it. Anything else is the client's error."""
        missing = raw is None or (is_scalar(raw) and raw == "") or (isinstance(raw, float) and math.isnan(raw))
        if self.kind == "other":
            return None if missing else raw
        if self.kind == "categorical":
            if not is_scalar(raw):
                raise BadRequest(f"feature '{self.name}' must be a category, got {raw!r:.40}")
            return None if missing else raw if isinstance(raw, str) else category(raw)
        try:
            number = math.nan if missing else float(raw)
        except (TypeError, ValueError, OverflowError):
            raise BadRequest(f"feature '{self.name}' must be a number, got {raw!r:.40}") from None
        if math.isinf(number):
            raise BadRequest(f"feature '{self.name}' must be finite, got {raw!r:.40}")
        return number


@dataclass(frozen=True)
class Schema:
    """Features in the order of the model, the label's name, and the values that the model answers with."""

    features: Sequence[Feature]
    target: str = "target"
    """Name of the label column in data files."""
    task: Literal["classification", "regression"] = "classification"
    outputs: Sequence[str] = ("prediction",)
    """Names of the answer's values in order: the prediction first, then for example `score`, a probability."""
    positive: str = "1"
    """For two classes: the label whose probability `score` is."""

    def __post_init__(self) -> None:
        names = [feature.name for feature in self.features]
        if not names or len(set(names)) != len(names) or ID in names:
            raise ContractError(f"a schema needs features with distinct names, none called {ID}, got {names}")
        if self.task not in TASKS:
            raise ContractError(f"a schema's task must be {' or '.join(TASKS)}, got '{self.task}'")
        if not self.outputs or isinstance(self.outputs, str) or set(self.outputs) & set(names):
            raise ContractError(f"outputs must be named, and not like a feature, got {self.outputs!r}")

    @property
    def names(self) -> list[str]:
        return [feature.name for feature in self.features]

    @property
    def judged(self) -> list[str]:
        """Names of the features whose drift is measured."""
        return [feature.name for feature in self.features if feature.judged]

    def arrange(self, row: RawRow) -> list[Value]:
        """A row in the order of the model, with checked values. Raises BadRequest for what the model cannot take."""
        if isinstance(row, Mapping):
            missing = [name for name in self.names if name not in row]
            if missing:
                raise BadRequest(f"missing features: {', '.join(missing)}")
            return [feature.value(row[feature.name]) for feature in self.features]
        if len(row) != len(self.features):
            raise BadRequest(f"a row must have {len(self.features)} values, got {len(row)}")
        return [feature.value(raw) for feature, raw in zip(self.features, row, strict=True)]

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @staticmethod
    def load(folder: Path) -> Schema:
        path = folder / FILE
        if not path.is_file():
            raise ContractError(f"no {FILE} in {folder}: call Schema(...).save(job.model_dir) in train")
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            features = [Feature(**feature) for feature in values.pop("features")]
            return Schema(features=features, **values)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ContractError(f"{path} is no schema: {type(error).__name__}: {error}") from error

    @staticmethod
    def find(folder: Path) -> Schema | None:
        """The schema of a model folder, or None for a model that was saved without one."""
        return Schema.load(folder) if (folder / FILE).is_file() else None


def category(raw: Any) -> str:
    """One spelling a class: 1, 1.0, `1`, true and `True` are the same, whether they came as JSON or as CSV."""
    text = str(raw).strip()
    if text.lower() in ("true", "false"):
        return str(int(text.lower() == "true"))
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() and abs(number) < 2**53 else text


def finite(raw: Any) -> float | None:
    """A finite number, or None for whatever is none."""
    try:
        value = float(raw)
    except (TypeError, ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def is_scalar(raw: Any) -> bool:
    """Whether it is one value, and no list of them, no array and no object."""
    return not (isinstance(raw, (Mapping, list, tuple)) or getattr(raw, "ndim", 0))


def is_missing(value: Value) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
