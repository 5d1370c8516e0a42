"""The WSGI application of `serve`."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from . import log
from .errors import BadRequest
from .payload import CSV_TYPES, JSON_LINES_TYPES, arranged, media_type, read_rows, write_predictions
from .schema import ID, RawRow, Schema

StartResponse = Callable[..., Any]
ACCESS_LOGS = ("errors", "all", "none")
REQUEST_IDS = (
    "HTTP_X_AMZN_SAGEMAKER_INFERENCE_ID",
    "HTTP_X_AMZN_SAGEMAKER_CUSTOM_ATTRIBUTES",
    "HTTP_X_MS_CLIENT_REQUEST_ID",
    "HTTP_X_REQUEST_ID",
)
"""Headers in which the caller's own id may come."""
PLAIN = re.compile(r"[!-~][ -~]{0,199}")
ROW_IDS = 20
"""So many ids of rows stand in the log line of a request."""


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

    turned_away: Callable[[], str]
    """Why a prediction is answered with 503 here and now; the server's to say. Empty where it is not."""

    def __init__(
        self,
        predict: Callable[[Any, list[Any]], Sequence[Any]],
        routes: Routes,
        max_body_bytes: int = 2**26,
        access_log: str = "errors",
    ) -> None:
        self.routes = routes
        self.turned_away = lambda: ""
        self._access_log = access_log
        self._predict = predict
        self._max_body_bytes = max_body_bytes
        self._loaded: tuple[Any, Schema | None] | None = None

    def ready(self, model: Any, schema: Schema | None) -> None:
        self._loaded = (model, schema)

    def __call__(self, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        request = _Request(environ)
        with log.bound(request.ids):
            try:
                status, (body, content_type) = HTTPStatus.OK, self._answer(environ, request)
            except Refused as refused:
                status, content_type = refused.status, "application/json"
                more = {"requestId": request.id} if status == HTTPStatus.INTERNAL_SERVER_ERROR else {}
                body = json.dumps({"error": str(refused), **more}).encode()
            if environ["PATH_INFO"] in self.routes.predict:
                self._log(environ, request, status, len(body))
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body))), ("X-Request-Id", request.id)]
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    def _log(self, environ: Mapping[str, Any], request: _Request, status: HTTPStatus, size: int) -> None:
        if self._access_log == "all" or (self._access_log == "errors" and status >= HTTPStatus.BAD_REQUEST):
            log.info(
                "request",
                method=environ["REQUEST_METHOD"],
                path=environ["PATH_INFO"],
                status=status.value,
                seconds=round(time.monotonic() - request.began, 4),
                bytesIn=int(environ.get("CONTENT_LENGTH") or 0),
                bytesOut=size,
            )

    def _answer(self, environ: Mapping[str, Any], request: _Request) -> tuple[bytes, str]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path in self.routes.predict:
            if method != "POST":
                raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, f"{path} takes POST, got {method}")
            return self._predictions(environ, request)
        if path not in self.routes.alive | self.routes.ready:
            raise Refused(HTTPStatus.NOT_FOUND, f"no such path: {path}")
        if method not in ("GET", "HEAD"):
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, f"{path} takes GET, got {method}")
        if path in self.routes.ready and self._loaded is None:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "the model is loading")
        return b"{}", "application/json"

    def _predictions(self, environ: Mapping[str, Any], request: _Request) -> tuple[bytes, str]:
        reason = self.turned_away()
        if reason:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, reason)
        if self._loaded is None:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "the model is loading")
        if int(environ.get("CONTENT_LENGTH") or 0) > self._max_body_bytes:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {self._max_body_bytes} bytes")
        model, schema = self._loaded
        content_type = environ.get("CONTENT_TYPE") or "application/json"
        try:
            rows = read_rows(environ["wsgi.input"].read(), content_type, schema.names if schema else None)
            request.name_rows(rows)
            taken = [arranged(row, schema, number) for number, row in enumerate(rows)]
            predictions = list(self._predict(model, taken))
        except BadRequest as error:
            raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from error
        except Exception as error:
            log.logger.exception("prediction failed")
            raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "the prediction failed, the log says why") from error
        return _answered(predictions, len(rows), environ, content_type)


class _Request:
    """When a request came, and what it can be found by in the logs: the caller's id where there is one."""

    def __init__(self, environ: Mapping[str, Any]) -> None:
        self.began = time.monotonic()
        given = (environ.get(name) or "" for name in REQUEST_IDS)
        self.id = next((text for text in given if PLAIN.fullmatch(text)), "") or uuid.uuid4().hex
        self.ids: dict[str, Any] = {"requestId": self.id}
        trace = _trace(environ)
        if trace:
            self.ids["trace"] = trace

    def name_rows(self, rows: Sequence[RawRow]) -> None:
        """Where a cloud does not pass the request's id on, rows carry one."""
        named = [str(row[ID])[:200] for row in rows[:ROW_IDS] if isinstance(row, Mapping) and ID in row]
        if named:
            self.ids["inferenceIds"] = named


def _trace(environ: Mapping[str, Any]) -> str:
    """The id of the caller's trace, as W3C or Google's older header has it."""
    parts = str(environ.get("HTTP_TRACEPARENT") or "").split("-")
    text = parts[1] if len(parts) > 1 else str(environ.get("HTTP_X_CLOUD_TRACE_CONTEXT") or "").partition("/")[0]
    return text if re.fullmatch(r"[0-9a-f]{32}", text) else ""


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
