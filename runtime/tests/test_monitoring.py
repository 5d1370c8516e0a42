"""The `monitor` verb in this process: labels, windows, and the numbers for every kind of model."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlops_runtime import ContractError, Feature, Reference, Schema
from mlops_runtime.capture import azureml, sagemaker, vertex
from mlops_runtime.evaluation import MAX_BYTES
from mlops_runtime.labels import Labels, read_labels
from mlops_runtime.monitoring import fitting, monitor
from mlops_runtime.window import _moment

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)
SCHEMA = Schema([Feature("age"), Feature("flat"), Feature("city", "categorical")], outputs=["prediction", "score"])
Row = list[Any]


class Case:
    """A reference, captured traffic and labels in folders of their own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("captured", "reference", "labels"):
            (root / name).mkdir()

    def reference(self, rows: Sequence[Row], answers: Sequence[Any], schema: Schema = SCHEMA) -> None:
        Reference(schema, rows, answers).write(self.root / "reference")

    def request(self, number: int, rows: Sequence[Row], answers: Sequence[Any] | None) -> None:
        """One captured request with the inference id `id-<number>`, that many minutes after noon."""
        answer = None if answers is None else (json.dumps({"predictions": answers}).encode(), "application/json")
        line = sagemaker.line(
            (json.dumps({"instances": rows}).encode(), "application/json"),
            answer,
            f"event-{number}",
            NOON + timedelta(minutes=number),
            f"id-{number}",
        )
        (self.root / "captured" / f"{number:04d}.jsonl").write_text(line + "\n")

    def labels(self, lines: Sequence[str], name: str = "labels.csv") -> None:
        (self.root / "labels" / name).write_text("\n".join(lines))

    def monitor(self, **variables: str) -> dict[str, Any]:
        places = {f"MLOPS_{name.upper()}_DIR": str(self.root / name) for name in ("captured", "reference", "labels")}
        # A label or two are enough where a test is about something else.
        usual = {"MLOPS_MIN_LABELS": "1", "MLOPS_OUTPUT_DIR": str(self.root / "out")}
        monitor({**places, **usual, **variables})
        return dict(json.loads((self.root / "out" / "drift.json").read_text()))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def people(count: int, seed: int, age: float = 40.0, cities: str = "abc") -> list[Row]:
    chance = random.Random(seed)
    return [[round(chance.gauss(age, 5), 3), 1, chance.choice(cities)] for _ in range(count)]


