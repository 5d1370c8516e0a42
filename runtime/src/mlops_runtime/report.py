"""`report.html`: what was compared, the verdict with the stack's own threshold, and every feature, drifted ones first.

A page without scripts, because much of its text is callers': names of categories come from requests. All text is
escaped, and the page's own policy forbids whatever might run all the same. The same window gives the same bytes.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import ContractError

DEFAULT_MAX_SHARE = 0.3
PICTURED = 200
"""Features that get a picture; the table has all."""
LONGEST = 60
STRANGE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff]"
)
"""Characters that are no text, cannot be written, or turn the text around them."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
.verdict { border-radius: .3rem; font-size: 1.15rem; margin: 1rem 0; padding: .6rem .9rem; }
.bad { background: #b3261e; color: #fff; }
.good { background: #1b6e3c; color: #fff; }
.open { background: #5f6368; color: #fff; }
table { border-collapse: collapse; }
th, td { padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: middle; }
.features { width: 100%; } .features th, .features td { border-bottom: 1px solid #8886; }
.number { font-variant-numeric: tabular-nums; } .drifted { color: #d93025; font-weight: 600; }
.reference { fill: #8a8f98; } .window { fill: #1a73e8; } .key span { margin-right: 1.5rem; }
.key svg { height: .8em; width: .8em; }
"""


@dataclass(frozen=True)
class Part:
    """A bar of a picture: a category, or an interval of numbers, with its share of the values on both sides."""

    label: str
    reference: float
    window: float


@dataclass(frozen=True)
class About:
    """What the workflow says about the run; the container knows it from nowhere else."""

    model: str = ""
    version: str = ""
    endpoint: str = ""
    window: str = ""
    max_share: float = DEFAULT_MAX_SHARE
    gates: Sequence[Mapping[str, Any]] = ()
    """Of the quality of the answers: `metric`, `threshold`, `higherIsBetter`."""

    @staticmethod
    def of(env: Mapping[str, str]) -> About:
        bounds = env.get("MLOPS_WINDOW_START"), env.get("MLOPS_WINDOW_END")
        return About(
            model=env.get("MLOPS_MODEL_NAME") or "",
            version=env.get("MLOPS_MODEL_VERSION") or "",
            endpoint=env.get("MLOPS_ENDPOINT_NAME") or "",
            window=env.get("MLOPS_REPORT_WINDOW") or " to ".join(bound for bound in bounds if bound),
            max_share=_share(env.get("MLOPS_MAX_DRIFT_SHARE") or str(DEFAULT_MAX_SHARE)),
            gates=_gates(env.get("MLOPS_QUALITY_GATES") or "[]"),
        )


def page(about: About, result: Mapping[str, Any], pictures: Mapping[str, Sequence[Part]] | None = None) -> str:
    """The whole document. The result is that of `drift.json`, with all features."""
    subject = " ".join(part for part in (about.model, about.version and f"version {about.version}") if part)
    title = f"Drift of {subject or 'the model'}"
    return "".join(
        f"{line}\n"
        for line in (
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{_text(title)}</title>",
            f"<style>{STYLE}</style>",
            "</head>",
            "<body>",
            f"<h1>{_text(title)}</h1>",
            *_verdicts(about, result),
            *_head(about, result),
            *_features(result, pictures or {}),
            "</body>",
            "</html>",
        )
    )


def _verdicts(about: About, result: Mapping[str, Any]) -> Iterator[str]:
    share, reason = result["driftShare"], result.get("reason")
    if reason:
        yield _verdict("open", f"Drift was not judged: {reason}")
    elif share > about.max_share:
        yield _verdict(
            "bad", f"Drift: {_percent(share)} of the features drifted, more than {_percent(about.max_share)}"
        )
    else:
        told = f"{_percent(share)} of the features drifted, not more than {_percent(about.max_share)}"
        yield _verdict("good", f"No drift: {told}")
    for gate in about.gates:
        value = (result.get("quality") or {}).get(gate["metric"])
        if value is None:
            continue
        higher = gate["higherIsBetter"]
        holds = value >= gate["threshold"] if higher else value <= gate["threshold"]
        wanted = f"{'at least' if higher else 'at most'} {_number(gate['threshold'])}"
        told = f"{gate['metric']} is {_number(value)}, {wanted} is asked for"
        yield _verdict("good" if holds else "bad", f"Quality {'holds' if holds else 'is too low'}: {told}")


def _head(about: About, result: Mapping[str, Any]) -> Iterator[str]:
    drifted = f"{result['driftedFeatures']} of {_counted(result)}"
    prediction = result.get("prediction")
    quality = ", ".join(f"{name} {_number(value)}" for name, value in (result.get("quality") or {}).items())
    if quality:
        quality += f", from {result.get('labelledRows')} rows with labels"
    else:
        quality = f"not measured: {result['qualityReason']}" if "qualityReason" in result else ""
    delay = result.get("labelDelayDays", 0)
    facts = {
        "Model": about.model,
        "Version": about.version,
        "Endpoint": about.endpoint,
        "Window": about.window,
        "Rows": f"{result['rows']}, compared with {result['referenceRows']} of the reference",
        "Drifted features": "" if result.get("reason") else f"{drifted}; more than a share of {about.max_share:g} is drift",
        "Answers": prediction and f"{'drifted' if prediction['drifted'] else 'not drifted'}, {_measured(prediction)}",
        "Quality": quality and quality + (f", of the window {delay} days earlier" if delay else ""),
        "Labels that could not be read": result.get("skippedLabels"),
        "Values that were not finite": result.get("notFiniteValues"),
        "Records that could not be read": result.get("skippedRecords"),
        "Records of other models": result.get("otherModelsRecords"),
    }
    yield '<table class="facts">'
    for name, value in facts.items():
        if value:
            yield f"<tr><th>{name}</th><td>{_text(value)}</td></tr>"
    yield "</table>"


def _features(result: Mapping[str, Any], pictures: Mapping[str, Sequence[Part]]) -> Iterator[str]:
    features: Mapping[str, Mapping[str, Any]] = result["features"]
    if not features:
        return
    yield "<h2>Features</h2>"
    yield "<p>A feature has drifted when its distance, 0 to 1, is above the threshold; chance alone is 0.</p>"
    yield (
        '<p class="key"><span><svg><rect class="reference" width="100%" height="100%"/></svg> reference</span>'
        '<span><svg><rect class="window" width="100%" height="100%"/></svg> window</span></p>'
    )
    yield '<table class="features">'
    yield "<tr><th>Feature</th><th>Drift</th><th>Measured</th><th>Missing</th><th>Share of the values</th></tr>"
    for place, name in enumerate(in_order(features)):
        found = features[name]
        verdict = '<td class="drifted">drifted</td>' if found["drifted"] else "<td>no</td>"
        parts = pictures.get(name, ()) if place < PICTURED else ()
        yield (
            f"<tr><td>{_text(name)}</td>{verdict}"
            f'<td class="number">{_text(_measured(found))}</td>'
            f'<td class="number">{_percent(found.get("missingShare", 0.0))}</td>'
            f"<td>{_picture(parts)}</td></tr>"
        )
    yield "</table>"


def in_order(features: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Drifted ones first, those that drifted furthest before others; then by name."""
    return sorted(features, key=lambda name: (not features[name]["drifted"], -features[name]["score"], name))


def _picture(parts: Sequence[Part]) -> str:
    """Two bars for each part; pointing at them tells the numbers."""
    if not parts:
        return ""
    highest = max(max(part.reference, part.window) for part in parts) or 1.0
    width, height = 10 * len(parts), 36
    bars = []
    for place, part in enumerate(parts):
        told = f"{part.label}: reference {_percent(part.reference)}, window {_percent(part.window)}"
        sides = (("reference", part.reference, 0), ("window", part.window, 4))
        rects = "".join(
            f'<rect class="{side}" x="{10 * place + offset}" width="4" '
            f'y="{height - height * share / highest:.1f}" height="{height * share / highest:.1f}"/>'
            for side, share, offset in sides
        )
        bars.append(f"<g><title>{_text(told)}</title>{rects}</g>")
    return f'<svg width="{width}" height="{height}" role="img">{"".join(bars)}</svg>'


def _verdict(kind: str, text: str) -> str:
    return f'<p class="verdict {kind}">{_text(text)}</p>'


def _measured(found: Mapping[str, Any]) -> str:
    threshold = found.get("threshold")
    limit = "" if threshold is None else f", threshold {_number(threshold)}"
    return f"{found['method']} {_number(found['score'])}{limit}"


def _counted(result: Mapping[str, Any]) -> int:
    return len(result["features"]) + int(result.get("omittedFeatures", 0))


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _number(value: float) -> str:
    return f"{value:.4g}"


def _text(value: object) -> str:
    text = str(value)
    return html.escape(STRANGE.sub("\N{REPLACEMENT CHARACTER}", text))


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ContractError(f"MLOPS_MAX_DRIFT_SHARE must be a number from 0 to 1, got '{text}'")
    return share


def _gates(text: str) -> list[Mapping[str, Any]]:
    try:
        return [
            {
                "metric": str(gate["metric"]),
                "threshold": float(gate["threshold"]),
                "higherIsBetter": bool(gate["higherIsBetter"]),
            }
            for gate in json.loads(text)
        ]
    except (ValueError, TypeError, KeyError) as error:
        wanted = "a JSON list of metric, threshold and higherIsBetter"
        raise ContractError(f"MLOPS_QUALITY_GATES must be {wanted}, got '{text}'") from error
