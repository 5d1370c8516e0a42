"""`report.html`: Evidently's, made reproducible; and a plain page when there was too little to judge."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

RANDOM_ID = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{8}(-?)[0-9a-f]{4}\1[47][0-9a-f]{3}\1[89ab][0-9a-f]{3}\1[0-9a-f]{12}(?![0-9a-f])"
)


def stable_ids(page: str) -> str:
    """Replace random ids by their order of appearance: the same window gives the same bytes."""
    known: dict[str, str] = {}

    def replace(match: re.Match[str]) -> str:
        return known.setdefault(match[0], f"{len(known):0{len(match[0])}d}")

    return RANDOM_ID.sub(replace, page)


def explain(reason: str, result: Mapping[str, Any]) -> str:
    """A page that says why there is no drift report."""
    numbers = html.escape(json.dumps(result, indent=2))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Drift</title>'
        f"<h1>No drift report</h1><p>{html.escape(reason)}</p><pre>{numbers}</pre></html>\n"
    )
