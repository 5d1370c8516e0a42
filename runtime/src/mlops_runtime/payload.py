"""Bodies of requests and answers, as CSV or JSON, for serving and for reading what was captured."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .errors import BadRequest
from .schema import EXACT, ID, RawRow, Schema, is_missing, is_scalar

CSV_TYPES = {"text/csv", "application/csv"}
JSON_TYPES = {"application/json", "application/x-json"}
JSON_LINES_TYPES = {"application/jsonlines", "application/x-jsonlines", "application/x-ndjson"}
ROWS = ("instances", "inputs", "data", "rows")
"""Names under which a JSON request may carry its rows; `instances` is Vertex AI's and the one to prefer."""


def media_type(content_type: str | None) -> str:
    """`text/csv; charset=utf-8` is `text/csv`."""
    return (content_type or "").split(";")[0].strip().lower()


def read_rows(body: bytes | str, content_type: str | None, names: Sequence[str] | None = None) -> list[RawRow]:
    """The rows of a request. `names` are the features, by which a CSV header is told from a row."""
    text = _text(body)
    kind = media_type(content_type) or _sniff(text)
    if kind in CSV_TYPES:
        rows: list[RawRow] = _csv_rows(text, names)
    elif kind in JSON_LINES_TYPES:
        rows = _json_lines(text)
    elif kind in JSON_TYPES:
        rows = _json_rows(_json(text))
    else:
        raise BadRequest(f"content type must be text/csv or application/json, got {content_type}")
    if not rows:
        raise BadRequest("the request has no rows")
    for row in rows:
        if not isinstance(row, (list, dict)):
            raise BadRequest(f"a row must be a list or an object, got {type(row).__name__}")
    return rows


def arranged(row: RawRow, schema: Schema | None, number: int) -> Any:
    """A row as the model takes it: in the schema's order, or as it came, without its id."""
    if schema is None:
        return {name: row[name] for name in row if name != ID} if isinstance(row, Mapping) else row
    try:
        return schema.arrange(row)
    except BadRequest as error:
        raise BadRequest(f"row {number}: {error}") from error


def read_predictions(body: bytes | str, content_type: str | None, outputs: Sequence[str]) -> list[dict[str, Any]]:
    """The predictions of an answer, each as a mapping from output name to value."""
    text = _text(body)
    kind = media_type(content_type) or _sniff(text)
    if kind in CSV_TYPES:
        items: list[Any] = list(_csv_lines(text))
    elif kind in JSON_LINES_TYPES:
        items = _json_lines(text)
    else:
        items = _predictions(_json(text))
    return [named(item, outputs) for item in items]


def named(item: Any, outputs: Sequence[str]) -> dict[str, Any]:
    """One prediction as a mapping: a scalar is the first output, a list follows the order of the outputs.

    A longer list is something else, such as the probabilities of all classes, and says nothing about the outputs.
    """
    if isinstance(item, Mapping):
        return dict(item)
    if isinstance(item, (list, tuple)):
        return {} if len(item) > len(outputs) else dict(zip(outputs, item, strict=False))
    return {outputs[0]: item}


def write_predictions(predictions: Sequence[Any], as_csv: bool, as_lines: bool = False) -> tuple[bytes, str]:
    """An answer's body and content type."""
    items = [plain(item) for item in predictions]
    if as_lines:
        return "".join(f"{json.dumps(item, allow_nan=False)}\n" for item in items).encode(), "application/jsonlines"
    if not as_csv:
        return json.dumps({"predictions": items}, allow_nan=False).encode(), "application/json"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for item in items:
        writer.writerow(item.values() if isinstance(item, dict) else item if isinstance(item, list) else [item])
    return out.getvalue().encode(), "text/csv; charset=utf-8"


def plain(value: Any) -> Any:
    """Numpy scalars and arrays become plain values; a number that is not finite is refused."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"a prediction must be finite, got {value}")
    return value


def row_id(row: RawRow) -> str | None:
    """The inference id that a row carries itself, if it does."""
    value = own_id(row)
    return None if is_rounded(value) else spelled_id(value)


def own_id(row: RawRow) -> Any:
    """The same as it came, None without one."""
    return row.get(ID) if isinstance(row, Mapping) else None


def spelled_id(value: Any) -> str | None:
    """One spelling an id: Vertex AI turns the number 42 of a request into 42.0. None for what names nothing."""
    if is_missing(value) or not is_scalar(value) or (isinstance(value, float) and math.isinf(value)):
        return None
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    return text or None


def is_rounded(value: Any) -> bool:
    """Whether an id went through a double that has no room for it: it may be another request's by now."""
    return isinstance(value, float) and abs(value) >= EXACT


def _csv_rows(text: str, names: Sequence[str] | None) -> list[RawRow]:
    try:
        return list(csv_rows(io.StringIO(text, newline=""), names))
    except csv.Error as error:
        raise BadRequest(f"the body is not CSV: {error}") from None


def csv_rows(lines: Iterable[str], names: Sequence[str] | None) -> Iterator[RawRow]:
    """The rows of CSV, one after the other: by name where the first line has the names of all features."""
    cells = (line for line in csv.reader(lines) if line)
    first = next(cells, None)
    if first is None:
        return
    header = [cell.strip() for cell in first]
    if names and set(names) <= set(header):
        yield from (_by_name(header, line) for line in cells)
        return
    yield first
    yield from cells


def _csv_lines(text: str) -> list[list[str]]:
    try:
        return [line for line in csv.reader(io.StringIO(text, newline="")) if line]
    except csv.Error as error:
        raise BadRequest(f"the body is not CSV: {error}") from None


def _by_name(names: Sequence[Any], row: Any) -> dict[str, Any]:
    if not isinstance(row, list) or len(row) != len(names):
        raise BadRequest(f"a row must be a list of {len(names)} values like the header, got {row!r:.80}")
    return {str(name): value for name, value in zip(names, row, strict=True)}


def _json_rows(value: Any) -> list[RawRow]:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        raise BadRequest(f"a JSON request must be an object or a list of rows, got {type(value).__name__}")
    value = value.get("input_data", value)
    if isinstance(value, dict) and isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):
        return [_by_name(value["columns"], row) for row in value["data"]]
    if not isinstance(value, dict):
        return value if isinstance(value, list) else [value]
    for name in ROWS:
        if isinstance(value.get(name), list):
            return list(value[name])
    return [value]


def _predictions(value: Any) -> list[Any]:
    if isinstance(value, dict) and isinstance(value.get("predictions"), list):
        return list(value["predictions"])
    return value if isinstance(value, list) else [value]


def _text(body: bytes | str) -> str:
    if isinstance(body, str):
        return body
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRequest("the body must be UTF-8 text") from None


def _sniff(text: str) -> str:
    start = text.lstrip()
    if start[:1] not in ("{", "["):
        return "text/csv"
    first, _, rest = start.partition("\n")
    return "application/jsonlines" if rest.strip() and is_json(first) else "application/json"


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _json_lines(text: str) -> list[Any]:
    return [_json(line) for line in text.split("\n") if line.strip()]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"the body is not JSON: {error}") from None
