"""The window: captured rows in the model's order, with their answers and the labels known by now."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from . import log
from .capture import Captured, Event, Skipped, answered_by, is_answer, read_folder
from .errors import BadRequest, ContractError
from .labels import Labels
from .payload import is_rounded, own_id, row_id
from .schema import Schema, Value, finite, is_missing, is_scalar, number

TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[T ](?P<clock>\d\d:\d\d)(?P<second>:\d\d)?(?:[.,](?P<fraction>\d+))?)?"
    r" ?(?:[Zz]|UTC|(?P<zone>[+-]\d\d(?::?\d\d)?))?"
)

LATE = timedelta(hours=1)
"""How far the hour of a file may be from the times of its requests."""


@dataclass(frozen=True)
class Row:
    """One row of the window."""

    values: Sequence[Value]
    prediction: Mapping[str, Any] | None
    label: Any = None


@dataclass(frozen=True)
class Span:
    """A time from its start up to, but without, its end."""

    start: datetime | None = None
    end: datetime | None = None

    def __contains__(self, moment: datetime) -> bool:
        return (self.start is None or self.start <= moment) and (self.end is None or moment < self.end)


@dataclass(frozen=True)
class Times:
    """Which requests a run looks at."""

    drift: Span
    quality: Span | None
    """Of the answers whose labels have come by now; None for the same as drift's."""

    def may_have(self, start: datetime, end: datetime) -> bool:
        """Can a file of these hours have a request of the run? One is written a little after its requests came."""
        spans = [self.drift, *([self.quality] if self.quality else [])]
        return any(
            (span.start is None or span.start <= end + LATE) and (span.end is None or start - LATE < span.end)
            for span in spans
        )

    @staticmethod
    def of(env: Mapping[str, str]) -> Times:
        """By MLOPS_WINDOW_START, MLOPS_WINDOW_END, MLOPS_LABEL_DELAY_DAYS and MLOPS_LIVE_SINCE."""
        start, end = _bound(env, "MLOPS_WINDOW_START"), _bound(env, "MLOPS_WINDOW_END")
        days, since = whole_number(env, "MLOPS_LABEL_DELAY_DAYS", 0), _bound(env, "MLOPS_LIVE_SINCE")
        if days and (start is None or end is None):
            window = "MLOPS_WINDOW_START and MLOPS_WINDOW_END"
            raise ContractError(f"MLOPS_LABEL_DELAY_DAYS counts back from {window}: set both")
        if not days and since is None:
            return Times(Span(start, end), None)
        delay = timedelta(days=days)
        bounds = [moment - delay if moment else None for moment in (start, end)]
        first = max((moment for moment in (bounds[0], since) if moment), default=None)
        return Times(Span(start, end), Span(first, bounds[1]))


@dataclass
class Window:
    """What was captured, and the count of records that could not be read, by reason."""

    rows: list[Row] = field(default_factory=list)
    """Of the window, whose drift is measured."""
    answered: list[Row] = field(default_factory=list)
    """Those whose quality is measured: the same, or of a window long enough ago for labels to have come."""
    skipped: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    """Records by the deployed model that answered, where the log tells it."""
    left_out: int = 0
    """Records of other deployed models than the one asked for."""
    not_finite: int = 0
    """Values that were infinite: they count as missing."""
    unusable: int = 0
    """Pairs of answer and label of which one is not what the schema's task has."""
    unnamed: int = 0
    """Answers that name none of the schema's outputs."""
    rounded_ids: int = 0
    """Rows whose own id went through a double that has no room for it: they join no label."""

    @property
    def skipped_count(self) -> int:
        return sum(self.skipped.values())

    def labelled(self, schema: Schema) -> list[Row]:
        """Rows with both the truth and the prediction; for a regression both must be numbers."""
        first = schema.outputs[0]
        pairs = [(row, row.label, (row.prediction or {}).get(first)) for row in self.answered]
        known = [(row, truth, answer) for row, truth, answer in pairs if truth is not None and answer is not None]
        fits, what = (is_scalar, "class") if schema.task == "classification" else (_is_number, "numbers")
        usable = [row for row, truth, answer in known if fits(truth) and fits(answer)]
        if len(usable) < len(known):
            self.unusable = len(known) - len(usable)
            log.warning(f"labels or answers that are no {what} are left out", count=self.unusable)
        return usable


def _is_number(raw: Any) -> bool:
    return finite(raw) is not None


