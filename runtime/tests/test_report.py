"""`report.html`: a page that says what the stack decides, and in which no text of a caller is more than text."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlops_runtime import ContractError, Feature, Reference, Schema
from mlops_runtime.capture import sagemaker
from mlops_runtime.monitoring import monitor
from mlops_runtime.pictures import draw
from mlops_runtime.report import About, Part, in_order, page

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)
HOSTILE = [
    "</script><script>window.pwned=1</script>",
    '"><img src=x onerror=alert(1)>',
    "'onload='alert(1)",
    "<!--<svg/onload=alert(1)>",
    "&lt;script&gt;",
    "line\u2028end\u2029",
    "\u202efdp.exe",
    "\ud800",
    "a\x00b",
]
ALLOWED = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "tr", "th", "td", "span"}
DRAWN = {"svg", "rect", "g"}


class Page(HTMLParser):
    """The page as a browser takes it apart: elements with their attributes, and text by the element that it is in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "rect"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, "elements are closed in the order in which they were opened"

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open:
            self.texts.append((self._open[-1], data))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def of(self, tag: str) -> list[str]:
        return [text for element, text in self.texts if element == tag]


def checked(text: str) -> Page:
    """The page, of which every element and attribute is one of ours."""
    found = Page(text)
    assert {tag for tag, _ in found.elements} <= ALLOWED | DRAWN
    names = {name for _, attributes in found.elements for name in attributes}
    assert names <= {"lang", "charset", "content", "http-equiv", "name", "class", "role", "x", "y", "width", "height"}
    policies = [attributes["content"] for _, attributes in found.elements if "http-equiv" in attributes]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"]
    assert len(found.of("h1")) == 1
    text.encode("utf-8")
    return found


def measured(share: float, count: int = 10, **more: Any) -> dict[str, Any]:
    drifted = round(share * count)
    features = {
        f"f{number}": {
            "score": 0.01 * (number + 1) if number < drifted else 0.9,
            "drifted": number < drifted,
            "method": "K-S distance",
            "threshold": 0.05,
            "missingShare": 0.125,
        }
        for number in range(count)
    }
    return {
        "driftShare": drifted / count,
        "driftedFeatures": drifted,
        "features": features,
        "rows": 120,
        "referenceRows": 400,
        **more,
    }


@pytest.mark.parametrize(
    ("share", "limit", "verdict"),
    [
        (0.4, "0.3", "Drift: 40 % of the features drifted, more than 30 %"),
        (0.4, "0.5", "No drift: 40 % of the features drifted, not more than 50 %"),
        (0.3, "0.3", "No drift: 30 % of the features drifted, not more than 30 %"),
        (0.4, "", "Drift: 40 % of the features drifted, more than 30 %"),
    ],
)
def test_the_verdict_is_the_alarms(share: float, limit: str, verdict: str) -> None:
    about = About.of({"MLOPS_MAX_DRIFT_SHARE": limit})
    found = checked(page(about, measured(share)))
    assert found.of("p")[0] == verdict
    assert [text for text in found.of("p") if "rift:" in text or "No drift" in text] == [verdict]


def test_the_head_says_what_was_compared() -> None:
    env = {
        "MLOPS_MODEL_NAME": "churn",
        "MLOPS_MODEL_VERSION": "7",
        "MLOPS_ENDPOINT_NAME": "churn-live",
        "MLOPS_WINDOW_START": "2026-01-01T00:00:00Z",
        "MLOPS_WINDOW_END": "2026-01-02T00:00:00Z",
        "MLOPS_MAX_DRIFT_SHARE": "0.25",
        "MLOPS_QUALITY_GATES": json.dumps(
            [
                {"metric": "accuracy", "threshold": 0.9, "higherIsBetter": True},
                {"metric": "mae", "threshold": 3, "higherIsBetter": False},
                {"metric": "unmeasured", "threshold": 3, "higherIsBetter": False},
            ]
        ),
    }
    result = measured(
        0.2,
        labelledRows=57,
        quality={"accuracy": 0.875, "mae": 2.5},
        skippedRecords=3,
        prediction={"score": 0.31, "drifted": False, "method": "Le Cam distance", "threshold": 0.1},
    )
    found = checked(page(About.of(env), result))
    assert found.of("title")[0] == found.of("h1")[0] == "Drift of churn version 7"
    cells = found.of("th")[:9], found.of("td")[:9]
    assert dict(zip(*cells, strict=True)) == {
        "Model": "churn",
        "Version": "7",
        "Endpoint": "churn-live",
        "Window": "2026-01-01T00:00:00Z to 2026-01-02T00:00:00Z",
        "Rows": "120, compared with 400 of the reference",
        "Drifted features": "2 of 10; more than a share of 0.25 is drift",
        "Answers": "not drifted, Le Cam distance 0.31, threshold 0.1",
        "Quality": "accuracy 0.875, mae 2.5, from 57 rows with labels",
        "Records that could not be read": "3",
    }
    assert found.of("p")[1:3] == [
        "Quality is too low: accuracy is 0.875, at least 0.9 is asked for",
        "Quality holds: mae is 2.5, at most 3 is asked for",
    ]


