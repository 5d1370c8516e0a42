"""The `monitor` verb in this process: labels, windows, and the numbers for every kind of model."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from mlops_runtime import ContractError, Feature, Reference, Schema
from mlops_runtime.capture import sagemaker, vertex
from mlops_runtime.evaluation import MAX_BYTES
from mlops_runtime.labels import read_labels
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
        monitor({**places, "MLOPS_OUTPUT_DIR": str(self.root / "out"), **variables})
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
        "age": (False, "K-S p_value"),
        "flat": (False, "chi-square p_value"),
        "city": (True, "chi-square p_value"),
    }
    assert (drift["driftedFeatures"], drift["driftShare"]) == (1, 1 / 3)
    assert drift["features"]["age"]["threshold"] == 0.05
    assert drift["prediction"]["drifted"] is False


def test_where_both_sides_are_large_they_are_compared_by_distance(case: Case) -> None:
    known, now = people(1200, seed=1), people(1100, seed=2, age=60)
    case.reference(known, answers(known))
    case.request(0, now, answers(now))
    found = case.monitor()["features"]
    assert found["age"]["method"] == "Wasserstein distance (normed)"
    assert found["age"]["drifted"] and found["age"]["score"] > 1, "a distance drifts high, a p-value low"
    assert not found["city"]["drifted"]


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
    assert "labels or answers that are no numbers are left out" in caplog.messages


def test_a_score_that_is_no_number_costs_the_area_alone(case: Case) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    for number, score in enumerate((0.9, "high")):
        case.request(number, known[:1], [{"prediction": number, "score": score}])
    case.labels(["inferenceId,label", "id-0,0", "id-1,1"])
    assert case.monitor()["quality"] == {"accuracy": 1.0, "f1": 1.0}


def test_a_feature_that_vanished_has_drifted(case: Case) -> None:
    known = people(60, seed=1)
    case.reference(known, answers(known))
    now = [[None, flat, city] for _, flat, city in people(40, seed=2)]
    case.request(0, now, [0] * 40)
    age = case.monitor()["features"]["age"]
    assert age == {"score": 1.0, "drifted": True, "method": "no value in the window", "missingShare": 1.0}


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
    assert drift["prediction"]["method"] == "K-S p_value"


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


def test_a_damaged_labels_file_is_a_failure(tmp_path: Path) -> None:
    packed = gzip.compress(b"inferenceId,label\n" + b"".join(b"%d,1\n" % number for number in range(999)))
    (tmp_path / "labels.csv.gz").write_bytes(packed[:-9])
    with pytest.raises(ContractError, match="^labels.csv.gz is damaged: "):
        read_labels(tmp_path)
    (tmp_path / "early.csv").write_bytes("inferenceId,label\n1,Zürich\n".encode("latin-1"))
    with pytest.raises(ContractError, match="^early.csv is damaged: 'utf-8' codec can't decode"):
        read_labels(tmp_path)


def test_a_time_that_is_no_text_does_not_hide_a_window(vertex_case: VertexCase) -> None:
    row = {**json.loads(vertex_rows(1, 2, "m")[0]), "logging_time": 1767357015.25}
    vertex_case.log("0.json.gz", [json.dumps(row)])
    assert vertex_case.monitor(MLOPS_WINDOW_START="2026-01-02")["rows"] == 1


def test_the_numbers_stay_small_enough_for_a_workflow_and_keep_what_drifted() -> None:
    def feature(drifted: bool) -> dict[str, Any]:
        return {
            "score": 0.123456789,
            "drifted": drifted,
            "method": "K-S p_value",
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
    assert "labelledRows" not in drift


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


def test_labels_come_in_three_shapes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\ufeffinference_id,label,note\nx,1,\ny,,late\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"inferenceId": "z", "label": 0}\n\n')
    truth = {
        "groundTruthData": {"data": "1", "encoding": "CSV"},
        "eventMetadata": {"eventId": "e"},
        "eventVersion": "0",
    }
    (tmp_path / "c.jsonl").write_text(json.dumps(truth) + "\n")
    assert read_labels(tmp_path) == {"x": "1", "z": 0, "e": "1"}
    assert read_labels(tmp_path / "none") == {}
    (tmp_path / "d.csv").write_text("id,truth\n1,1\n")
    with pytest.raises(ContractError, match="d.csv entry 1 must have inferenceId and label, got \\['id', 'truth'\\]"):
        read_labels(tmp_path)
    (tmp_path / "d.csv").unlink()
    (tmp_path / "e.jsonl").write_text("nothing\n")
    with pytest.raises(ContractError, match="e.jsonl line 1 must be a JSON object"):
        read_labels(tmp_path)


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
