"""Structured logs: one JSON object a line on stderr, which every cloud's log service parses.

Cloud Logging takes `severity`, `message` and `time` from it; without `severity` all of stderr would be an error there.

https://cloud.google.com/logging/docs/structured-logging
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone
from types import MappingProxyType

from .tracking import record

logger = logging.getLogger("mlops_runtime")
_bound: ContextVar[Mapping[str, object]] = ContextVar("bound", default=MappingProxyType({}))
SEVERITIES = ((50, "CRITICAL"), (40, "ERROR"), (30, "WARNING"), (20, "INFO"))


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            # A level of one's own has a name that no log service knows.
            "severity": next((name for level, name in SEVERITIES if record.levelno >= level), "DEBUG"),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields = {**_bound.get(), **getattr(record, "fields", {})}
        entry = {**entry, **{name: value for name, value in fields.items() if name not in entry}}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)


def configure() -> None:
    """Send every logger of the process to stderr as JSON. Warnings of libraries come along as log entries."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)


@contextmanager
def bound(fields: Mapping[str, object]) -> Iterator[None]:
    """Every line that is logged inside has these fields too, whoever logs it: the ids of a request."""
    token = _bound.set(fields)
    try:
        yield
    finally:
        _bound.reset(token)


def info(message: str, /, **fields: object) -> None:
    logger.info(message, extra={"fields": fields})


def warning(message: str, /, **fields: object) -> None:
    logger.warning(message, extra={"fields": fields})


def log_metrics(metrics: Mapping[str, float], env: Mapping[str, str] | None = None) -> None:
    """Log training metrics as `"name": value`, the text that a metric definition's regular expression can match.

    In a job of Azure ML they are in its run too, where the image has MLflow.
    """
    values = {name: float(value) for name, value in metrics.items()}
    info("metrics", metrics=values)
    reason = record(values, os.environ if env is None else env)
    if reason:
        warning("metrics are not in the run of the job, only in its log", reason=reason)
