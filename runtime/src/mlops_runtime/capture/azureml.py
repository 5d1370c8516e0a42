"""Azure Machine Learning data collector.

One event a line in `<endpoint>/<deployment>/<collection>/yyyy/MM/dd/HH/<instance>.jsonl`. Input and output of a request
are two events, in two collections, with the same `correlationid`: `request` and `response` are the bodies as they went
over the wire, `model_inputs` and `model_outputs` the data frames that a scoring script logged, and
`model_inputs_outputs` both in one. Where several of them are collected, a request still counts once, and the frames are
the better ones: their columns have names. A payload above 4 MB, or a binary one, is only named by its event
(`datainblob`) and is skipped here.

https://learn.microsoft.com/azure/machine-learning/how-to-collect-production-data
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ..errors import BadRequest
from ..payload import read_predictions, read_rows
from ..schema import ID, RawRow, Schema
from .record import Captured, Event, Record, Skipped, guarded

CORRELATION = "correlationid"
RANGE = re.compile(r"bytes (\d+)-(\d+)/(\*|\d+)")
PREFIX = "azureml.inference."


@dataclass
class _Request:
    """The events of one correlation id. A caller may use an id again, so each list may have several."""

    frames: list[Event] = field(default_factory=list)
    frame_answers: list[Event] = field(default_factory=list)
    bodies: list[Event] = field(default_factory=list)
    body_answers: list[Event] = field(default_factory=list)
    joint: list[Event] = field(default_factory=list)

    def pairs(self) -> list[tuple[Event, Event | None]]:
        """Inputs with their outputs, in the order in which they came."""
        inputs, nearest, other = self.frames, self.frame_answers, self.body_answers
        if not inputs:
            inputs, nearest, other = self.joint, self.joint, []
        if not inputs:
            inputs, nearest, other = self.bodies, self.body_answers, self.frame_answers
        outputs = nearest or other
        if len(outputs) != len(inputs):
            # One of them is missing, and nothing says which.
            return [(event, None) for event in inputs]
        return list(zip(inputs, outputs, strict=True))


def read(events: Iterable[Event], schema: Schema) -> Iterator[Record]:
    """Inputs in the order in which they stand, each with its output; a copy of an event counts once."""
    requests: dict[str, _Request] = {}
    order: dict[str, None] = {}
    seen: set[tuple[str, str, str]] = set()
    for number, event in enumerate(events):
        kind = str(event.get("type", ""))
        identity = str(event.get(CORRELATION) or event.get("id") or f"event {number}")
        if event.get("id"):
            key = (kind, str(event["id"]), identity)
            if key in seen:
                continue
            seen.add(key)
        place = _list_of(requests.setdefault(identity, _Request()), kind)
        if place is None:
            yield Skipped(f"type must end in request, response, inputs or outputs, got {event.get('type')}")
        elif _starts_later(event):
            yield Skipped("the event has a later part of a payload")
        else:
            place.append(event)
            if not is_answer(event):
                order.setdefault(identity)
    for identity in order:
        for event, answer in requests[identity].pairs():
            yield guarded(_captured, event, answer, schema)


def is_answer(event: Event) -> bool:
    """The output of a request, whose input is another event."""
    kind = str(event.get("type", "")).rsplit(".", 1)[-1]
    return kind == "response" or (kind.endswith("outputs") and not kind.endswith("inputs_outputs"))


def _list_of(request: _Request, kind: str) -> list[Event] | None:
    last = kind.rsplit(".", 1)[-1]
    if last.endswith("inputs_outputs"):
        return request.joint
    if last == "request":
        return request.bodies
    if last == "response":
        return request.body_answers
    if last.endswith("inputs"):
        return request.frames
    return request.frame_answers if last.endswith("outputs") else None


def _captured(event: Event, answer: Event | None, schema: Schema) -> Captured:
    return Captured(
        ids=tuple(dict.fromkeys(str(event[key]) for key in (CORRELATION, "xrequestid") if event.get(key))),
        time=event.get("time"),
        rows=[_with_own_id(row, schema) for row in read_rows(*_body(event), schema.names)],
        predictions=read_predictions(*_body(answer), schema.outputs) if answer else None,
    )


def _with_own_id(row: RawRow, schema: Schema) -> RawRow:
    """A frame whose rows need ids of their own has them in a column of this name."""
    is_id = isinstance(row, Mapping) and CORRELATION in row and ID not in row and CORRELATION not in schema.names
    return {**row, ID: row[CORRELATION]} if is_id else row  # type: ignore[dict-item,call-overload]


def _body(event: Event) -> tuple[str, str | None]:
    if str(event.get("datainblob", "")).lower() == "true":
        raise BadRequest("the payload is in a blob of its own")
    found = RANGE.fullmatch(str(event.get("contentrange") or ""))
    if found and found[3] != "*" and int(found[2]) + 1 < int(found[3]):
        raise BadRequest("the payload is cut short")
    data = event["data"]
    if isinstance(data, str):
        return data, event.get("datacontenttype")
    return json.dumps(data), "application/json"


def _starts_later(event: Event) -> bool:
    found = RANGE.fullmatch(str(event.get("contentrange") or ""))
    return found is not None and int(found[1]) > 0


def line(
    kind: str,
    data: Any,
    correlation: str,
    time: datetime,
    endpoint: str = "endpoint",
    deployment: str = "blue",
    content_type: str = "application/json",
) -> str:
    """One event as the collector writes it. Tests and local runs write with it what a deployment would."""
    workspace = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
    size = len(data if isinstance(data, str) else json.dumps(data))
    event = {
        "specversion": "1.0",
        "id": f"{kind}-{correlation}",
        "source": f"{workspace}/onlineEndpoints/{endpoint}/deployments/{deployment}",
        "type": f"{PREFIX}{kind}",
        "datacontenttype": content_type,
        "time": time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "data": data,
        "contentrange": f"bytes 0-{size - 1}/{size}",
        CORRELATION: correlation,
        "xrequestid": correlation,
    }
    return json.dumps(event, separators=(",", ":"))


def path(endpoint: str, deployment: str, collection: str, time: datetime, unique: str) -> str:
    """Where events of this moment are, below the path of the collection's data asset."""
    return f"{endpoint}/{deployment}/{collection}/{time.astimezone(timezone.utc):%Y/%m/%d/%H}/{unique}.jsonl"
