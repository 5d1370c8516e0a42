"""The common shape of a captured request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import BadRequest
from ..schema import RawRow

Event = Mapping[str, Any]
"""A line of a capture file: a JSON object in the cloud's own shape."""


def answered_by(event: Event) -> str | None:
    """The deployed model of Vertex AI, or the deployment of Azure ML; None where the log does not say."""
    model = event.get("deployed_model_id")
    if model is not None:
        return str(model)
    _, found, deployment = str(event.get("source") or "").rpartition("/deployments/")
    return deployment if found and deployment and "/" not in deployment else None


@dataclass(frozen=True)
class Captured:
    """One request with its rows, and the answer where it was captured."""

    ids: tuple[str, ...]
    """Inference ids, the best first: labels join on the first that they know."""
    time: str | None
    rows: list[RawRow]
    predictions: list[dict[str, Any]] | None


@dataclass(frozen=True)
class Skipped:
    """A record that could not be read, and why."""

    reason: str


Record = Captured | Skipped


def guarded(make: Callable[..., Captured], *arguments: Any) -> Record:
    """A record, or the reason why it has none: one bad line must not hide a window."""
    try:
        return make(*arguments)
    except (BadRequest, KeyError, TypeError, AttributeError, ValueError) as error:
        return Skipped(f"{type(error).__name__}: {error}")
