"""The WSGI application of `serve`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from . import log
from .errors import BadRequest
from .payload import CSV_TYPES, JSON_LINES_TYPES, media_type, read_rows, write_predictions
from .schema import ID, RawRow, Schema

StartResponse = Callable[..., Any]


@dataclass(frozen=True)
class Routes:
    """Paths by purpose. All clouds' paths are open at once: an image needs to know nothing about where it runs."""

    alive: frozenset[str]
    """The process runs."""
    ready: frozenset[str]
    """The model is loaded."""
    predict: frozenset[str]

    @staticmethod
    def of(env: Mapping[str, str]) -> Routes:
        return Routes(
            alive=frozenset({"/", "/health/live"}),
            ready=frozenset({"/ping", "/health", "/health/ready", env.get("AIP_HEALTH_ROUTE") or "/ping"}),
            predict=frozenset({"/invocations", "/predict", "/score", env.get("AIP_PREDICT_ROUTE") or "/invocations"}),
        )


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class App:
    """Answers health checks at once and predictions as soon as `ready` was called."""

    def __init__(
        self, predict: Callable[[Any, list[Any]], Sequence[Any]], routes: Routes, max_body_bytes: int = 2**26
    ) -> None:
        self.routes = routes
        self._predict = predict
        self._max_body_bytes = max_body_bytes
        self._loaded: tuple[Any, Schema | None] | None = None

    def ready(self, model: Any, schema: Schema | None) -> None:
        self._loaded = (model, schema)

    def __call__(self, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            status, (body, content_type) = HTTPStatus.OK, self._answer(environ)
        except Refused as refused:
            status, content_type = refused.status, "application/json"
            body = json.dumps({"error": str(refused)}).encode()
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    def _answer(self, environ: Mapping[str, Any]) -> tuple[bytes, str]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path in self.routes.predict:
            if method != "POST":
                raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, f"{path} takes POST, got {method}")
            return self._predictions(environ)
        if path not in self.routes.alive | self.routes.ready:
            raise Refused(HTTPStatus.NOT_FOUND, f"no such path: {path}")
        if method not in ("GET", "HEAD"):
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, f"{path} takes GET, got {method}")
        if path in self.routes.ready and self._loaded is None:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "the model is loading")
        return b"{}", "application/json"

    def _predictions(self, environ: Mapping[str, Any]) -> tuple[bytes, str]:
        if self._loaded is None:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "the model is loading")
        if int(environ.get("CONTENT_LENGTH") or 0) > self._max_body_bytes:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {self._max_body_bytes} bytes")
        model, schema = self._loaded
        content_type = environ.get("CONTENT_TYPE") or "application/json"
        try:
            rows = read_rows(environ["wsgi.input"].read(), content_type, schema.names if schema else None)
            arranged = [_arranged(row, schema, number) for number, row in enumerate(rows)]
            predictions = list(self._predict(model, arranged))
        except BadRequest as error:
            raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from error
        except Exception as error:
            log.logger.exception("prediction failed")
            raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "the prediction failed, the log says why") from error
        return _answered(predictions, len(rows), environ, content_type)


def _arranged(row: RawRow, schema: Schema | None, number: int) -> Any:
    if schema is None:
        return {name: row[name] for name in row if name != ID} if isinstance(row, Mapping) else row
    try:
        return schema.arrange(row)
    except BadRequest as error:
        raise BadRequest(f"row {number}: {error}") from error


def _answered(
    predictions: Sequence[Any], rows: int, environ: Mapping[str, Any], content_type: str
) -> tuple[bytes, str]:
    """CSV when the client accepts it by name, or sent CSV and accepts anything; JSON lines by name only; JSON else."""
    accepted = {media_type(part) for part in (environ.get("HTTP_ACCEPT") or "*/*").split(",")}
    as_csv = bool(accepted & CSV_TYPES) or (media_type(content_type) in CSV_TYPES and "*/*" in accepted)
    try:
        if len(predictions) != rows:
            raise ValueError(f"{rows} rows gave {len(predictions)} predictions")
        return write_predictions(predictions, as_csv, bool(accepted & JSON_LINES_TYPES))
    except (TypeError, ValueError) as error:
        log.logger.exception("the prediction cannot be written")
        raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "the prediction failed, the log says why") from error