def test_drifted_features_come_first_the_furthest_beyond_the_threshold_at_the_top() -> None:
    features = {
        "calm": {"score": 0.0, "drifted": False, "threshold": 0.1},
        "nearly": {"score": 0.09, "drifted": False, "threshold": 0.1},
        "a little": {"score": 0.14, "drifted": True, "threshold": 0.1},
        "very": {"score": 0.8, "drifted": True, "threshold": 0.1},
        "gone": {"score": 1.0, "drifted": True, "threshold": 0.1},
    }
    assert in_order(features) == ["gone", "very", "a little", "nearly", "calm"]


def test_a_window_of_too_few_rows_has_a_page_too() -> None:
    result = {"driftShare": 0.0, "driftedFeatures": 0, "features": {}, "rows": 4, "referenceRows": 9, "reason": "4 <b>"}
    found = checked(page(About(model="churn"), result))
    assert found.of("title")[0] == "Drift of churn"
    assert found.of("p") == ["Drift was not judged: 4 <b>"]
    assert "No drift" not in page(About(), result) and "Drifted features" not in found.of("th")


@given(st.lists(st.one_of(st.text(), st.sampled_from(HOSTILE)), min_size=5, max_size=5))
def test_no_text_becomes_more_than_text(texts: list[str]) -> None:
    model, name, method, label, version = texts
    feature = {"score": 0.2, "drifted": True, "method": method, "threshold": 0.05}
    result = {**measured(0.2), "features": {name: feature}, "prediction": feature, "quality": {label: 0.5}}
    checked(page(About(model=model, version=version, endpoint=label), result, {name: [Part(label, 0.5, 0.25)]}))


def test_what_callers_send_cannot_run_in_the_report(tmp_path: Path) -> None:
    chance = random.Random(1)
    schema = Schema([Feature("clinic", "categorical"), Feature("</script><script>a", "categorical"), Feature("age")])
    known = [[chance.choice("abc"), "x", chance.gauss(0, 1)] for _ in range(60)]
    Reference(schema, known, [1] * 60).write(tmp_path / "reference")
    rows = [[HOSTILE[number % len(HOSTILE)], "x", 1.5] for number in range(40)]
    body = json.dumps({"instances": rows}).encode()
    answer = json.dumps({"predictions": [1] * 40}).encode()
    line = sagemaker.line((body, "application/json"), (answer, "application/json"), "e", NOON + timedelta(1), "i")
    (tmp_path / "captured").mkdir()
    (tmp_path / "captured" / "0.jsonl").write_text(line + "\n")
    monitor(
        {f"MLOPS_{name.upper()}_DIR": str(tmp_path / name) for name in ("captured", "reference", "labels", "output")}
    )
    text = (tmp_path / "output" / "report.html").read_text(encoding="utf-8")
    found = checked(text)
    assert any("</script><script>window.pwned=1</script>: reference 0 %" in told for told in found.of("title"))
    assert len(text) < 100_000


def test_pictures_count_every_value_once_whatever_its_size() -> None:
    chance = random.Random(3)
    numbers = [chance.gauss(0, 1) for _ in range(200)]
    reference = pd.DataFrame(
        {
            "usual": numbers,
            "endless": [(-1) ** i * 1.7e308 * (1 - i / 1000) for i in range(200)],
            "outlier": [*numbers[:199], 1e300],
            "few": [1.0, 2.0] * 100,
            "many": [str(i % 50) for i in range(200)],
            "gone": [None] * 200,
        }
    )
    current = reference.head(50).assign(gone="x")
    pictures = draw(reference, current, ["usual", "endless", "outlier", "few"])
    for name, parts in pictures.items():
        shares = [sum(part.reference for part in parts), sum(part.window for part in parts)]
        assert shares == pytest.approx([0.0 if name == "gone" else 1.0, 1.0]), name
    assert [len(parts) for parts in pictures.values()] == [20, 20, 20, 2, 13, 1]
    assert pictures["many"][-1].label == "38 others"
    assert [part.label for part in pictures["few"]] == ["1", "2"]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("MLOPS_MAX_DRIFT_SHARE", "30%", "MLOPS_MAX_DRIFT_SHARE must be a number from 0 to 1, got '30%'"),
        ("MLOPS_MAX_DRIFT_SHARE", "30", "MLOPS_MAX_DRIFT_SHARE must be a number from 0 to 1, got '30'"),
        (
            "MLOPS_QUALITY_GATES",
            '[{"metric": "auc"}]',
            "MLOPS_QUALITY_GATES must be a JSON list of metric, threshold and higherIsBetter, "
            """got '[{"metric": "auc"}]'""",
        ),
    ],
)
def test_what_the_workflow_says_is_checked(name: str, value: str, message: str) -> None:
    with pytest.raises(ContractError) as caught:
        About.of({name: value})
    assert str(caught.value) == message
