"""What goes into a model and what comes out: the one file that serving, evaluation and monitoring agree on."""

from __future__ import annotations

import json
import math
import re
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
EXACT = 2**53
"""Whole numbers up to here survive a double, and with it JSON and the services that read it."""
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
"""What a number looks like in JSON and CSV. Python would read more: `1_000`, and the digits of every script."""
WHOLE = re.compile(r"(-?(?:0|[1-9]\d{0,15}))(?:\.0+)?", re.ASCII)
"""Text that is the same class as a whole number."""
WORDS = {"nan": math.nan, "inf": math.inf, "infinity": math.inf}
YES_OR_NO = {"true": "1", "false": "0"}

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

    def value(self, raw: Any, finite: bool = True) -> Value:
        """A number or a category as the model takes it. All else is the client's error; with `finite`, infinity too."""
        # What nearly every value is: a request and a window have millions.
        if type(raw) is float and self.kind == "numeric" and math.isfinite(raw):
            return raw
        if type(raw) is str and raw and self.kind == "categorical":
            return raw
        missing = is_missing(raw)
        if self.kind == "other":
            return None if missing else raw
        if self.kind == "categorical":
            if not is_scalar(raw):
                raise BadRequest(f"feature '{self.name}' must be a category, got {raw!r:.40}")
            return None if missing else raw if isinstance(raw, str) else category(raw)
        try:
            found = math.nan if missing else number(raw)
        except ValueError:
            raise BadRequest(f"feature '{self.name}' must be a number, got {raw!r:.40}") from None
        if finite and math.isinf(found):
            raise BadRequest(f"feature '{self.name}' must be finite, got {raw!r:.40}")
        return found


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

    def arrange(self, row: RawRow, finite: bool = True) -> list[Value]:
        """A row in the order of the model, with checked values. Raises BadRequest for what the model cannot take."""
        if isinstance(row, Mapping):
            missing = [name for name in self.names if name not in row]
            if missing:
                raise BadRequest(f"missing features: {', '.join(missing)}")
            return [feature.value(row[feature.name], finite) for feature in self.features]
        if len(row) != len(self.features):
            raise BadRequest(f"a row must have {len(self.features)} values, got {len(row)}")
        return [feature.value(raw, finite) for feature, raw in zip(self.features, row, strict=True)]

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
    """One spelling a class: 1, 1.0, `1`, `1.0`, true and `True` are the same, whether they came as JSON or as CSV.

    Other text stays as it is: `007`, `1_2` and `1e3` are names that happen to have digits.
    """
    text = str(raw).strip()
    whole = WHOLE.fullmatch(text)
    if whole and abs(int(whole[1])) < EXACT:
        return str(int(whole[1]))
    return YES_OR_NO.get(text.lower(), text) if text.isascii() else text


def number(raw: Any) -> float:
    """The number that JSON or CSV means, which may be infinite or NaN. Raises ValueError for what is none."""
    if isinstance(raw, str):
        text = raw.strip()
        if NUMBER.fullmatch(text):
            return float(text)
        sign, word = (-1, text[1:]) if text[:1] == "-" else (1, text.removeprefix("+"))
        if word.lower() not in WORDS:
            raise ValueError(f"not a number: {raw!r:.40}")
        return sign * WORDS[word.lower()]
    if not is_scalar(raw):
        raise ValueError(f"not a number: {raw!r:.40}")
    try:
        return float(raw)
    except OverflowError:  # a whole number that has more digits than a double can say
        return math.inf if raw > 0 else -math.inf
    except TypeError:
        raise ValueError(f"not a number: {raw!r:.40}") from None


def finite(raw: Any) -> float | None:
    """A finite number, or None for whatever is none."""
    try:
        value = math.nan if is_missing(raw) else number(raw)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def is_scalar(raw: Any) -> bool:
    """Whether it is one value, and no list of them, no array and no object."""
    return not (isinstance(raw, (Mapping, list, tuple)) or getattr(raw, "ndim", 0))


def is_missing(raw: Any) -> bool:
    """Nothing, no text, or what numpy and pandas put for a missing value: NaN, NaT and NA."""
    if raw is None or isinstance(raw, str):
        return not raw
    # pd.NA is neither the same as itself nor another.
    return is_scalar(raw) and (type(raw).__name__ == "NAType" or bool(raw != raw))
