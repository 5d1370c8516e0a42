"""The same image on Azure: a deployment that gets no argument, a container app that fetches its model, the collector."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from azure_stub import Blob, azure
from container import WORKLOAD, Built, ok, serving
from mlops_runtime.capture import azureml

TARGET = "diagnosis"
START = datetime(2026, 3, 1, 10, 0, tzinfo=timezone.utc)


def test_a_deployment_of_azure_ml_serves_the_folder_that_was_mounted_for_it(built: Built, tmp_path: Path) -> None:
    mounted = tmp_path / "azureml-models" / "churn" / "3"
    shutil.copytree(built.model, mounted / "model")
    with serving(WORKLOAD / "main.py", MLOPS_VERB="serve", AZUREML_MODEL_DIR=mounted) as server:
        server.wait_until("/health/ready")
        assert server.call("/health/live").status == 200
        row = [float(value) for name, value in built.validation[0].items() if name != TARGET]
        answer = server.call("/score", json.dumps({"input_data": [row]}).encode(), "application/json")
        assert answer.status == 200 and len(answer.json()["predictions"]) == 1


def test_a_container_app_fetches_the_model_with_its_identity(built: Built) -> None:
    blobs = {
        f"runs/7/model/{path.relative_to(built.model).as_posix()}": Blob(path.read_bytes())
        for path in built.model.rglob("*")
        if path.is_file()
    }
    place = "https://lakestore.blob.core.windows.net/artifacts/runs/7/model"
    with (
        azure({"artifacts": blobs}) as cloud,
        serving(WORKLOAD / "main.py", MLOPS_MODEL_DIR=place, **cloud.env) as server,
    ):
        server.wait_until("/health/ready")
        row = {name: float(value) for name, value in built.validation[0].items() if name != TARGET}
        answer = server.call("/score", json.dumps({"instances": [row]}).encode(), "application/json")
        assert answer.status == 200
        assert cloud.tokens == 1


def test_what_the_collector_wrote_gives_drift_and_quality_of_late_labels(built: Built, tmp_path: Path) -> None:
    captured, labels = tmp_path / "captured", tmp_path / "labels"
    truth = ["inferenceId,label"]
    for number, row in enumerate(built.validation):
        moment = START + timedelta(minutes=10 * number)
        bodies: dict[str, Any] = {
            "request": {"instances": [{name: float(value) for name, value in row.items() if name != TARGET}]},
            "response": {"predictions": [{"prediction": row[TARGET], "score": float(row[TARGET])}]},
        }
        for collection, body in bodies.items():
            file = captured / azureml.path("churn", "v3", collection, moment, "instance-1")
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a") as writer:
                writer.write(azureml.line(collection, body, f"c-{number}", moment, "churn", "v3") + "\n")
        truth.append(f"c-{number},{row[TARGET]}")
    labels.mkdir()
    (labels / "march.csv").write_text("\n".join(truth))
    ok(
        "monitor",
        MLOPS_CAPTURE_FORMAT="azureml",
        MLOPS_CAPTURED_DIR=captured,
        MLOPS_REFERENCE_DIR=built.evaluated / "reference",
        MLOPS_LABELS_DIR=labels,
        MLOPS_OUTPUT_DIR=tmp_path / "out",
        MLOPS_MIN_LABELS="20",
        MLOPS_DEPLOYED_MODEL_ID="v3",
        MLOPS_WINDOW_START="2026-03-01T00:00:00Z",
        MLOPS_WINDOW_END="2026-03-08T00:00:00Z",
    )
    drift = json.loads((tmp_path / "out" / "drift.json").read_text())
    assert drift["rows"] == len(built.validation)
    assert drift["quality"]["accuracy"] == 1.0
    assert "skippedRecords" not in drift
