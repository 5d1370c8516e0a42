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
from ..payload import named, read_predictions, read_rows, spelled_id
from ..schema import RawRow, Schema
from .record import Captured, Event, Record, guarded


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
    rows = [row for element in requests for row in _rows(element, schema)]
    as_csv = not any(_is_json(element) for element in requests)
    answers = _elements(event.get("response_payload"))
    predictions = [answer for element in answers for answer in _predictions(element, schema, as_csv)]
    identity = event.get("request_id")
    return Captured(
        ids=(spelled_id(identity),) if identity is not None else (),
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
        return [value] if alone else read_rows(element, None, schema.names)
    lines = element.strip().splitlines()
    kind = "application/jsonlines" if all(_is_json(line) and line[0] in "[{" for line in lines) else None
    return read_rows(element, kind, schema.names)


def _predictions(element: Any, schema: Schema, as_csv: bool) -> list[dict[str, Any]]:
    """A prediction is JSON text, or a class as plain text; after a raw request in CSV the answer is CSV as well."""
    if isinstance(element, str) and not _is_json(element):
        if element.lstrip()[:1] in ("{", "["):
            raise BadRequest("the answer is not whole")
        return read_predictions(element, "text/csv", schema.outputs) if as_csv else [named(element, schema.outputs)]
    value = json.loads(element) if isinstance(element, str) else element
    body = isinstance(value, dict) and isinstance(value.get("predictions"), list)
    return [named(item, schema.outputs) for item in (value["predictions"] if body else [value])]


def _elements(payload: Any) -> list[Any]:
    return payload if isinstance(payload, list) else [] if payload is None else [payload]


def _is_json(element: Any) -> bool:
    if not isinstance(element, str):
        return True
    try:
        json.loads(element)
    except (ValueError, RecursionError):
        return False
    return True


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
