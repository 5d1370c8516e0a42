"""Amazon SageMaker data capture.

One JSON object a line, in `<endpoint>/<variant>/yyyy/mm/dd/hh/<file>.jsonl`. `encoding` is CSV or JSON for the content
types that the capture configuration names, and BASE64 for every other.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture.html
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from ..errors import BadRequest
from ..payload import CSV_TYPES, JSON_TYPES, media_type, read_predictions, read_rows
from ..schema import Schema
from .record import Captured, Event, Record, guarded

CONTENT_TYPE = {"CSV": "text/csv", "JSON": "application/json"}


def read(events: Iterable[Event], schema: Schema) -> Iterator[Record]:
    """Each event once: the same event id again is a copy of the same request."""
    seen: set[str] = set()
    for event in events:
        record = guarded(_captured, event, schema)
        if isinstance(record, Captured) and record.ids:
            if record.ids[-1] in seen:
                continue
            seen.add(record.ids[-1])
        yield record


def _captured(event: Event, schema: Schema) -> Captured:
    data, about = event["captureData"], event["eventMetadata"]
    body, content_type = decode(data["endpointInput"])
    answer = data.get("endpointOutput")
    return Captured(
        ids=tuple(str(about[key]) for key in ("inferenceId", "eventId") if about.get(key)),  # the event id last
        time=about.get("inferenceTime"),
        rows=read_rows(body, content_type, schema.names),
        predictions=read_predictions(*decode(answer), schema.outputs) if answer else None,
    )


def decode(part: Mapping[str, Any]) -> tuple[bytes, str | None]:
    """The bytes that went over the wire and their content type."""
    encoding, data = part.get("encoding", "BASE64"), part["data"]
    content_type = part.get("observedContentType") or CONTENT_TYPE.get(encoding)
    if encoding in CONTENT_TYPE:
        return (data if isinstance(data, str) else json.dumps(data)).encode(), content_type
    if encoding != "BASE64":
        raise BadRequest(f"encoding must be CSV, JSON or BASE64, got {encoding}")
    try:
        return base64.b64decode(data, validate=True), content_type
    except binascii.Error as error:
        raise BadRequest(f"data is not base64: {error}") from None


def encode(body: bytes, content_type: str, mode: str, text_types: Iterable[str]) -> dict[str, str]:
    """One side of a record as the endpoint writes it; `text_types` are the configuration's CSV and JSON types."""
    kind = media_type(content_type)
    encoding = "BASE64"
    if kind in {media_type(known) for known in text_types}:
        encoding = "CSV" if kind in CSV_TYPES else "JSON" if kind in JSON_TYPES else "BASE64"
    data = base64.b64encode(body).decode() if encoding == "BASE64" else body.decode()
    return {"observedContentType": content_type, "mode": mode, "data": data, "encoding": encoding}


def line(
    request: tuple[bytes, str],
    answer: tuple[bytes, str] | None,
    event_id: str,
    inference_time: datetime,
    inference_id: str | None = None,
    text_types: Iterable[str] = ("text/csv", "application/json"),
) -> str:
    """A captured request as its JSON line. Tests and local runs write with it what an endpoint would."""
    types = list(text_types)
    data = {"endpointInput": encode(*request, "INPUT", types)}
    if answer is not None:
        data["endpointOutput"] = encode(*answer, "OUTPUT", types)
    about = {"eventId": event_id, **({"inferenceId": inference_id} if inference_id else {})}
    about["inferenceTime"] = inference_time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps({"captureData": data, "eventMetadata": about, "eventVersion": "0"}, separators=(",", ":"))


def path(endpoint: str, variant: str, time: datetime, unique: str) -> str:
    """Where an endpoint writes records of this moment, below the capture destination."""
    moment = time.astimezone(timezone.utc)
    name = f"{moment:%M-%S}-{moment.microsecond // 1000:03d}-{unique}.jsonl"
    return f"{endpoint}/{variant}/{moment:%Y/%m/%d/%H}/{name}"
