"""`monitor`: compare a window of traffic with the reference and write the numbers. Drift is a number, not an error."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import log
from .errors import ContractError
from .evaluation import MAX_BYTES
from .labels import Labels, read_labels
from .outputs import writable
from .places import folder
from .prometheus import write_drift
from .report import About, Part, page
from .schema import Schema
from .window import Row, Window, read_window, whole_number

DEFAULT_MIN_ROWS = 30
DEFAULT_MIN_LABELS = 100
Pictures = Mapping[str, Sequence[Part]]


@dataclass(frozen=True)
class Limits:
    """How much is enough to measure."""

    rows: int
    labels: int
    delay_days: int
    """How long ago the window of the quality is."""

    @staticmethod
    def of(env: Mapping[str, str]) -> Limits:
        return Limits(
            rows=whole_number(env, "MLOPS_MIN_ROWS", DEFAULT_MIN_ROWS),
            labels=whole_number(env, "MLOPS_MIN_LABELS", DEFAULT_MIN_LABELS),
            delay_days=whole_number(env, "MLOPS_LABEL_DELAY_DAYS", 0),
        )


def monitor(env: Mapping[str, str]) -> None:
    """Write `drift.json` and `report.html`, and numbers to Prometheus. Fails only when the inputs cannot be read."""
    captured, reference = folder("monitor", "MLOPS_CAPTURED_DIR", env), folder("monitor", "MLOPS_REFERENCE_DIR", env)
    output = folder("monitor", "MLOPS_OUTPUT_DIR", env)
    about = About.of(env)
    schema = Schema.load(reference)
    limits = Limits.of(env)
    labels = read_labels(folder("monitor", "MLOPS_LABELS_DIR", env))
    if labels.skipped:
        log.warning("skipped labels", count=labels.skipped_count, reasons=dict(labels.skipped.most_common(5)))
    window = read_window(captured, env, schema, labels)
    if window.skipped:
        log.warning("skipped records", count=window.skipped_count, reasons=dict(window.skipped.most_common(5)))
    if window.skipped and not (window.rows or window.answered):
        raise ContractError(f"none of {window.skipped_count} captured records could be read, the log says why")
    result, pictures = _judge(schema, reference, window, labels, limits)
    with writable(output, env) as place:
        (place / "report.html").write_text(page(about, result, pictures), encoding="utf-8")
        (place / "drift.json").write_text(_compact(fitting(result)) + "\n", encoding="utf-8")
        (place / "features.json").write_text(_compact(listed(result)) + "\n", encoding="utf-8")
    write_drift(result, env)
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


def listed(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """The features as a list, drifted ones first, for workflows that cannot ask an object for its names."""
    features: Mapping[str, Any] = result["features"]
    names = sorted(features, key=lambda name: not features[name]["drifted"])
    return {
        "features": [{"name": name, **{key: features[name][key] for key in ("score", "drifted")}} for name in names]
    }


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _judge(
    schema: Schema, reference: Path, window: Window, labels: Labels, limits: Limits
) -> tuple[dict[str, Any], Pictures]:
    """The content of `drift.json`, and the pictures of `report.html`."""
    # pandas, scipy and scikit-learn take seconds to import: only this verb pays for them.
    from .drift import measure_drift, read_reference

    known = read_reference(reference, schema)
    labelled = window.labelled(schema)
    counts: dict[str, Any] = {"rows": len(window.rows), "referenceRows": len(known)}
    counts |= _given(
        skippedRecords=window.skipped_count,
        otherModelsRecords=window.left_out,
        notFiniteValues=window.not_finite,
        labels=len(labels.known),
        skippedLabels=labels.skipped_count,
        unusableLabels=window.unusable,
        roundedIds=window.rounded_ids,
        labelDelayDays=limits.delay_days,
    )
    counts |= _quality(schema, labelled, labels, limits)
    if len(window.rows) < max(1, limits.rows):
        reason = _too_few(len(window.rows), limits.rows)
        nothing = {"driftShare": 0.0, "driftedFeatures": 0, "features": {}, **counts, "reason": reason}
        return nothing, {}
    drift, pictures = measure_drift(schema, known, window)
    return {**drift, **counts}, pictures


def _given(**counts: int) -> dict[str, int]:
    """What has been counted; what has not happened is not named."""
    return {name: count for name, count in counts.items() if count}


def _quality(schema: Schema, labelled: list[Row], labels: Labels, limits: Limits) -> dict[str, Any]:
    """The quality of so many answers that it says something, or why there is none."""
    from .quality import measure_quality

    count = len(labelled)
    if count >= max(1, limits.labels):
        return {"labelledRows": count, "quality": measure_quality(schema, labelled, limits.labels)}
    if count:
        reason = f"{count} labelled rows are too few to judge quality, at least {limits.labels} are needed"
    elif labels.known:
        reason = f"none of {len(labels.known)} labels belongs to an answer of the window"
        log.warning("no label has the id of a request with an answer in the window", labels=len(labels.known))
    else:
        reason = f"none of {labels.skipped_count} labels could be read" if labels.skipped else "no label has come"
    return {"labelledRows": count, "qualityReason": reason}


def _too_few(rows: int, min_rows: int) -> str:
    if rows == 0:
        return "no request was captured in the window"
    return f"{rows} rows are too few to judge drift, at least {min_rows} are needed"
