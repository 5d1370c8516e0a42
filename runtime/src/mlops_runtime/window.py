"""The window: captured rows in the model's order, with their answers and the labels known by now."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from . import log
from .capture import Captured, Event, Skipped, read_folder
from .errors import BadRequest, ContractError
from .payload import row_id
from .schema import Schema, Value, finite, is_scalar

TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[T ](?P<clock>\d\d:\d\d)(?P<second>:\d\d)?(?:[.,](?P<fraction>\d+))?)?"
    r" ?(?:[Zz]|UTC|(?P<zone>[+-]\d\d(?::?\d\d)?))?"
)


@dataclass(frozen=True)
class Row:
    """One row of the window."""

    values: Sequence[Value]
    prediction: Mapping[str, Any] | None
    label: Any = None


@dataclass
class Window:
    """Rows of the window and the count of records that could not be read, by reason."""

    rows: list[Row] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    """Records by the deployed model that answered, where the log tells it."""
    left_out: int = 0
    """Records of other deployed models than the one asked for."""

    @property
    def skipped_count(self) -> int:
        return sum(self.skipped.values())

    def labelled(self, schema: Schema) -> list[Row]:
        """Rows with both the truth and the prediction; for a regression both must be numbers."""
        first = schema.outputs[0]
        pairs = [(row, row.label, (row.prediction or {}).get(first)) for row in self.rows]
        known = [(row, truth, answer) for row, truth, answer in pairs if truth is not None and answer is not None]
        fits, what = (is_scalar, "class") if schema.task == "classification" else (_is_number, "numbers")
        usable = [row for row, truth, answer in known if fits(truth) and fits(answer)]
        if len(usable) < len(known):
            log.warning(f"labels or answers that are no {what} are left out", count=len(known) - len(usable))
        return usable


def _is_number(raw: Any) -> bool:
    return finite(raw) is not None


def read_window(folder: Path, env: Mapping[str, str], schema: Schema, labels: Mapping[str, Any]) -> Window:
    """Read the captured records between MLOPS_WINDOW_START and MLOPS_WINDOW_END; a record without a time counts."""
    start, end = _bound(env, "MLOPS_WINDOW_START"), _bound(env, "MLOPS_WINDOW_END")
    asked = {known.strip() for known in (env.get("MLOPS_DEPLOYED_MODEL_ID") or "").split(",")} - {""}
    window = Window()

    def wanted(event: Event) -> bool:
        model = event.get("deployed_model_id")
        if model is not None:
            window.models[str(model)] += 1
        if not asked or str(model) in asked:
            return True
        window.left_out += 1
        return False

    for record in read_folder(folder, env.get("MLOPS_CAPTURE_FORMAT") or "sagemaker", schema, wanted):
        if isinstance(record, Skipped):
            window.skipped[record.reason] += 1
        elif _inside(record.time, start, end):
            _add(window, record, schema, labels)
    unnamed = sum(1 for row in window.rows if row.prediction == {})
    if unnamed:
        log.warning("answers that are longer lists than the schema's outputs are no predictions", count=unnamed)
    if not asked and len(window.models) > 1:
        log.warning("several deployed models answered: MLOPS_DEPLOYED_MODEL_ID judges one", models=dict(window.models))
    return window


def _add(window: Window, record: Captured, schema: Schema, labels: Mapping[str, Any]) -> None:
    predictions = record.predictions
    if predictions is not None and len(predictions) != len(record.rows):
        window.skipped[f"{len(record.rows)} rows but {len(predictions)} predictions"] += 1
        return
    try:
        arranged = [schema.arrange(row) for row in record.rows]
    except BadRequest as error:
        window.skipped[str(error)] += 1
        return
    for number, values in enumerate(arranged):
        prediction = predictions[number] if predictions is not None else None
        window.rows.append(Row(values, prediction, _label(record, number, labels)))


def _label(record: Captured, number: int, labels: Mapping[str, Any]) -> Any:
    """By the row's own id, else by the request's; rows of a larger request are `<id>#0`, `<id>#1` and so on."""
    own = row_id(record.rows[number])
    ids = [own] if own else [f"{known}#{number}" if len(record.rows) > 1 else known for known in record.ids]
    return next((labels[known] for known in ids if known in labels), None)


def _inside(time: str | None, start: datetime | None, end: datetime | None) -> bool:
    if not isinstance(time, str) or (start is None and end is None):
        return True
    try:
        moment = _moment(time)
    except ValueError:
        return True
    return (start is None or start <= moment) and (end is None or moment < end)


def _bound(env: Mapping[str, str], name: str) -> datetime | None:
    text = env.get(name)
    if not text:
        return None
    try:
        return _moment(text)
    except ValueError:
        raise ContractError(f"{name} must be a time like 2026-01-31T12:00:00Z, got '{text}'") from None


def _moment(text: str) -> datetime:
    """ISO 8601, and BigQuery's `2026-01-31 12:00:00.123 UTC`, with any number of digits. Without a zone it is UTC."""
    found = TIME.fullmatch(text.strip())
    if not found:
        raise ValueError(f"not a time: {text}")
    clock, second, fraction = found["clock"] or "00:00", found["second"] or ":00", (found["fraction"] or "0")[:6]
    moment = datetime.fromisoformat(f"{found['day']}T{clock}{second}.{fraction:0<6}")
    return moment.replace(tzinfo=_zone(found["zone"] or "+00"))


def _zone(text: str) -> timezone:
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)