def answers(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [{"prediction": int(row[0] > 40), "score": min(1.0, max(0.0, row[0] / 80))} for row in rows]


def test_numeric_constant_and_categorical_features_each_get_a_score_and_a_method(case: Case) -> None:
    known, now = people(300, seed=1), people(80, seed=2, cities="abd")
    case.reference(known, answers(known))
    for number, row in enumerate(now):
        case.request(number, [row], answers([row]))
    drift = case.monitor()
    assert drift["rows"] == 80 and drift["referenceRows"] == 300
    assert {name: (found["drifted"], found["method"]) for name, found in drift["features"].items()} == {
        "age": (False, "K-S distance"),
        "flat": (False, "Le Cam distance"),
        "city": (True, "Le Cam distance"),
    }
    assert (drift["driftedFeatures"], drift["driftShare"]) == (1, 1 / 3)
    assert {feature["threshold"] for feature in drift["features"].values()} == {0.1}
    assert drift["features"]["age"]["score"] == 0 and drift["features"]["age"]["pValue"] > 0.02
    assert drift["features"]["city"]["score"] > 0.5 and drift["features"]["city"]["pValue"] < 1e-6
    assert drift["prediction"]["drifted"] is False


@pytest.mark.parametrize("rows", [40, 999, 1001])
def test_a_score_has_one_direction_at_every_number_of_rows(case: Case, rows: int) -> None:
    known = people(1200, seed=1)
    case.reference(known, answers(known))
    scores = []
    for age in (40.0, 43.0, 46.0, 60.0):
        now = people(rows, seed=2, age=age)
        case.request(0, now, answers(now))
        found = case.monitor()["features"]
        assert found["age"]["drifted"] == (found["age"]["score"] > found["age"]["threshold"])
        assert not found["city"]["drifted"] and found["city"]["score"] <= 0.1
        scores.append(found["age"]["score"])
    assert scores == sorted(scores), "more drift is a higher score"
    assert scores[0] == 0 and 0.2 < scores[1] < scores[2] < scores[3] and scores[3] > 0.9


def test_the_report_shows_the_same_scores_with_the_drifted_features_first(case: Case) -> None:
    known, now = people(300, seed=1), people(300, seed=2, age=60, cities="abcd")
    case.reference(known, answers(known))
    case.request(0, now, answers(now))
    found = case.monitor()["features"]
    page = (case.root / "out" / "report.html").read_text()
    assert found["age"]["score"] > found["city"]["score"] > found["flat"]["score"] == 0
    for name in ("age", "city"):
        assert f"{found[name]['score']:.4g}, threshold 0.1" in page
    assert page.index("<td>age</td>") < page.index("<td>city</td>") < page.index("<td>flat</td>")


@pytest.mark.parametrize(("reference", "rows"), [(3000, 40), (3000, 200), (300, 3000)])
def test_sides_of_unequal_size_from_one_population_have_not_drifted(case: Case, reference: int, rows: int) -> None:
    schema = Schema([*(Feature(f"n{i}") for i in range(5)), *(Feature(f"c{i}", "categorical") for i in range(5))])
    chance = random.Random(4)

    def sample(count: int) -> list[Row]:
        numbers = [[chance.gauss(0, 1) for _ in range(5)] for _ in range(count)]
        return [[*row, *(chance.choice("abcdefgh") for _ in range(5))] for row in numbers]

    case.reference(sample(reference), ["x"] * reference, schema)
    case.request(0, sample(rows), None)
    assert case.monitor()["driftedFeatures"] <= 1


def test_the_last_digits_of_a_number_are_no_drift_and_no_size_of_it_is_a_failure(case: Case) -> None:
    schema = Schema([Feature(name) for name in ("single", "sum", "large", "endless", "small")])
    known = [[0.10000000149011612, 0.1 + 0.2, 1e17, (-1) ** i * 1.7e308, 5e-324] for i in range(50)]
    case.reference(known, ["x"] * 50, schema)
    case.request(0, [[0.1, 0.3, 1e17, (-1) ** i * 1.7e308, 5e-324] for i in range(40)], None)
    drift = case.monitor()
    assert (drift["driftedFeatures"], len(drift["features"])) == (0, 5)


def test_the_unit_and_the_offset_of_a_number_do_not_matter(case: Case) -> None:
    schema = Schema([Feature(name) for name in ("plain", "small", "large", "moment", "constant")])
    chance = random.Random(3)

    def rows(count: int, shift: float) -> list[Row]:
        values = [chance.gauss(shift, 1) for _ in range(count)]
        return [[value, value * 1e-5, value * 1e17, 1.7e9 + value, 0.1 + 0.2 * (shift == 9)] for value in values]

    case.reference(rows(1200, 0), ["x"] * 1200, schema)
    case.request(0, rows(1200, 0), None)
    assert case.monitor()["driftedFeatures"] == 0
    case.request(0, rows(1200, 1), None)
    found = case.monitor()["features"]
    assert [feature["drifted"] for feature in found.values()] == [True, True, True, True, False]
    assert [feature["score"] for feature in list(found.values())[:4]] == pytest.approx([found["plain"]["score"]] * 4)


def test_one_outlier_neither_hides_a_shift_nor_is_one(case: Case) -> None:
    known, now = people(1200, seed=1), people(1200, seed=2)
    case.reference([[1e12, 1, "a"], *known], answers([known[0], *known]))
    case.request(0, now, answers(now))
    assert case.monitor()["driftedFeatures"] == 0
    now = people(1200, seed=2, age=43)
    case.request(0, [*now, [-1e12, 1, "a"]], answers([*now, now[0]]))
    assert case.monitor()["features"]["age"]["drifted"]


@pytest.mark.parametrize("rows", [900, 1001])
def test_the_number_of_categories_does_not_matter(case: Case, rows: int) -> None:
    schema = Schema([Feature(f"c{count}", "categorical") for count in (2, 50, 100, 300)])

    def sample(seed: int) -> list[Row]:
        chance = random.Random(seed)
        return [[f"v{chance.randrange(count)}" for count in (2, 50, 100, 300)] for _ in range(rows)]

    case.reference(sample(1), ["x"] * rows, schema)
    case.request(0, sample(2), None)
    assert case.monitor()["driftedFeatures"] == 0
    case.request(0, [[f"v{int(value[1:]) // 2}" for value in row] for row in sample(2)], None)
    assert case.monitor()["driftedFeatures"] == 4


def test_a_category_has_one_spelling_whichever_way_it_came(case: Case) -> None:
    schema = Schema([Feature("level", "categorical"), Feature("code", "categorical")])
    known = [[number % 3 + 0.0, "007" if number % 2 else "1_2"] for number in range(300)]
    case.reference(known, ["x"] * 300, schema)
    body = "".join(f"{number % 3}.0,{'007' if number % 2 else '1_2'}\n" for number in range(100))
    line = sagemaker.line((body.encode(), "text/csv"), None, "csv", NOON)
    (case.root / "captured" / "a.jsonl").write_text(line + "\n")
    case.request(1, [[number % 3, "007" if number % 2 else "1_2"] for number in range(100)], None)
    case.request(2, [[str(number % 3), "007" if number % 2 else "1_2"] for number in range(100)], None)
    assert case.monitor()["driftedFeatures"] == 0
    case.request(3, [[number % 3, "7" if number % 2 else "12"] for number in range(300)], None)
    found = case.monitor()["features"]
    assert (found["level"]["drifted"], found["code"]["drifted"]) == (False, True)


def test_a_class_is_no_number_that_python_alone_would_read(case: Case) -> None:
    known = [[float(number)] for number in range(40)]
    schema = Schema([Feature("age")])
    case.reference(known, ["12"] * 40, schema)
    for number, row in enumerate(known):
        case.request(number, [row], ["12"])
    case.labels(["inferenceId,label", *(f"id-{number},1_2" for number in range(40))])
    assert case.monitor()["quality"]["accuracy"] == 0


@pytest.mark.parametrize(
    "category", ["a\rb", "a\r\nb", "a\nb", 'a"b', "a,b", " a ", "NA", "nan", "null", "ä\u2028ö", "\ud83d"]
)
def test_a_category_is_the_same_in_the_reference_whatever_is_in_it(case: Case, category: str) -> None:
    schema = Schema([Feature("age"), Feature("city", "categorical")])
    case.reference([[number, category] for number in range(60)], [category] * 60, schema)
    case.request(0, [[number, category] for number in range(60)], [category] * 60)
    drift = case.monitor()
    assert (drift["referenceRows"], drift["driftedFeatures"], drift["features"]["city"]["missingShare"]) == (60, 0, 0)
    assert not drift["prediction"]["drifted"]


def test_values_that_come_once_are_judged_together(case: Case) -> None:
    schema = Schema([Feature("id", "categorical"), Feature("city", "categorical")])
    case.reference([[f"a{i}", "abc"[i % 3]] for i in range(60)], ["x"] * 60, schema)
    case.request(0, [[f"b{i}", f"new{i}"] for i in range(40)], None)
    found = case.monitor()["features"]
    assert (found["id"]["drifted"], found["city"]["drifted"]) == (False, True)


@pytest.mark.parametrize("spelling", ["true", "True", "1", "1.0"])
def test_an_answer_of_yes_or_no_is_the_same_in_the_log_the_reference_and_the_labels(case: Case, spelling: str) -> None:
    schema = Schema([Feature("age")], outputs=("prediction", "score"), positive="true")
    known = [[float(number)] for number in range(40)]
    answered = [{"prediction": row[0] >= 20, "score": row[0] / 40} for row in known]
    case.reference(known, answered, schema)
    for number, row in enumerate(known):
        case.request(number, [row], [answered[number]])
    case.labels(["inferenceId,label", *(f"id-{number},{spelling}" for number in range(20, 40)), "id-0,false"])
    drift = case.monitor()
    assert drift["prediction"]["drifted"] is False
    assert drift["quality"] == {"accuracy": 1.0, "f1": 1.0, "auc": 1.0}


def test_labels_and_answers_that_are_no_numbers_do_not_hide_the_others(
    case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    schema = Schema([Feature("age")], task="regression")
    known = [[float(number)] for number in range(40)]
    case.reference(known, [1.0] * 40, schema)
    for number, answer in enumerate((1.0, 1.0, "much", None)):
        case.request(number, [[1.0]], [answer])
    case.labels(["inferenceId,label", "id-0,2", "id-1,n/a", "id-2,2", "id-3,2"])
    drift = case.monitor()
    assert (drift["labelledRows"], drift["quality"]) == (1, {"mae": 1.0, "rmse": 1.0})
    assert drift["unusableLabels"] == 2
    assert "labels or answers that are no numbers are left out" in caplog.messages


def test_a_score_that_is_no_number_costs_the_area_alone(case: Case) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    for number, score in enumerate((0.2, "high", 0.9)):
        case.request(number, known[:1], [{"prediction": int(number > 0), "score": score}])
    case.labels(["inferenceId,label", "id-0,0", "id-1,1", "id-2,1"])
    assert case.monitor(MLOPS_MIN_LABELS="3")["quality"] == {"accuracy": 1.0, "f1": 1.0}
    assert case.monitor(MLOPS_MIN_LABELS="2")["quality"]["auc"] == 1.0, "two rows have a score"


def test_a_feature_that_vanished_has_drifted(case: Case) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    now = [[None, flat, city] for _, flat, city in people(40, seed=2)]
    case.request(0, now, [0] * 40)
    age = case.monitor()["features"]["age"]
    assert age == {
        "score": 1.0,
        "drifted": True,
        "method": "no value in the window",
        "threshold": 0.1,
        "missingShare": 1.0,
    }


def test_a_window_of_missing_values_alone_is_full_drift(case: Case) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    case.request(0, [[None, None, None]] * 40, None)
    drift = case.monitor()
    assert drift["driftShare"] == 1.0
    assert "<html" in (case.root / "out" / "report.html").read_text()


def test_too_few_rows_give_quality_but_no_drift(case: Case) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    case.request(0, known[:1], [{"prediction": 1, "score": 0.9}])
    case.request(1, known[1:2], [{"prediction": 1, "score": 0.8}])
    case.labels(["inferenceId,label", "id-0,1", "id-1,0.0"])
    drift = case.monitor()
    assert drift["reason"] == "2 rows are too few to judge drift, at least 30 are needed"
    assert (drift["driftShare"], drift["features"], drift["labelledRows"]) == (0.0, {}, 2)
    assert drift["quality"] == {"accuracy": 0.5, "f1": pytest.approx(1 / 3), "auc": 1.0}
    assert "reason" not in case.monitor(MLOPS_MIN_ROWS="2")


def test_regression_is_judged_by_its_errors_and_its_prediction_as_a_number(case: Case) -> None:
    schema = Schema([Feature("age")], task="regression")
    known = [[float(number)] for number in range(50)]
    case.reference(known, [row[0] * 2 for row in known], schema)
    for number in range(40):
        case.request(number, [[float(number)]], [number * 2.0])
    case.labels(["inferenceId,label", *(f"id-{number},{number * 2 + 1}" for number in range(40))])
    drift = case.monitor()
    assert drift["quality"]["mae"] == pytest.approx(1)
    assert drift["quality"]["rmse"] == pytest.approx(1)
    assert drift["quality"]["r2"] > 0.99
    assert drift["prediction"]["method"] == "K-S distance"


def test_a_window_in_time_is_half_open(case: Case) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    for number, row in enumerate(known):
        case.request(number, [row], None)
    day = "2026-01-02T"
    assert case.monitor(MLOPS_WINDOW_START=f"{day}12:10:00Z", MLOPS_WINDOW_END=f"{day}12:15:00Z")["rows"] == 5
    assert case.monitor(MLOPS_WINDOW_START=f"{day}14:55:00+02:00")["rows"] == 5
    with pytest.raises(ContractError, match="MLOPS_WINDOW_END must be a time like 2026-01-31T12:00:00Z, got 'noon'"):
        case.monitor(MLOPS_WINDOW_END="noon")


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        ("2026-01-02 12:30:15 UTC", 0),
        ("2026-01-02 12:30:15.2 UTC", 200_000),
        ("2026-01-02 12:30:15.25 UTC", 250_000),
        ("2026-01-02 12:30:15.250001 UTC", 250_001),
        ("2026-01-02T12:30:15.250001999Z", 250_001),
        ("2026-01-02T12:30:15z", 0),
        ("2026-01-02T14:30:15+02:00", 0),
        ("2026-01-02 09:00:15-0330", 0),
        ("2026-01-02 13:30:15+01", 0),
        (" 2026-01-02 12:30:15 ", 0),
    ],
)
def test_times_are_read_as_every_cloud_writes_them(text: str, microsecond: int) -> None:
    assert _moment(text) == datetime(2026, 1, 2, 12, 30, 15, microsecond, tzinfo=timezone.utc)


