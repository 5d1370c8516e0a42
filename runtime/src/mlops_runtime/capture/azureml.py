"""Azure Machine Learning data collector.

One event a line in `<endpoint>/<deployment>/<collection>/yyyy/MM/dd/HH/<instance>.jsonl`. Input and output of a request
are two events, in two collections (`request` and `response`, or `model_inputs` and `model_outputs`), with the same
`correlationid`. A payload above 256 kB is only named by its event (`datainblob`) and is skipped here.

https://learn.microsoft.com/azure/machine-learning/how-to-collect-production-data
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ..errors import BadRequest
from ..payload import read_predictions, read_rows
from ..schema import Schema
from .record import Captured, Event, Record, Skipped, guarded


def read(events: Iterable[Event], schema: Schema) -> Iterator[Record]:
    """Inputs in the order in which they stand, each with the output of the same correlation id."""
    inputs: dict[str, Event] = {}
    outputs: dict[str, Event] = {}
    for number, event in enumerate(events):
        identity = str(event.get("correlationid") or event.get("id") or f"event {number}")
        side = _side(str(event.get("type", "")))
        if side is None:
            yield Skipped(f"type must end in request, response, inputs or outputs, got {event.get('type')}")
        else:
            (inputs if side == "input" else outputs).setdefault(identity, event)
    for identity, event in inputs.items():
        yield guarded(_captured, event, outputs.get(identity), schema)


def _side(kind: str) -> str | None:
    last = kind.rsplit(".", 1)[-1]
    if last == "request" or last.endswith("inputs"):
        return "input"
    return "output" if last == "response" or last.endswith("outputs") else None


def _captured(event: Event, answer: Event | None, schema: Schema) -> Captured:
    return Captured(
        ids=tuple(dict.fromkeys(str(event[key]) for key in ("correlationid", "xrequestid") if event.get(key))),
        time=event.get("time"),
        rows=read_rows(*_body(event), schema.names),
        predictions=read_predictions(*_body(answer), schema.outputs) if answer else None,
    )


def _body(event: Event) -> tuple[str, str | None]:
    if str(event.get("datainblob", "")).lower() == "true":
        raise BadRequest("the payload is in a blob of its own")
    data = event["data"]
    if isinstance(data, str):
        return data, event.get("datacontenttype")
    return json.dumps(data), "application/json"
