"""The same image on Google Cloud: jobs on a mounted bucket, an endpoint that fetches its model, BigQuery's log."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from container import WORKLOAD, Built, Done, Server, environment, ok, rows_of, run, serving
from google_stub import Google, Stored, google
from mlops_runtime.capture import vertex

ON_FUSE = Path(__file__).resolve().parent / "on_fuse.py"
TARGET = "diagnosis"
START = datetime(2026, 3, 1, 10, 0, tzinfo=timezone.utc)
ROUTE = "/v1/endpoints/1234/deployedModels/5678"
AIP = {
    "AIP_MODE": "PREDICTION",
    "AIP_HEALTH_ROUTE": ROUTE,
    "AIP_PREDICT_ROUTE": f"{ROUTE}:predict",
    "AIP_STORAGE_URI": "gs://managed-by-vertex/models/42/artifacts",
}
CLUSTER_SPEC = json.dumps(
    {
        "cluster": {"workerpool0": ["cmle-training-workerpool0-ab-0:2222"]},
        "environment": "cloud",
        "task": {"type": "workerpool0", "index": 0},
        "job": {},
    }
)


def on_fuse(verb: str, root: Path, **variables: Any) -> Done:
    """A custom job of Vertex AI: buckets below /gcs, CLUSTER_SPEC, no other folder."""
    return run(verb, ON_FUSE, MLOPS_GCS_ROOT=root, CLUSTER_SPEC=CLUSTER_SPEC, **variables)


@dataclass(frozen=True)
class Lake:
    """What the training pipeline left in the bucket `lake`."""

    root: Path

    @property
    def bucket(self) -> Path:
        return self.root / "lake"


@pytest.fixture(scope="session")
def lake(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Prepare, train and evaluate as the workflow starts them, one job each."""
    root = tmp_path_factory.mktemp("gcs")
    raw = root / "lake" / "raw" / "2026"
    raw.mkdir(parents=True)
    made = subprocess.run([sys.executable, str(WORKLOAD / "make_data.py"), str(raw)], env=environment(), check=False)
    assert made.returncode == 0
    gcs = root / "lake"
    for verb, places in {
        "prepare": {"MLOPS_INPUT_DIR": gcs / "raw", "MLOPS_OUTPUT_DIR": gcs / "training/run-1/data"},
        "train": {
            "MLOPS_INPUT_DIR": gcs / "training/run-1/data",
            "MLOPS_MODEL_DIR": gcs / "training/run-1/model",
            "MLOPS_CHECKPOINT_DIR": gcs / "checkpoints/run-1",
            "MLOPS_HYPERPARAMETERS": '{"c": 0.5}',
        },
        "evaluate": {
            "MLOPS_INPUT_DIR": gcs / "training/run-1/data/test",
            "MLOPS_MODEL_DIR": gcs / "training/run-1/model",
            "MLOPS_OUTPUT_DIR": gcs / "training/run-1/evaluation",
        },
    }.items():
        done = on_fuse(verb, root, **places)
        assert done.code == 0, done.logs
    return Lake(root)


def test_the_pipeline_on_a_bucket_makes_what_it_makes_on_a_disk(lake: Lake, built: Built) -> None:
    run_1 = lake.bucket / "training" / "run-1"
    assert sorted(path.name for path in (run_1 / "model").iterdir()) == ["model.joblib", "schema.json"]
    assert not list(lake.bucket.rglob("*.tar.gz")), "the registry takes a folder"
    for name in ("evaluation.json", "reference/data.csv", "reference/schema.json"):
        assert (run_1 / "evaluation" / name).read_bytes() == (built.evaluated / name).read_bytes()
    assert rows_of(run_1 / "data" / "validation" / "data.csv") == built.validation


def test_a_job_whose_bucket_is_not_mounted_ends_before_the_work(lake: Lake, tmp_path: Path) -> None:
    done = on_fuse(
        "train",
        lake.root,
        MLOPS_INPUT_DIR=lake.bucket / "training/run-1/data",
        MLOPS_MODEL_DIR=lake.root / "elsewhere" / "model",
    )
    assert done.code == 2
    assert "elsewhere is not mounted here, as it is in jobs of Vertex AI" in done.logs[-1]["message"]
    assert done.logs[-1]["severity"] == "ERROR"
    assert not (lake.root / "elsewhere").exists()