def test_a_day_or_a_minute_is_a_time_and_a_date_that_is_none_is_not() -> None:
    assert _moment("2026-01-02") == NOON.replace(hour=0)
    assert _moment("2026-01-02T12:00") == NOON
    for text in ("2026-13-02", "2026-01-02T25:00", "1767357015", "noon", "2026-01-02 12:00 CET"):
        with pytest.raises(ValueError):
            _moment(text)


class VertexCase(Case):
    """The same, with traffic in files that BigQuery exported."""

    def log(self, name: str, lines: Sequence[str]) -> None:
        (self.root / "captured" / name).write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))

    def monitor(self, **variables: str) -> dict[str, Any]:
        return super().monitor(**{"MLOPS_CAPTURE_FORMAT": "vertex", **variables})


def vertex_rows(count: int, seed: int, model: str, age: float = 40.0, first: int = 0) -> list[str]:
    """Requests by name with an id of their own, one a minute."""
    lines = []
    for number, row in enumerate(people(count, seed, age), start=first):
        instance = dict(zip(SCHEMA.names, row, strict=True), inference_id=number)
        time = NOON + timedelta(minutes=number)
        lines.append(vertex.line([instance], answers([row]), 10**20 + number, time, deployed_model_id=model))
    return lines


@pytest.fixture
def vertex_case(tmp_path: Path) -> VertexCase:
    case = VertexCase(tmp_path)
    known = people(300, seed=1)
    case.reference(known, answers(known))
    return case


