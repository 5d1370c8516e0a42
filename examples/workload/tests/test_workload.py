"""The whole life of a model version on real data: every verb a process, every number real."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from container import WORKLOAD, Built, Server, ok, rows_of, run, serving
from mlops_runtime import ContractError, passes_gate
from mlops_runtime.capture import sagemaker

TARGET = "diagnosis"
START = datetime(2026, 3, 1, 10, 0, tzinfo=timezone.utc)


def features(row: dict[str, str]) -> list[float]:
    return [float(value) for name, value in row.items() if name != TARGET]


def traffic(server: Server, built: Built, folder: Path, shift: float = 1.0) -> list[str]:
    """Send every validation row to the endpoint and write what SageMaker would capture. Returns the true labels."""
    labels = []
    for number, row in enumerate(built.validation):
        values = [round(value * shift, 6) for value in features(row)]
        if number % 2:
            body, content_type = ",".join(map(str, values)).encode(), "text/csv"
        else:
            body, content_type = json.dumps({"instances": [values]}).encode(), "application/json"
        answer = server.call("/invocations", body, content_type)
        assert answer.status == 200, answer.body
        moment = START + timedelta(seconds=number)
        target = folder / sagemaker.path("churn", "AllTraffic", moment, f"u{number:04d}")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            sagemaker.line(
                (body, content_type),
                (answer.body, answer.content_type),
                event_id=f"event-{number:04d}",
                inference_id=f"id-{number:04d}",
                inference_time=moment,
                # every third record as an endpoint without content types in its capture configuration writes it
                text_types=() if number % 3 == 0 else ("text/csv", "application/json"),
            )
            + "\n"
        )
        labels.append(row[TARGET])
    return labels


@pytest.fixture(scope="session")
def captured(server: Server, built: Built, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("captured")
    return folder, traffic(server, built, folder)


def monitor(built: Built, captured: Path, output: Path, **variables: object) -> dict:
    ok(
        "monitor",
        MLOPS_CAPTURED_DIR=captured,
        MLOPS_REFERENCE_DIR=built.evaluated / "reference",
        MLOPS_OUTPUT_DIR=output,
        MLOPS_CAPTURE_FORMAT="sagemaker",
        **variables,
    )
    return json.loads((output / "drift.json").read_text())


def test_prepare_splits_every_raw_row_once(built: Built) -> None:
    sizes = {name: len(rows_of(built.prepared / name / "data.csv")) for name in ("train", "validation", "test")}
    assert sizes == {"train": 341, "validation": 114, "test": 114}


def test_evaluation_is_real_and_the_gate_passes_at_a_reachable_threshold_only(built: Built) -> None:
    evaluation = json.loads((built.evaluated / "evaluation.json").read_text())
    assert 0.98 < evaluation["metrics"]["auc"] < 0.999
    assert passes_gate(evaluation, "auc", 0.9)
    assert not passes_gate(evaluation, "auc", 0.999)
    assert passes_gate(evaluation, "auc", evaluation["metrics"]["auc"]), "at the threshold is enough"
    with pytest.raises(
        ContractError, match="the gate needs metric 'rmse', evaluation.json has \\['accuracy', 'auc'\\]"
    ):
        passes_gate(evaluation, "rmse", 0.9)


def test_a_worse_model_fails_the_gate_that_the_real_one_passes(built: Built, tmp_path: Path) -> None:
    ok(
        "train",
        MLOPS_INPUT_DIR=built.prepared,
        MLOPS_MODEL_DIR=tmp_path / "model",
        MLOPS_HYPERPARAMETERS='{"c": 1e-9, "max_iter": 1}',
    )
    shutil.copytree(built.prepared / "test", tmp_path / "test")
    data = (tmp_path / "test" / "data.csv").read_text().splitlines()
    # labels no longer belong to their rows
    ends = [line.rsplit(",", 1)[1] for line in data[1:]]
    shuffled = [line.rsplit(",", 1)[0] + "," + end for line, end in zip(data[1:], ends[40:] + ends[:40], strict=True)]
    (tmp_path / "test" / "data.csv").write_text("\n".join([data[0], *shuffled]))
    ok("evaluate", MLOPS_INPUT_DIR=tmp_path / "test", MLOPS_MODEL_DIR=tmp_path / "model", MLOPS_OUTPUT_DIR=tmp_path)
    assert not passes_gate(json.loads((tmp_path / "evaluation.json").read_text()), "auc", 0.9)


def test_hyperparameters_of_sagemaker_reach_training_as_numbers(built: Built, tmp_path: Path) -> None:
    root = tmp_path / "ml"
    (root / "input" / "config").mkdir(parents=True)
    (root / "input" / "data").mkdir()
    shutil.copytree(built.prepared / "train", root / "input" / "data" / "train")
    (root / "input" / "config" / "hyperparameters.json").write_text('{"c": "0.5", "max_iter": "1000"}')
    done = ok("train", MLOPS_SAGEMAKER_ROOT=root)
    accuracy = [entry["metrics"]["train_accuracy"] for entry in done.logs if "metrics" in entry]
    assert accuracy and accuracy[0] > 0.97
    assert sorted(path.name for path in (root / "model").iterdir()) == ["model.joblib", "schema.json"]


def test_a_failure_is_told_where_sagemaker_looks(built: Built, tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    done = run("train", MLOPS_SAGEMAKER_ROOT=tmp_path, MLOPS_INPUT_DIR=built.prepared / "test")
    assert done.code == 2
    assert "is the input channel 'train' mounted?" in (tmp_path / "output" / "failure").read_text()


def test_the_reference_keeps_features_answers_and_truth(built: Built) -> None:
    rows = rows_of(built.evaluated / "reference" / "data.csv")
    schema = json.loads((built.evaluated / "reference" / "schema.json").read_text())
    assert len(rows) == 114
    assert list(rows[0]) == [feature["name"] for feature in schema["features"]] + ["prediction", "score", TARGET]


def test_evaluating_twice_gives_the_same_bytes(built: Built, tmp_path: Path) -> None:
    ok("evaluate", MLOPS_INPUT_DIR=built.prepared / "test", MLOPS_MODEL_DIR=built.packed, MLOPS_OUTPUT_DIR=tmp_path)
    for name in ("evaluation.json", "reference/data.csv", "reference/schema.json"):
        assert (tmp_path / name).read_bytes() == (built.evaluated / name).read_bytes()


def test_csv_and_json_give_the_same_answer(server: Server, built: Built) -> None:
    row = features(built.validation[0])
    names = [name for name in built.validation[0] if name != TARGET]
    csv_row = ",".join(map(str, row))
    expected = server.call("/invocations", json.dumps({"instances": [row]}).encode(), "application/json").json()
    assert set(expected["predictions"][0]) == {"prediction", "score"}
    named = json.dumps({"instances": [{"inference_id": "a", **dict(zip(names, row, strict=True))}]}).encode()
    split = json.dumps({"input_data": {"columns": names, "data": [row]}}).encode()
    header = f"{','.join(names)}\n{csv_row}\n".encode()
    assert server.call("/invocations", named, "application/json").json() == expected
    assert server.call("/score", split, "application/json").json() == expected
    assert server.call("/predict", header, "text/csv; charset=utf-8", "application/json").json() == expected
    plain = server.call("/invocations", csv_row.encode(), "text/csv")
    assert plain.content_type == "text/csv; charset=utf-8"
    answer = expected["predictions"][0]
    assert plain.body.decode() == f"{answer['prediction']},{answer['score']}\n"


@pytest.mark.parametrize(
    ("body", "content_type", "status", "error"),
    [
        (b"1,2,3", "text/csv", 400, "row 0: a row must have 30 values, got 3"),
        (b"", "text/csv", 400, "the request has no rows"),
        (b"{", "application/json", 400, "the body is not JSON"),
        (b'{"instances": [{"mean_radius": 1}]}', "application/json", 400, "row 0: missing features: mean_texture"),
        (b'{"instances": [3]}', "application/json", 400, "a row must be a list or an object, got int"),
        (b'"x"', "application/json", 400, "a JSON request must be an object or a list of rows, got str"),
        (",".join(["x"] * 30).encode(), "text/csv", 400, "feature 'mean_radius' must be a number, got 'x'"),
        (",".join(["inf"] * 30).encode(), "text/csv", 400, "feature 'mean_radius' must be finite, got 'inf'"),
        (",".join(["1"] * 29 + [""]).encode(), "text/csv", 400, "row 0: a value is missing"),
        (",".join(["1.7e308"] * 30).encode(), "text/csv", 400, "row 0: a value is too large"),
        (",".join(["1.7e308", "-1.7e308"] * 15).encode(), "text/csv", 400, "row 0: a value is too large"),
        (f"[[{'1' * 400}]]".encode(), "application/json", 400, "row 0: a row must have 30 values, got 1"),
        (f"[[{','.join(['1' * 400] * 30)}]]".encode(), "application/json", 400, "feature 'mean_radius' must be"),
        (b"\xff\xfe", "text/csv", 400, "the body must be UTF-8 text"),
        (b"<a/>", "application/xml", 400, "content type must be text/csv or application/json, got application/xml"),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(
    server: Server, body: bytes, content_type: str, status: int, error: str
) -> None:
    answer = server.call("/invocations", body, content_type)
    assert (answer.status, answer.content_type) == (status, "application/json")
    assert error in answer.json()["error"]


def test_paths_and_methods_that_do_not_exist_are_refused(server: Server) -> None:
    assert server.call("/nowhere").status == 404
    assert server.call("/invocations").status == 405
    assert server.call("/ping", b"x", "text/csv").status == 405


def test_health_is_503_until_the_model_is_loaded_and_the_clouds_own_routes_answer(built: Built, tmp_path: Path) -> None:
    gate = tmp_path / "loaded"
    slow = tmp_path / "slow.py"
    slow.write_text(
        "import sys, time, pathlib\n"
        f"sys.path.insert(0, {str(WORKLOAD)!r})\n"
        "import main\n"
        "def load(folder):\n"
        f"    while not pathlib.Path({str(gate)!r}).exists(): time.sleep(0.02)\n"
        "    return main.load(folder)\n"
        "main.Workload(load=load, predict=main.predict).main()\n"
    )
    routes = {"AIP_HEALTH_ROUTE": "/v1/health", "AIP_PREDICT_ROUTE": "/v1/predict"}
    row = json.dumps({"instances": [features(built.validation[0])]}).encode()
    with serving(slow, MLOPS_MODEL_DIR=built.packed, MLOPS_MAX_BODY_MIB=1, **routes) as server:
        server.wait_until("/health/live")
        for path in ("/ping", "/v1/health", "/health/ready"):
            assert server.call(path).status == 503
        assert server.call("/v1/predict", row, "application/json").status == 503
        gate.touch()
        for path in ("/ping", "/v1/health", "/health/ready"):
            server.wait_until(path)
        assert len(server.call("/v1/predict", row, "application/json").json()["predictions"]) == 1
        assert server.call("/v1/predict", b" " * (2**20 + 1), "application/json").status == 413
    assert server.process.returncode == 0, "SIGTERM ends serve cleanly"


def test_serve_ends_when_the_model_cannot_be_loaded(tmp_path: Path) -> None:
    done = run("serve", MLOPS_MODEL_DIR=tmp_path, MLOPS_PORT=0, MLOPS_HOST="127.0.0.1")
    assert done.code == 1
    assert done.logs[-1]["message"] == "the model could not be loaded"


@pytest.fixture(scope="session")
def calm(built: Built, captured: tuple[Path, list[str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The monitor's output for traffic like the reference, with labels for every second request."""
    folder, truth = captured
    root = tmp_path_factory.mktemp("calm")
    known = [f"id-{number:04d},{label}" for number, label in enumerate(truth) if number % 2]
    (root / "labels").mkdir()
    (root / "labels" / "2026-03-02.csv").write_text("\n".join(["inferenceId,label", *known]))
    monitor(built, folder, root / "out", MLOPS_LABELS_DIR=root / "labels", MLOPS_MIN_LABELS="50")
    return root


