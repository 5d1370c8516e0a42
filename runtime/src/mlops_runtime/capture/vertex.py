"""Vertex AI request-response logging: rows of the BigQuery table, exported as JSON lines.

Columns: endpoint, deployed_model_id, logging_time, request_id, request_payload and response_payload, the last two
repeated strings. An element is one instance or prediction, or the whole body of a raw prediction request. The caller
never learns `request_id`: put an `inference_id` into the instances to join labels.

https://cloud.google.com/vertex-ai/docs/predictions/online-prediction-logging
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ..payload import named, read_rows
from ..schema import RawRow, Schema
from .record import Captured, Event, Record, guarded


def read(events: Iterable[Event], schema: Schema) -> Iterator[Record]:
    for event in events:
        yield guarded(_captured, event, schema)


def _captured(event: Event, schema: Schema) -> Captured:
    rows: list[RawRow] = []
    for element in _elements(event["request_payload"]):
        rows += _rows(element, schema)
    predictions: list[dict[str, Any]] = []
    for element in _elements(event.get("response_payload")):
        value = _value(element)
        body = isinstance(value, dict) and isinstance(value.get("predictions"), list)
        predictions += [named(item, schema.outputs) for item in (value["predictions"] if body else [value])]
    return Captured(
        ids=(str(event["request_id"]),) if event.get("request_id") is not None else (),
        time=event.get("logging_time"),
        rows=rows,
        predictions=predictions or None,
    )


def _rows(element: Any, schema: Schema) -> list[RawRow]:
    value = _value(element)
    if isinstance(value, list) and not any(isinstance(item, (list, dict)) for item in value):
        return [value]
    return read_rows(value if isinstance(value, str) else json.dumps(value), None, schema.names)


def _elements(payload: Any) -> list[Any]:
    return payload if isinstance(payload, list) else [] if payload is None else [payload]


def _value(element: Any) -> Any:
    """A prediction is JSON text; text that is not JSON is a label itself."""
    if not isinstance(element, str):
        return element
    try:
        return json.loads(element)
    except ValueError:
        return element