def test_a_window_of_vertex_over_many_files_with_labels_by_the_rows_own_id(vertex_case: VertexCase) -> None:
    lines = vertex_rows(80, 2, "champion")
    vertex_case.log("000000000000.json.gz", lines[:50])
    vertex_case.log("000000000001.json.gz", [*lines[50:], lines[0]])
    vertex_case.labels(
        [json.dumps({"inference_id": 3, "label": 1}), json.dumps({"inference_id": 0.0, "label": 0})], "l.json"
    )
    (vertex_case.root / "labels" / "more.csv.gz").write_bytes(gzip.compress(b"inferenceId,label\n4,1\n"))
    drift = vertex_case.monitor()
    assert (drift["rows"], drift["labelledRows"]) == (80, 3)
    assert "skippedRecords" not in drift
    assert not any(feature["drifted"] for feature in drift["features"].values())
    assert not drift["prediction"]["drifted"], "1.0 of the log is the class 1 of the reference"
    window = {"MLOPS_WINDOW_START": "2026-01-02T12:10:00Z", "MLOPS_WINDOW_END": "2026-01-02 12:50:00 UTC"}
    assert vertex_case.monitor(**window)["rows"] == 40


def test_ids_that_vertex_rounded_join_no_other_requests_label(
    vertex_case: VertexCase, caplog: pytest.LogCaptureFixture
) -> None:
    lines = []
    for number, row in enumerate(people(100, seed=2)):
        instance = dict(zip(SCHEMA.names, row, strict=True), inference_id=2**60 + number)
        lines.append(vertex.line([instance], answers([row]), number, NOON))
    vertex_case.log("0.json.gz", lines)
    truths = [f"{2**60 + number},{int(row[0] > 40)}" for number, row in enumerate(people(100, seed=2))]
    vertex_case.labels(["inferenceId,label", *truths])
    drift = vertex_case.monitor()
    assert (drift["rows"], drift["labelledRows"], drift["roundedIds"], drift["labels"]) == (100, 0, 100, 100)
    warning = next(record for record in caplog.records if "are not exact any more" in record.message)
    assert vars(warning)["fields"] == {"count": 100}


def test_one_of_several_deployed_models_can_be_judged_alone(
    vertex_case: VertexCase, caplog: pytest.LogCaptureFixture
) -> None:
    vertex_case.log("0.json.gz", vertex_rows(60, 2, "champion") + vertex_rows(60, 3, "challenger", age=60, first=60))
    assert vertex_case.monitor()["features"]["age"]["drifted"]
    assert "several deployed models answered: MLOPS_DEPLOYED_MODEL_ID judges one" in caplog.messages
    caplog.clear()
    champion = vertex_case.monitor(MLOPS_DEPLOYED_MODEL_ID="champion")
    assert not champion["features"]["age"]["drifted"]
    assert (champion["rows"], champion["otherModelsRecords"]) == (60, 60)
    assert "several" not in caplog.text
    assert vertex_case.monitor(MLOPS_DEPLOYED_MODEL_ID="champion, challenger")["rows"] == 120
    nobody = vertex_case.monitor(MLOPS_DEPLOYED_MODEL_ID="retired")
    assert (nobody["rows"], nobody["otherModelsRecords"]) == (0, 120)


def test_a_time_that_is_no_text_does_not_hide_a_window(vertex_case: VertexCase) -> None:
    row = {**json.loads(vertex_rows(1, 2, "m")[0]), "logging_time": 1767357015.25}
    vertex_case.log("0.json.gz", [json.dumps(row)])
    assert vertex_case.monitor(MLOPS_WINDOW_START="2026-01-02")["rows"] == 1


def test_the_numbers_stay_small_enough_for_a_workflow_and_keep_what_drifted() -> None:
    def feature(drifted: bool) -> dict[str, Any]:
        return {
            "score": 0.123456789,
            "drifted": drifted,
            "method": "K-S distance",
            "threshold": 0.05,
            "missingShare": 0.0,
        }

    wide = {f"feature_{number:05d}": feature(number % 10 == 7) for number in range(5000)}
    result = {"driftShare": 0.1, "driftedFeatures": 500, "features": wide, "rows": 40, "referenceRows": 400}
    shown = fitting(result)
    assert MAX_BYTES - 200 < len(json.dumps(shown, separators=(",", ":"))) < MAX_BYTES
    assert (shown["driftShare"], shown["driftedFeatures"]) == (0.1, 500)
    assert len(shown["features"]) + shown["omittedFeatures"] == 5000
    assert sum(known["drifted"] for known in shown["features"].values()) == 500
    assert list(shown["features"]) == sorted(shown["features"]), "the schema's order"
    narrow = {**result, "features": {"a": feature(True)}}
    assert fitting(narrow) is narrow


def test_records_that_do_not_fit_are_counted_and_a_window_of_them_alone_is_a_failure(case: Case) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    case.request(0, [[1, 2]], [0])
    case.request(1, known[:2], [0])
    with pytest.raises(ContractError, match="none of 2 captured records could be read, the log says why"):
        case.monitor()
    case.request(2, known, answers(known))
    assert case.monitor()["skippedRecords"] == 2


def test_labels_join_by_request_by_row_and_by_the_rows_own_id(case: Case) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    case.request(0, known[:1], [0])
    case.request(1, known[1:3], [1, 1])
    own = [
        dict(zip(SCHEMA.names, row, strict=True), inference_id=f"own-{number}") for number, row in enumerate(known[3:5])
    ]
    case.request(2, own, [0, 0])  # type: ignore[arg-type]
    case.request(3, known[5:6], [1])
    case.labels(["inferenceId,label", "event-0,0", "id-1,9", "id-1#1,1", "own-0,1", "nobody,1", "id-3,"])
    drift = case.monitor()
    assert drift["labelledRows"] == 3, "a request of two rows needs a label for each"
    assert drift["quality"]["accuracy"] == pytest.approx(2 / 3)
    case.labels([json.dumps({"inferenceId": "own-0", "label": 0})], name="later.jsonl")
    assert case.monitor()["quality"]["accuracy"] == 1, "a later file corrects an earlier one"