UNRULY = """
import os, shutil
from pathlib import Path
from mlops_runtime import Workload
def train(job):
    place = Path({place})
    place.mkdir(parents=True, exist_ok=True)
    (place / "saving").mkdir()
    (place / "saving" / "weights").write_text("w")
    with open(place / "saving" / "weights", "a") as file:
        file.write("x")
    os.rename(place / "saving", place / "saved")
    shutil.copy2(place / "saved" / "weights", place / "best")
    os.symlink("best", place / "latest")
    with job.checkpoint(3) as folder:
        os.symlink(place / "best", folder / "state")
Workload(train=train).main()
"""


def unruly(root: Path, script: Path, place: str) -> Done:
    script.write_text(UNRULY.format(place=place))
    bucket = {"MLOPS_MODEL_DIR": root / "lake/model", "MLOPS_CHECKPOINT_DIR": root / "lake/checkpoints"}
    return on_fuse("train", root, ON_FUSE_RUNS=script, MLOPS_INPUT_DIR=root, **bucket)


def test_a_library_may_rename_append_and_link_where_the_runtime_lets_it_write(tmp_path: Path) -> None:
    root = tmp_path / "gcs"
    (root / "lake").mkdir(parents=True)
    refused = unruly(root, tmp_path / "direct.py", repr(str(root / "lake" / "model")))
    assert refused.code == 1
    assert "a bucket's file is written once" in refused.logs[-1]["exception"], "the bucket's manners are in force"
    shutil.rmtree(root / "lake" / "model")
    done = unruly(root, tmp_path / "staged.py", "job.model_dir")
    assert done.code == 0, done.logs
    model = root / "lake" / "model"
    files = {path.relative_to(model).as_posix(): path.read_text() for path in model.rglob("*") if path.is_file()}
    assert files == {"best": "wx", "latest": "wx", "saved/weights": "wx"}
    assert (root / "lake/checkpoints/000000000003/state").read_text() == "wx"


@pytest.fixture
def cloud(lake: Lake) -> Iterator[Google]:
    """The bucket that Vertex AI copies a model's artifacts to, and the machine's identity."""
    with google() as running:
        running.put_folder("managed-by-vertex", "models/42/artifacts", lake.bucket / "training/run-1/model")
        yield running


def features(row: dict[str, str]) -> dict[str, float]:
    return {name: float(value) for name, value in row.items() if name != TARGET}


def predict(server: Server, instances: list[Any], **more: Any) -> Any:
    body = json.dumps({"instances": instances, **more}).encode()
    answer = server.call(f"{ROUTE}:predict", body, "application/json")
    assert (answer.status, answer.content_type) == (200, "application/json"), answer.body
    return answer.json()


def test_an_endpoint_fetches_its_model_and_is_healthy_only_then(cloud: Google, built: Built) -> None:
    cloud.closed = True
    cloud.faults = ["503"]
    row = features(built.validation[0])
    with serving(WORKLOAD / "main.py", "AIP_HTTP_PORT", **AIP, **cloud.env) as server:
        server.wait_until(ROUTE, 503)
        assert server.call("/health/live").status == 200
        cloud.opened.set()
        server.wait_until(ROUTE)
        answer = predict(server, [row, list(row.values())], parameters={"explain": False})
        assert list(answer) == ["predictions"]
        assert answer["predictions"][0] == answer["predictions"][1]
        assert set(answer["predictions"][0]) == {"prediction", "score"}
    assert server.process.returncode == 0
    assert cloud.tokens == 1


def test_a_service_of_cloud_run_fetches_the_model_it_is_told(cloud: Google, built: Built) -> None:
    place = {"MLOPS_MODEL_DIR": "gs://managed-by-vertex/models/42/artifacts/"}
    with serving(WORKLOAD / "main.py", "PORT", **place, **cloud.env) as server:
        server.wait_until("/health/ready")
        body = json.dumps({"instances": [features(built.validation[0])]}).encode()
        assert len(server.call("/predict", body, "application/json").json()["predictions"]) == 1


