"""The window: captured rows in the model's order, with their answers and the labels known by now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .capture import Captured, Skipped, read_folder
from .errors import BadRequest, ContractError
from .payload import row_id
from .schema import Schema, Value


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

    @property
    def skipped_count(self) -> int:
        return sum(self.skipped.values())

    def labelled(self, schema: Schema) -> list[Row]:
        """Rows with both the truth and the prediction."""
        first = schema.outputs[0]
        return [row for row in self.rows if row.label is not None and row.prediction and first in row.prediction]


def read_window(folder: Path, env: Mapping[str, str], schema: Schema, labels: Mapping[str, Any]) -> Window:
    """Read the captured records between MLOPS_WINDOW_START and MLOPS_WINDOW_END; a record without a time counts."""
    start, end = _bound(env, "MLOPS_WINDOW_START"), _bound(env, "MLOPS_WINDOW_END")
    window = Window()
    for record in read_folder(folder, env.get("MLOPS_CAPTURE_FORMAT") or "sagemaker", schema):
        if isinstance(record, Skipped):
            window.skipped[record.reason] += 1
        elif _inside(record.time, start, end):
            _add(window, record, schema, labels)
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
    if time is None or (start is None and end is None):
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
    """ISO 8601, and BigQuery's `2026-01-31 12:00:00.123456 UTC`."""
    tidy = text.strip().replace(" UTC", "+00:00")
    if tidy.endswith(("Z", "z")):
        tidy = tidy[:-1] + "+00:00"
    moment = datetime.fromisoformat(tidy)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
