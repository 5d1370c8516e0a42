"""`monitor`: compare a window of traffic with the reference and write the numbers. Drift is a number, not an error."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import log
from .errors import ContractError
from .evaluation import MAX_BYTES
from .labels import read_labels
from .outputs import writable
from .places import folder
from .report import About, Part, page
from .schema import Schema
from .window import Window, read_window

DEFAULT_MIN_ROWS = 30
Pictures = Mapping[str, Sequence[Part]]


def monitor(env: Mapping[str, str]) -> None:
    """Write `drift.json` and `report.html`. Fails only when the inputs cannot be read."""
    captured, reference = folder("monitor", "MLOPS_CAPTURED_DIR", env), folder("monitor", "MLOPS_REFERENCE_DIR", env)
    output = folder("monitor", "MLOPS_OUTPUT_DIR", env)
    about = About.of(env)
    schema = Schema.load(reference)
    labels = read_labels(folder("monitor", "MLOPS_LABELS_DIR", env))
    window = read_window(captured, env, schema, labels)
    if window.skipped:
        log.warning("skipped records", count=window.skipped_count, reasons=dict(window.skipped.most_common(5)))
    if window.skipped and not window.rows:
        raise ContractError(f"none of {window.skipped_count} captured records could be read, the log says why")
    result, pictures = _judge(schema, reference, window, _min_rows(env))
    with writable(output, env) as place:
        (place / "report.html").write_text(page(about, result, pictures), encoding="utf-8")
        (place / "drift.json").write_text(_compact(fitting(result)) + "\n", encoding="utf-8")
    shown = {name: value for name, value in result.items() if name != "features"}
    log.info("drift", **shown)


def fitting(result: Mapping[str, Any], limit: int = MAX_BYTES) -> Mapping[str, Any]:
    """The result itself, or without the features that are too many for a workflow's state: drifted ones stay first."""
    if len(_compact(result)) < limit:
        return result
    features: Mapping[str, Any] = result["features"]
    room = limit - len(_compact({**result, "features": {}, "omittedFeatures": len(features)})) - 1
    kept = set()
    for name in sorted(features, key=lambda name: not features[name]["drifted"]):
        room -= len(_compact({name: features[name]})) - 1  # two braces less, a comma more
        if room < 0:
            break
        kept.add(name)
    shown = {name: feature for name, feature in features.items() if name in kept}
    return {**result, "features": shown, "omittedFeatures": len(features) - len(kept)}


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _judge(schema: Schema, reference: Path, window: Window, min_rows: int) -> tuple[dict[str, Any], Pictures]:
    """The content of `drift.json`, and the pictures of `report.html`."""
    # Evidently, pandas and scikit-learn take seconds to import: only this verb pays for them.
    from .drift import measure_drift, read_reference
    from .quality import measure_quality

    known = read_reference(reference, schema)
    counts: dict[str, Any] = {"rows": len(window.rows), "referenceRows": len(known)}
    if window.skipped_count:
        counts["skippedRecords"] = window.skipped_count
    if window.left_out:
        counts["otherModelsRecords"] = window.left_out
    labelled = window.labelled(schema)
    if labelled:
        counts["labelledRows"] = len(labelled)
        counts["quality"] = measure_quality(schema, labelled)
    if len(window.rows) < max(1, min_rows):
        reason = _too_few(len(window.rows), min_rows)
        nothing = {"driftShare": 0.0, "driftedFeatures": 0, "features": {}, **counts, "reason": reason}
        return nothing, {}
    drift, pictures = measure_drift(schema, known, window)
    return {**drift, **counts}, pictures


def _too_few(rows: int, min_rows: int) -> str:
    if rows == 0:
        return "no request was captured in the window"
    return f"{rows} rows are too few to judge drift, at least {min_rows} are needed"


def _min_rows(env: Mapping[str, str]) -> int:
    text = env.get("MLOPS_MIN_ROWS") or str(DEFAULT_MIN_ROWS)
    if not text.isdecimal():
        raise ContractError(f"MLOPS_MIN_ROWS must be a whole number, got '{text}'")
    return int(text)