def test_an_answer_that_failed_does_not_hide_the_others(case: Case) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    case.request(0, known, answers(known))
    case.request(1, known[:1], [{"error": "the prediction failed"}])
    case.labels(["inferenceId,label", "id-1,1"])
    drift = case.monitor()
    assert drift["rows"] == 61 and "prediction" in drift
    assert (drift["labelledRows"], "quality" in drift) == (0, False)
    assert drift["qualityReason"] == "none of 1 labels belongs to an answer of the window"


def test_a_reference_that_is_not_one_is_a_failure(case: Case) -> None:
    with pytest.raises(ContractError, match="no schema.json in"):
        case.monitor()
    SCHEMA.save(case.root / "reference")
    with pytest.raises(ContractError, match="no data.csv in"):
        case.monitor()
    (case.root / "reference" / "data.csv").write_text("age,city\n1,a\n")
    with pytest.raises(ContractError, match="it lacks \\['flat'\\]"):
        case.monitor()
    with pytest.raises(ContractError, match="MLOPS_MIN_ROWS must be a whole number, got 'few'"):
        known = people(5, seed=1)
        case.reference(known, answers(known))
        case.monitor(MLOPS_MIN_ROWS="few")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("NA,1,a,0", "row 2: feature 'age' must be a number, got 'NA'"),
        ("inf,1,a,0", "row 2: feature 'age' must be finite, got 'inf'"),
        ("1e400,1,a,0", "row 2: feature 'age' must be finite, got '1e400'"),
        ("1_0,1,a,0", "row 2: feature 'age' must be a number, got '1_0'"),
        ("1,1,a,0,9,9", "is no CSV: Error tokenizing data"),
        ('1,1,"a', "is no CSV: Error tokenizing data"),
    ],
)
def test_a_reference_of_another_image_that_cannot_be_read_names_the_file_and_the_row(
    case: Case, line: str, reason: str
) -> None:
    SCHEMA.save(case.root / "reference")
    path = case.root / "reference" / "data.csv"
    path.write_text(f"age,flat,city,prediction\n1,1,a,0\n{line}\n")
    with pytest.raises(ContractError) as error:
        case.monitor()
    assert str(error.value).startswith(f"{path} ") and reason in str(error.value)


def test_a_reference_of_another_image_may_be_in_no_unicode_and_must_have_values(case: Case) -> None:
    SCHEMA.save(case.root / "reference")
    path = case.root / "reference" / "data.csv"
    path.write_bytes("age,flat,city\n1,1,Zürich\n".encode("latin-1"))
    with pytest.raises(ContractError, match="data.csv is no CSV: 'utf-8' codec"):
        case.monitor()
    path.write_text("age,flat,city\n1,,a\n2,,b\n")
    with pytest.raises(ContractError, match="data.csv has no value for feature 'flat'"):
        case.monitor()
    path.write_text("")
    with pytest.raises(ContractError, match="data.csv is no CSV: No columns"):
        case.monitor()
    number = Schema([Feature("age")], task="regression")
    number.save(case.root / "reference")
    path.write_text("age,prediction\n1,2\n2,inf\n")
    with pytest.raises(ContractError, match="data.csv row 2: feature 'prediction' must be finite, got 'inf'"):
        case.monitor()