def read_window(folder: Path, env: Mapping[str, str], schema: Schema, labels: Labels) -> Window:
    """Read the captured records of the run's times; one without a time is of the window, and of none long ago."""
    times = Times.of(env)
    asked = {known.strip() for known in (env.get("MLOPS_DEPLOYED_MODEL_ID") or "").split(",")} - {""}
    window = Window()

    def wanted(event: Event) -> bool:
        model = answered_by(event)
        if is_answer(event):  # of a request that is counted by itself
            return not asked or model in asked
        if model is not None:
            window.models[model] += 1
        if not asked or model in asked:
            return True
        window.left_out += 1
        return False

    form = env.get("MLOPS_CAPTURE_FORMAT") or "sagemaker"
    for record in read_folder(folder, form, schema, wanted, times.may_have):
        if isinstance(record, Skipped):
            window.skipped[record.reason] += 1
        else:
            _add(window, record, schema, labels, times)
    _tell(window, asked)
    return window


def _tell(window: Window, asked: set[str]) -> None:
    if window.unnamed:
        log.warning("answers that are longer lists than the schema's outputs are no predictions", count=window.unnamed)
    if window.not_finite:
        log.warning("values that are not finite count as missing", count=window.not_finite)
    if window.rounded_ids:
        log.warning(
            "ids of 2^53 or more were numbers and are not exact any more: they join no label, ids are text",
            count=window.rounded_ids,
        )
    if not asked and len(window.models) > 1:
        log.warning("several deployed models answered: MLOPS_DEPLOYED_MODEL_ID judges one", models=dict(window.models))


def _add(window: Window, record: Captured, schema: Schema, labels: Labels, times: Times) -> None:
    moment = _moment_of(record)
    of_drift = moment is None or moment in times.drift
    of_quality = of_drift if times.quality is None else moment is not None and moment in times.quality
    if not (of_drift or of_quality):
        return
    predictions = record.predictions
    if predictions is not None and len(predictions) != len(record.rows):
        window.skipped[f"{len(record.rows)} rows but {len(predictions)} predictions"] += 1
        return
    try:
        arranged = [schema.arrange(row, finite=False) for row in record.rows]
    except BadRequest as error:
        window.skipped[str(error)] += 1
        return
    for number_of_row, values in enumerate(arranged):
        answer = predictions[number_of_row] if predictions is not None else None
        prediction = None if answer is None else _finite_answer(window, answer, schema)
        label = _label(window, record, number_of_row, labels.known) if of_quality else None
        window.unnamed += answer == {}
        row = Row(_finite_values(window, values), prediction, label)
        if of_drift:
            window.rows.append(row)
        if of_quality:
            window.answered.append(row if of_drift else replace(row, values=()))


def _finite_values(window: Window, values: list[Value]) -> list[Value]:
    infinite = [place for place, value in enumerate(values) if isinstance(value, float) and math.isinf(value)]
    for place in infinite:
        values[place] = math.nan
    window.not_finite += len(infinite)
    return values


def _finite_answer(window: Window, answer: Mapping[str, Any], schema: Schema) -> Mapping[str, Any]:
    """The answer without values that are missing or infinite. Text is a number only where the answer is one."""
    numeric = {"score", *(schema.outputs[:1] if schema.task == "regression" else ())}
    infinite = [
        name for name, value in answer.items() if (name in numeric or isinstance(value, float)) and _is_infinite(value)
    ]
    window.not_finite += len(infinite)
    return {name: value for name, value in answer.items() if name not in infinite and not is_missing(value)}


def _is_infinite(raw: Any) -> bool:
    try:
        return math.isinf(number(raw))
    except ValueError:
        return False


def _label(window: Window, record: Captured, place: int, known: Mapping[str, Any]) -> Any:
    """By the row's own id, else by the request's; rows of a larger request are `<id>#0`, `<id>#1` and so on."""
    row = record.rows[place]
    if is_rounded(own_id(row)):
        window.rounded_ids += 1
        return None
    own = row_id(row)
    ids = [own] if own else [f"{each}#{place}" if len(record.rows) > 1 else each for each in record.ids]
    return next((known[each] for each in ids if each in known), None)


def _moment_of(record: Captured) -> datetime | None:
    try:
        return _moment(record.time) if isinstance(record.time, str) else None
    except ValueError:
        return None


def whole_number(env: Mapping[str, str], name: str, usual: int) -> int:
    """A variable that is a number of days or rows."""
    text = env.get(name) or str(usual)
    if not (text.isascii() and text.isdecimal()):
        raise ContractError(f"{name} must be a whole number, got '{text}'")
    return int(text)


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
