"""Vertex AI request-response logging: rows of the BigQuery table, exported as JSON lines, packed by gzip or not.

Columns: endpoint, deployed_model_id, logging_time, request_id, request_payload and response_payload, the last two
repeated strings. An element is one instance or one prediction, or the whole body of a raw prediction. Numbers have
gone through protobuf: 42 comes back as 42.0. The caller never learns `request_id`: put an `inference_id` into the
instances to join labels. A payload of 10 MB or more is not logged at all.

https://cloud.google.com/vertex-ai/docs/predictions/online-prediction-logging
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ..errors import BadRequest
from ..payload import is_json, named, read_predictions, read_rows, spelled_id
from ..schema import ID, RawRow, Schema
from .record import Captured, Event, Record, guarded

LARGEST = 10**300
"""Whole numbers up to here have a double beside them."""


def read(events: Iterable[Event], schema: Schema) -> Iterator[Record]:
    """Each request once: BigQuery may keep a row twice that was streamed once."""
    seen: set[tuple[str, ...]] = set()
    for event in events:
        if event.get("request_id") is not None:
            key = tuple(str(event.get(name)) for name in ("deployed_model_id", "request_id", "logging_time"))
            if key in seen:
                continue
            seen.add(key)
        yield guarded(_captured, event, schema)


def _captured(event: Event, schema: Schema) -> Captured:
    requests = _elements(event.get("request_payload"))
    if not requests:
        raise BadRequest("no request payload was logged")
    rows = [_with_double_id(row) for element in requests for row in _rows(element, schema)]
    is_raw = not any(_is_json(element) for element in requests)
    answers = _elements(event.get("response_payload"))
    predictions = [answer for element in answers for answer in _predictions(element, schema, is_raw)]
    identity = spelled_id(event.get("request_id"))
    return Captured(
        ids=() if identity is None else (identity,),
        time=event.get("logging_time"),
        rows=rows,
        predictions=predictions or None,
    )


def _rows(element: Any, schema: Schema) -> list[RawRow]:
    if not isinstance(element, str):
        return _rows(json.dumps(element), schema)
    if _is_json(element):
        value = json.loads(element)
        alone = isinstance(value, list) and not any(isinstance(item, (list, dict)) for item in value)
        if alone:
            return [value]
    return read_rows(element, None, schema.names)


def _with_double_id(row: RawRow) -> RawRow:
    """Some spell a double like a whole number, digits that it does not have included."""
    identity = row.get(ID) if isinstance(row, Mapping) else None
    is_whole = isinstance(identity, int) and not isinstance(identity, bool) and abs(identity) < LARGEST
    return {**row, ID: float(identity)} if is_whole else row  # type: ignore[dict-item,arg-type]


def _predictions(element: Any, schema: Schema, is_raw: bool) -> list[dict[str, Any]]:
    """A prediction is JSON text, or a class as plain text; after a raw request, and where lines end, it is a body."""
    if isinstance(element, str) and not _is_json(element):
        start = element.lstrip()
        if start[:1] in ("{", "[") and not is_json(start.partition("\n")[0]):
            raise BadRequest("the answer is not whole")
        is_body = is_raw or start[:1] in ("{", "[") or element.endswith("\n")
        return read_predictions(element, None, schema.outputs) if is_body else [named(element, schema.outputs)]
    value = json.loads(element) if isinstance(element, str) else element
    body = isinstance(value, dict) and isinstance(value.get("predictions"), list)
    return [named(item, schema.outputs) for item in (value["predictions"] if body else [value])]


def _elements(payload: Any) -> list[Any]:
    return payload if isinstance(payload, list) else [] if payload is None else [payload]


def _is_json(element: Any) -> bool:
    return not isinstance(element, str) or is_json(element)


def line(
    instances: Sequence[Any],
    predictions: Sequence[Any],
    request_id: int,
    logging_time: datetime,
    deployed_model_id: str = "1",
    endpoint: str = "1",
) -> str:
    """A logged request as its exported JSON line. Tests and local runs write with it what an endpoint would."""
    moment = logging_time.astimezone(timezone.utc)
    row: Mapping[str, Any] = {
        "endpoint": endpoint,
        "deployed_model_id": deployed_model_id,
        "logging_time": f"{moment:%Y-%m-%d %H:%M:%S.%f}".rstrip("0").rstrip(".") + " UTC",
        "request_id": str(request_id),
        "request_payload": [json.dumps(_through_protobuf(item)) for item in instances],
        "response_payload": [json.dumps(_through_protobuf(item)) for item in predictions],
    }
    return json.dumps(row, separators=(",", ":"))


def _through_protobuf(value: Any) -> Any:
    """Every number is a double on its way through the API."""
    if isinstance(value, Mapping):
        return {name: _through_protobuf(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_through_protobuf(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