def test_an_undrifted_window_stays_below_the_alert_and_labels_give_quality(calm: Path) -> None:
    drift = json.loads((calm / "out" / "drift.json").read_text())
    assert drift["rows"] == 114
    assert drift["referenceRows"] == 114
    assert drift["driftShare"] < 0.3
    assert len(drift["features"]) == 30
    assert {feature["method"] for feature in drift["features"].values()} == {"K-S distance"}
    assert not drift["prediction"]["drifted"]
    assert drift["labelledRows"] == 57
    assert 0.9 < drift["quality"]["accuracy"] <= 1
    assert 0.95 < drift["quality"]["auc"] <= 1
    assert "skippedRecords" not in drift
    report = (calm / "out" / "report.html").read_text()
    assert "mean_radius" in report and "<html" in report


def test_a_shifted_window_is_above_the_alert_and_still_not_an_error(
    server: Server, built: Built, tmp_path: Path
) -> None:
    traffic(server, built, tmp_path / "captured", shift=1.3)
    drift = monitor(built, tmp_path / "captured", tmp_path / "out")
    assert drift["driftShare"] > 0.3
    assert drift["driftedFeatures"] == sum(feature["drifted"] for feature in drift["features"].values())
    assert drift["driftShare"] == drift["driftedFeatures"] / 30
    assert "quality" not in drift


def test_monitoring_twice_gives_the_same_bytes(
    built: Built, captured: tuple[Path, list[str]], calm: Path, tmp_path: Path
) -> None:
    monitor(built, captured[0], tmp_path, MLOPS_LABELS_DIR=calm / "labels", MLOPS_MIN_LABELS="50")
    for name in ("drift.json", "report.html"):
        assert (tmp_path / name).read_bytes() == (calm / "out" / name).read_bytes()


def test_an_empty_window_has_no_drift_and_says_why(built: Built, tmp_path: Path) -> None:
    (tmp_path / "captured").mkdir()
    drift = monitor(built, tmp_path / "captured", tmp_path / "out")
    assert drift == {
        "driftShare": 0.0,
        "driftedFeatures": 0,
        "features": {},
        "rows": 0,
        "referenceRows": 114,
        "labelledRows": 0,
        "qualityReason": "no label has come",
        "reason": "no request was captured in the window",
    }
    assert "no request was captured in the window" in (tmp_path / "out" / "report.html").read_text()