@pytest.mark.parametrize(
    ("uri", "stored", "code", "message"),
    [
        ("gs://managed-by-vertex", None, 2, "a model's place must be gs://<bucket>/<prefix>"),
        ("gs://managed-by-vertex/models/43", None, 2, "there is no file below gs://managed-by-vertex/models/43"),
        ("gs://nobodys/models/42", None, 2, "answers 404 Not Found; the service account must be allowed"),
        (AIP["AIP_STORAGE_URI"], ("x", Stored(b"x", faults=["403"])), 2, "answers 403 Forbidden"),
        (AIP["AIP_STORAGE_URI"], ("../x", Stored(b"x")), 2, "would leave the model's folder"),
        (AIP["AIP_STORAGE_URI"], ("x", Stored(b"x", faults=["damaged"] * 2)), 1, "the model could not be loaded"),
    ],
)
def test_an_endpoint_whose_model_cannot_be_fetched_ends_and_says_why(
    cloud: Google, uri: str, stored: tuple[str, Stored] | None, code: int, message: str
) -> None:
    if stored:
        cloud.buckets["managed-by-vertex"][f"models/42/artifacts/{stored[0]}"] = stored[1]
    done = run("serve", AIP_HTTP_PORT=0, MLOPS_HOST="127.0.0.1", **{**AIP, "AIP_STORAGE_URI": uri}, **cloud.env)
    assert done.code == code
    assert message in done.logs[-1]["message"]


def exported(folder: Path, lines: list[str], files: int = 3) -> None:
    """As BigQuery exports a table: many files, packed."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        text = "".join(f"{line}\n" for line in lines[number::files])
        (folder / f"{number:012d}.json.gz").write_bytes(gzip.compress(text.encode()))


def monitored(lake: Lake, window: str, **variables: Any) -> dict[str, Any]:
    done = on_fuse(
        "monitor",
        lake.root,
        MLOPS_CAPTURE_FORMAT="vertex",
        MLOPS_CAPTURED_DIR=lake.bucket / "monitoring" / window / "captured",
        MLOPS_REFERENCE_DIR=lake.bucket / "training/run-1/evaluation/reference",
        MLOPS_LABELS_DIR=lake.bucket / "labels",
        MLOPS_OUTPUT_DIR=lake.bucket / "monitoring" / window,
        **variables,
    )
    assert done.code == 0, done.logs
    assert "<html" in (lake.bucket / "monitoring" / window / "report.html").read_text()
    return dict(json.loads((lake.bucket / "monitoring" / window / "drift.json").read_text()))


def test_the_log_of_an_endpoint_gives_drift_of_one_version_and_quality_of_late_labels(
    lake: Lake, server: Server, built: Built
) -> None:
    lines, truth = [], []
    for number, row in enumerate(built.validation):
        moment = START + timedelta(minutes=number)
        for model, shift in {"champion": 1.0, "challenger": 1.3}.items():
            instance: dict[str, Any] = {name: round(value * shift, 6) for name, value in features(row).items()}
            instance["inference_id"] = f"{model}-{number}"
            body = json.dumps({"instances": [instance]}).encode()
            answer = server.call("/predict", body, "application/json").json()["predictions"]
            lines.append(vertex.line([instance], answer, 10**20 + len(lines), moment, model))
        truth.append(f"champion-{number},{row[TARGET]}")
    exported(lake.bucket / "monitoring/march/captured", lines)
    (lake.bucket / "labels").mkdir()
    (lake.bucket / "labels" / "march.csv").write_text("\n".join(["inferenceId,label", *truth[::2]]))

    champion = monitored(lake, "march", MLOPS_DEPLOYED_MODEL_ID="champion", MLOPS_MIN_LABELS="50")
    assert (champion["rows"], champion["otherModelsRecords"], champion["labelledRows"]) == (114, 114, 57)
    assert champion["driftShare"] < 0.3
    assert 0.9 < champion["quality"]["accuracy"] <= 1
    challenger = monitored(lake, "march", MLOPS_DEPLOYED_MODEL_ID="challenger", MLOPS_MIN_LABELS="50")
    assert challenger["driftShare"] > 0.3
    assert "quality" not in challenger


def test_an_empty_export_is_a_quiet_window(lake: Lake) -> None:
    exported(lake.bucket / "monitoring/april/captured", [], files=1)
    drift = monitored(lake, "april", MLOPS_DEPLOYED_MODEL_ID="champion")
    assert (drift["rows"], drift["reason"]) == (0, "no request was captured in the window")


def test_a_job_with_a_base_output_directory_finds_its_places_in_vertexs_own_variables(lake: Lake) -> None:
    ok(
        "train",
        MLOPS_GCS_ROOT=lake.root,
        MLOPS_INPUT_DIR="gs://lake/training/run-1/data",
        AIP_MODEL_DIR="gs://lake/training/run-2/model/",
        AIP_CHECKPOINT_DIR="gs://lake/training/run-2/checkpoints/",
    )
    assert (lake.bucket / "training/run-2/model/schema.json").is_file()