def test_a_reference_that_was_cut_short_is_recognised(case: Case) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    case.request(0, known, answers(known))
    path = case.root / "reference" / "data.csv"
    whole = path.read_bytes()
    for cut in (whole[: whole.rindex(b"\n", 0, -1) + 1], whole[:-5], whole[: len(whole) // 2]):
        path.write_bytes(cut)
        reason = f"data.csv is not whole: 60 rows make {len(whole)} bytes, it has {len(cut)}$"
        with pytest.raises(ContractError, match=reason):
            case.monitor()
    path.write_bytes(whole.replace(b"\n", b" ", 1))
    with pytest.raises(ContractError):
        case.monitor()
    path.write_bytes(whole)
    size = case.root / "reference" / "data.json"
    for text in ("", "[]", '{"rows": 60}', '{"rows": "many", "bytes": 1}'):
        size.write_text(text)
        with pytest.raises(ContractError, match="data.json must name the rows and bytes of data.csv"):
            case.monitor()
    size.unlink()
    assert case.monitor()["referenceRows"] == 60, "an image that keeps no size is believed"


def test_what_pandas_puts_for_a_missing_value_is_missing_in_a_reference(case: Case) -> None:
    import pandas as pd

    rows = [[1.0, 1, "a"], [pd.NA, 1, pd.NA], [pd.NaT, 1, pd.NaT], [float("nan"), 1, None]] * 20
    told = [{"prediction": 1, "score": 0.5}, {"prediction": pd.NA, "score": pd.NaT}, pd.NA, None] * 20
    Reference(SCHEMA, rows, told, [1, pd.NA, pd.NaT, float("nan")] * 20).write(case.root / "reference")
    text = (case.root / "reference" / "data.csv").read_text()
    assert text.splitlines()[:5] == ["age,flat,city,prediction,score,target", "1.0,1.0,a,1,0.5,1", *[",1.0,,,,"] * 3]
    case.request(0, [[1.0, 1, "a"], [None, 1, None], [None, 1, ""], [None, 1, None]] * 20, None)
    assert case.monitor()["driftedFeatures"] == 0


DAY = timedelta(days=1)


class LateCase(Case):
    """Thirty days of ten requests a day, each right until the sixteenth, whose labels come ten days later."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        known = people(300, seed=1)
        self.reference(known, answers(known))
        row = known[0]
        for day in range(30):
            for number in range(10):
                name = f"{day:02d}-{number}"
                moment = NOON + day * DAY + timedelta(minutes=number)
                body = json.dumps({"instances": [row]}).encode(), "application/json"
                told = json.dumps({"predictions": [{"prediction": int(day < 15), "score": 0.5}]}).encode()
                line = sagemaker.line(body, (told, "application/json"), f"event-{name}", moment, name)
                (root / "captured" / f"{name}.jsonl").write_text(line + "\n")
        self.labels(["inferenceId,label", *(f"{day:02d}-{number},1" for day in range(20) for number in range(10))])

    def run(self, day: int, **variables: str) -> dict[str, Any]:
        """A run whose window is that day."""
        start = NOON.replace(hour=0) + day * DAY
        window = {"MLOPS_WINDOW_START": start.isoformat(), "MLOPS_WINDOW_END": (start + DAY).isoformat()}
        return self.monitor(MLOPS_MIN_ROWS="1", **window, **variables)


def test_labels_that_come_late_are_joined_with_the_window_of_so_long_ago(tmp_path: Path) -> None:
    case = LateCase(tmp_path)
    soon = case.run(29)
    assert (soon["rows"], soon["labelledRows"]) == (10, 0), "of that day no label has come"
    late = case.run(29, MLOPS_LABEL_DELAY_DAYS="10")
    assert (late["rows"], late["labelledRows"], late["labelDelayDays"]) == (10, 10, 10)
    assert late["quality"]["accuracy"] == 0, "of day 19"
    assert case.run(24, MLOPS_LABEL_DELAY_DAYS="10")["quality"]["accuracy"] == 1, "of day 14"
    assert "labelDelayDays" not in case.run(29, MLOPS_LABEL_DELAY_DAYS="0")
    empty = case.run(35, MLOPS_LABEL_DELAY_DAYS="20")
    assert (empty["rows"], empty["labelledRows"], "reason" in empty) == (0, 10, True)


def test_what_another_version_answered_does_not_count_for_the_quality_of_the_live_one(tmp_path: Path) -> None:
    case = LateCase(tmp_path)
    delay = {"MLOPS_LABEL_DELAY_DAYS": "10"}
    since = case.run(29, **delay, MLOPS_LIVE_SINCE="2026-01-21T12:05:00Z")
    assert (since["rows"], since["labelledRows"]) == (10, 5)
    none = case.run(29, **delay, MLOPS_LIVE_SINCE="2026-01-25T00:00:00Z")
    assert (none["rows"], none["labelledRows"]) == (10, 0)
    assert case.run(15, MLOPS_LIVE_SINCE="2026-01-17T12:05:00Z")["labelledRows"] == 5, "without a delay as well"


def test_a_record_without_a_time_is_of_the_window_and_of_none_long_ago(tmp_path: Path) -> None:
    case = LateCase(tmp_path)
    event = json.loads((case.root / "captured" / "00-0.jsonl").read_text())
    event["eventMetadata"] = {"eventId": "timeless", "inferenceId": "19-0"}
    (case.root / "captured" / "timeless.jsonl").write_text(json.dumps(event) + "\n")
    assert case.run(19)["labelledRows"] == 11
    late = case.run(29, MLOPS_LABEL_DELAY_DAYS="10")
    assert (late["rows"], late["labelledRows"]) == (11, 10)


def test_a_delay_needs_a_window_to_count_back_from(tmp_path: Path) -> None:
    case = LateCase(tmp_path)
    reason = "^MLOPS_LABEL_DELAY_DAYS counts back from MLOPS_WINDOW_START and MLOPS_WINDOW_END: set both$"
    with pytest.raises(ContractError, match=reason):
        case.monitor(MLOPS_LABEL_DELAY_DAYS="10", MLOPS_WINDOW_END="2026-01-21")
    with pytest.raises(ContractError, match="^MLOPS_LABEL_DELAY_DAYS must be a whole number, got '-1'$"):
        case.run(29, MLOPS_LABEL_DELAY_DAYS="-1")
    with pytest.raises(ContractError, match="^MLOPS_LIVE_SINCE must be a time like 2026-01-31T12:00:00Z, got 'long'$"):
        case.run(29, MLOPS_LIVE_SINCE="long")


def test_labels_come_in_three_shapes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\ufeffinference_id,label,note\nx,1,\ny,,late\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"inferenceId": "z", "label": 0}\n\n')
    truth = {
        "groundTruthData": {"data": "1", "encoding": "CSV"},
        "eventMetadata": {"eventId": "e"},
        "eventVersion": "0",
    }
    (tmp_path / "c.jsonl").write_text(json.dumps(truth) + "\n")
    assert read_labels(tmp_path) == Labels({"x": "1", "z": 0, "e": "1"})
    assert read_labels(tmp_path / "none") == Labels()


@pytest.mark.parametrize(
    ("name", "content", "skipped"),
    [
        ("cut.jsonl", b'{"inferenceId": "id-1", "label": 1}\n{"inferenceId": "id-2", "la', 1),
        ("no-header.csv", b"id-1,1\nid-2,0\n", 2),
        ("README.json", b'{\n  "about": "labels of the team"\n}\n', 3),
        ("ids.csv", b"inferenceId,label\n,1\n \t,1\nid-1,1\n", 2),
        ("null.jsonl", b'{"inferenceId": null, "label": 1}\n[1]\n{"inferenceId": "id-1"}\n', 3),
        ("early.csv", "inferenceId,label\nid-1,Zürich\nid-2,Bern\n".encode("latin-1"), 1),
        ("cut.csv", b"inferenceId,label\nid-1,1\nid-2", 1),
        ("comma.csv", b"inferenceId,label\nid-1,Bern, Switzerland\nid-2,Bern\n", 1),
        ("quote.csv", b'inferenceId,label\nid-1,"B"ern\nid-2,"Bern', 2),
        ("only-quote.csv", b'"inferenceId', 1),
        ("cut.csv.gz", gzip.compress(b"inferenceId,label\n" + bytes(range(256)) * 99)[:-9], 1),
        ("noise.csv.gz", b"\x1f\x8bnoise", 1),
        ("doubles.jsonl", b'{"inferenceId": 1.152921504606847e+18, "label": 1}\n', 1),
        ("infinite.jsonl", b'{"inferenceId": Infinity, "label": 1}\n{"inferenceId": [1], "label": 1}\n', 2),
    ],
)
def test_a_damaged_label_is_skipped_and_counted_and_hides_nothing(
    case: Case, name: str, content: bytes, skipped: int
) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    for number, row in enumerate(known[:40]):
        case.request(number, [row], answers([row]))
    case.labels(["inferenceId,label", *(f"id-{number},1" for number in range(40))])
    (case.root / "labels" / name).write_bytes(content)
    drift = case.monitor()
    assert drift["skippedLabels"] >= skipped if name == "cut.csv.gz" else drift["skippedLabels"] == skipped
    assert (drift["labelledRows"], len(drift["features"])) == (40, 3)
    (case.root / "labels" / "labels.csv").unlink()
    alone = case.monitor(MLOPS_MIN_LABELS="3")
    assert len(alone["features"]) == 3, "drift is measured whatever becomes of the labels"
    assert "quality" not in alone and alone["qualityReason"]


def test_a_header_may_have_spaces_and_ids_lose_theirs(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("inferenceId, label\n a , 1\n")
    (tmp_path / "b.jsonl").write_text('{"inferenceId": " b ", "label": "x"}\n')
    assert read_labels(tmp_path) == Labels({"a": " 1", "b": "x"})


def test_labels_that_join_nothing_leave_a_trace(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    for number, row in enumerate(known[:40]):
        case.request(number, [row], answers([row]))
    assert case.monitor()["qualityReason"] == "no label has come"
    case.labels(["inferenceId,label", *(f"{number}.0,1" for number in range(25))])
    drift = case.monitor()
    assert (drift["labels"], drift["labelledRows"]) == (25, 0)
    assert drift["qualityReason"] == "none of 25 labels belongs to an answer of the window"
    assert "no label has the id of a request with an answer in the window" in caplog.messages
    case.labels(["nothing"])
    assert case.monitor()["qualityReason"] == "none of 1 labels could be read"


def test_quality_is_measured_from_enough_labels_on(case: Case) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    for number in range(120):
        case.request(number, known[:1], [{"prediction": number % 2, "score": 0.5 + number % 2 / 4}])
    case.labels(["inferenceId,label", "id-0,1"])
    drift = case.monitor(MLOPS_MIN_LABELS="")
    assert (drift["labelledRows"], "quality" in drift) == (1, False)
    assert drift["qualityReason"] == "1 labelled rows are too few to judge quality, at least 100 are needed"
    case.labels(["inferenceId,label", *(f"id-{number},{number % 2}" for number in range(99))])
    assert "quality" not in case.monitor(MLOPS_MIN_LABELS="")
    case.labels(["inferenceId,label", *(f"id-{number},{number % 2}" for number in range(100))])
    drift = case.monitor(MLOPS_MIN_LABELS="")
    assert (drift["labelledRows"], drift["quality"]) == (100, {"accuracy": 1.0, "f1": 1.0, "auc": 1.0})
    assert "qualityReason" not in drift
    with pytest.raises(ContractError, match="MLOPS_MIN_LABELS must be a whole number, got '１'"):
        case.monitor(MLOPS_MIN_LABELS="１")


def test_the_area_needs_enough_rows_of_each_class(case: Case) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    for number in range(100):
        case.request(number, known[:1], [{"prediction": 0, "score": 0.5}])
    case.labels(["inferenceId,label", *(f"id-{number},{int(number < 9)}" for number in range(100))])
    assert sorted(case.monitor(MLOPS_MIN_LABELS="100")["quality"]) == ["accuracy", "f1"]
    case.labels(["inferenceId,label", *(f"id-{number},{int(number < 10)}" for number in range(100))])
    assert case.monitor(MLOPS_MIN_LABELS="100")["quality"]["auc"] == 0.5


@pytest.mark.parametrize(
    "value", ["Infinity", "-Infinity", "1e400", '"Infinity"', '"-inf"', "1" + "0" * 400, "NaN", '"NaN"', "null"]
)
def test_an_infinite_answer_is_a_missing_one_and_counted(case: Case, value: str) -> None:
    schema = Schema([Feature("age")], task="regression")
    known = [[float(number)] for number in range(100)]
    case.reference(known, [row[0] for row in known], schema)
    for number, row in enumerate(known):
        case.request(number, [row], [row[0]])
    path = case.root / "captured" / "0007.jsonl"
    event = json.loads(path.read_text())
    event["captureData"]["endpointOutput"]["data"] = f'{{"predictions": [{value}]}}'
    path.write_text(json.dumps(event) + "\n")
    case.labels(["inferenceId,label", *(f"id-{number},{number}" for number in range(99)), "id-99,inf"])
    drift = case.monitor()
    assert drift["rows"] == 100
    assert (drift["labelledRows"], drift["quality"]["mae"]) == (98, 0.0)
    assert drift.get("notFiniteValues", 0) == int("N" not in value and "null" not in value)
    assert not drift["prediction"]["drifted"]


def test_an_infinite_feature_or_score_is_missing_and_the_row_counts(case: Case) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    body = "".join(f"{age},{flat},{city}\n" for age, flat, city in [*known[:39], ["inf", 1, "a"]])
    scores = "".join(f"1,{'inf' if number == 3 else 0.5}\n" for number in range(40))
    line = sagemaker.line((body.encode(), "text/csv"), (scores.encode(), "text/csv"), "e", NOON, "id")
    (case.root / "captured" / "a.jsonl").write_text(line + "\n")
    drift = case.monitor()
    assert (drift["rows"], drift["notFiniteValues"]) == (40, 2)
    assert drift["features"]["age"]["missingShare"] == 0.025
    assert "skippedRecords" not in drift


def test_what_has_no_distribution_of_its_own_reaches_the_model_and_does_not_count_as_drift(case: Case) -> None:
    schema = Schema(
        [Feature("age"), Feature("text", "other"), Feature("vector", "other")], outputs=["prediction", "embedding"]
    )

    def rows(count: int, seed: int) -> list[Row]:
        chance = random.Random(seed)
        return [[chance.gauss(40, 5), f"text {seed} {number}", [chance.random()] * 3] for number in range(count)]

    case.reference(rows(300, seed=1), [{"prediction": "a", "embedding": [1, 2]}] * 300, schema)
    assert (case.root / "reference" / "data.csv").read_text().startswith("age,prediction,embedding\n")
    for number, row in enumerate(rows(80, seed=2)):
        case.request(number, [row], [{"prediction": "a", "embedding": [1, 2]}])
    drift = case.monitor()
    assert list(drift["features"]) == ["age"]
    assert (drift["driftShare"], drift["rows"], drift["prediction"]["drifted"]) == (0.0, 80, False)


def test_where_no_feature_is_judged_there_is_the_drift_of_the_answers(case: Case) -> None:
    schema = Schema([Feature("inputs", "other")])
    case.reference([["x"]] * 200, ["a", "b"] * 100, schema)
    for number in range(80):
        case.request(number, [[f"text {number}"]], ["a"])
    drift = case.monitor()
    assert (drift["driftShare"], drift["driftedFeatures"], drift["features"]) == (0.0, 0, {})
    assert drift["prediction"]["drifted"]


def test_a_reference_without_anything_to_compare_is_refused(case: Case) -> None:
    reason = "^the reference has nothing to compare: every feature is of the kind other, and there are no predictions$"
    with pytest.raises(ContractError, match=reason):
        Reference(Schema([Feature("inputs", "other")]), [["x"]]).write(case.root / "reference")


def test_answers_that_are_lists_are_no_classes(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    known, now = people(300, seed=1), people(80, seed=2)
    case.reference(known, [{"prediction": [1, 2, 3]}] * 300)
    for number, row in enumerate(now):
        case.request(number, [row], [{"prediction": [4, 5, 6]}])
    case.labels(["inferenceId,label", *(f"id-{number},4" for number in range(80))])
    drift = case.monitor()
    assert "prediction" not in drift and "quality" not in drift
    assert "labels or answers that are no class are left out" in caplog.messages


def test_probabilities_of_all_classes_are_not_taken_for_the_prediction(case: Case) -> None:
    schema = Schema([Feature("age"), Feature("flat"), Feature("city", "categorical")])
    reason = (
        "^an answer is a list of 2 values, the schema's outputs are prediction: "
        "name them all in outputs, or answer by name$"
    )
    with pytest.raises(ContractError, match=reason):
        case.reference(people(50, seed=1), [[0.1, 0.9]] * 50, schema)


def test_requests_count_whatever_the_answer_is(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    rows = people(300, seed=1)
    case.reference(rows, answers(rows))
    for number, row in enumerate(people(80, seed=2)):
        case.request(number, [row], [[0.2, 0.3, 0.5]])
    drift = case.monitor()
    assert (drift["rows"], "skippedRecords" in drift, "prediction" in drift) == (80, False, False)
    assert "answers that are longer lists than the schema's outputs are no predictions" in caplog.messages


def test_a_category_that_is_hardly_ever_the_same_twice_is_warned_of(
    case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [[40, 1, f"id {number}"] for number in range(200)]
    case.reference(rows, answers(rows))
    warning = next(record for record in caplog.records if "hardly ever the same twice" in record.message)
    assert vars(warning)["fields"] == {"feature": "city", "values": 200, "rows": 200}
    caplog.clear()
    case.reference(people(200, seed=1), answers(people(200, seed=1)))
    assert not caplog.records


@given(
    st.lists(st.tuples(st.sampled_from(["a.csv", "b.jsonl", "c.json", "d.csv.gz"]), st.binary(max_size=80))),
    st.lists(st.text(max_size=12), max_size=4),
)
def test_no_label_file_breaks_the_reader(files: list[tuple[str, bytes]], cells: list[str]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files:
            (folder / file).write_bytes(content)
        rows = "\n".join(["inferenceId,label", *(f"{cell},{cell}" for cell in cells)])
        (folder / "z.csv").write_bytes(rows.encode("utf-8", "surrogatepass"))
        (folder / "y.csv.gz").write_bytes(gzip.compress(b"inferenceId,label\nx,1\n")[:-1])
        labels = read_labels(folder)
    assert all(identity == identity.strip() and identity for identity in labels.known)
    assert labels.skipped["y.csv.gz: the file is damaged"] == 1


@pytest.mark.parametrize("text", ["\ud83d", "a\x00b", "\u202eabc", "</script>", "x" * 5000, "\r", "\ufeff"])
def test_whatever_a_caller_sends_for_a_category_can_be_measured_and_reported(case: Case, text: str) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    case.request(0, [[age, flat, text] for age, flat, _ in known], answers(known))
    assert case.monitor()["features"]["city"]["drifted"]


def test_azures_deployments_and_hours_are_told_apart(case: Case) -> None:
    case.reference(people(300, seed=1), answers(people(300, seed=1)))
    for deployment, hour, count in (("v3", 0, 40), ("v2", 0, 30), ("v3", -30, 20)):
        moment = NOON + timedelta(hours=hour)
        rows = people(count, seed=count)
        for collection, bodies in (("request", rows), ("response", answers(rows))):
            place = case.root / "captured" / azureml.path("churn", deployment, collection, moment, "i")
            place.parent.mkdir(parents=True, exist_ok=True)
            ids = [f"{deployment}{hour}-{number}" for number in range(count)]
            lines = [
                azureml.line(collection, [body], each, moment, "churn", deployment)
                for body, each in zip(bodies, ids, strict=True)
            ]
            place.write_text("\n".join(lines))
    case.labels(["inferenceId,label", "v30-1,1", "v2-0,1", "v3-30-2,1"])
    window = {"MLOPS_WINDOW_START": "2026-01-02T00:00:00Z", "MLOPS_WINDOW_END": "2026-01-03T00:00:00Z"}
    found = case.monitor(MLOPS_CAPTURE_FORMAT="azureml", MLOPS_DEPLOYED_MODEL_ID="v3", **window)
    assert (found["rows"], found["otherModelsRecords"], found["labelledRows"]) == (40, 30, 1)
    assert "skippedRecords" not in found and "prediction" in found
    window |= {"MLOPS_DEPLOYED_MODEL_ID": "v3", "MLOPS_LABEL_DELAY_DAYS": "1"}
    late = case.monitor(MLOPS_CAPTURE_FORMAT="azureml", **window)
    assert (late["rows"], late["labelledRows"]) == (40, 1), "labels of the day before"
    everything = case.monitor(MLOPS_CAPTURE_FORMAT="azureml")
    assert (everything["rows"], everything["labelledRows"]) == (90, 2)


def test_features_are_a_list_too_with_drifted_ones_first(case: Case) -> None:
    case.reference(people(300, seed=1), answers(people(300, seed=1)))
    for number, row in enumerate(people(80, seed=2, cities="d")):
        case.request(number, [row], answers([row]))
    found = case.monitor()
    listed = json.loads((case.root / "out" / "features.json").read_text())
    assert [(each["name"], each["score"], each["drifted"]) for each in listed["features"]] == [
        ("city", found["features"]["city"]["score"], True),
        ("age", found["features"]["age"]["score"], False),
        ("flat", 0.0, False),
    ]
