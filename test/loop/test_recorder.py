"""The function that records a run of the pipeline, as the template carries it, against a server that speaks as MLflow does."""

from __future__ import annotations

import datetime
import importlib.util
import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from moto import mock_aws

REGION = "eu-west-1"
APP = f"arn:aws:sagemaker:{REGION}:111122223333:mlflow-app/app-1"
SERVER = f"arn:aws:sagemaker:{REGION}:111122223333:mlflow-tracking-server/churn"
IMAGE = f"111122223333.dkr.ecr.{REGION}.amazonaws.com/team/churn"
BEGAN = datetime.datetime(2026, 11, 20, tzinfo=datetime.timezone.utc)
EVENT = {
    "experiment": "churn-training",
    "name": "run-1",
    "execution": f"arn:aws:sagemaker:{REGION}:111122223333:pipeline/churn-training/execution/run-1",
    "triggeredBy": "drift",
    "job": "pipelines-run-1-Train",
    "model": "s3://artifacts/training/churn/models/x/output/model.tar.gz",
    "dataset": "s3://raw/dataset",
    "evaluation": "s3://artifacts/evaluation/churn/run-1/evaluation.json",
    "gates": json.dumps([{"metric": "auc", "threshold": 0.9, "higherIsBetter": True}, {"metric": "rmse", "threshold": 2, "higherIsBetter": False}]),
}


class Mlflow:
    """MLflow's answers, and what it was told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any, dict[str, str]]] = []
        self.experiments: set[str] = set()
        self.faults: dict[str, list[int]] = {}
        mlflow = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.handle_one("GET", {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})

            def do_POST(self) -> None:
                self.handle_one("POST", json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def handle_one(self, method: str, body: Any) -> None:
                path = urlsplit(self.path).path.removeprefix("/api/2.0/mlflow/")
                code, answer = mlflow.answer(method, path, body, dict(self.headers.items()))
                self.send_response(code)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        if self.faults.get(path):
            return self.faults[path].pop(0), {"error_code": "INTERNAL_ERROR", "message": "not now"}
        self.calls.append((method, path, body, headers))
        if path == "experiments/get-by-name":
            known = body["experiment_name"] in self.experiments
            return (200, {"experiment": {"experiment_id": "7"}}) if known else (404, {"error_code": "RESOURCE_DOES_NOT_EXIST"})
        if path == "experiments/create":
            self.experiments.add(body["name"])
            return 200, {"experiment_id": "7"}
        if path == "runs/create":
            return 200, {"run": {"info": {"run_id": "abc123", "artifact_uri": "s3://artifacts/mlflow/7/abc123/artifacts"}}}
        return 200, {}

    def told(self, path: str) -> list[Any]:
        return [body for _, known, body, _ in self.calls if known == path]

    def values(self, what: str) -> dict[str, Any]:
        return {each["key"]: each["value"] for body in self.told("runs/log-batch") for each in body.get(what, [])}


class Calls:
    """What the function asks of SageMaker and of ECR."""

    def __init__(self) -> None:
        self.job: dict[str, Any] = {
            "TrainingJobArn": f"arn:aws:sagemaker:{REGION}:111122223333:training-job/pipelines-run-1-Train",
            "CreationTime": BEGAN,
            "TrainingStartTime": BEGAN,
            "BillableTimeInSeconds": 60,
            "AlgorithmSpecification": {"TrainingImage": f"{IMAGE}:1"},
            "ResourceConfig": {"InstanceType": "ml.g4dn.xlarge", "InstanceCount": 2},
            "HyperParameters": {"depth": "4"},
            "FinalMetricDataList": [{"MetricName": "loss", "Value": 0.25}],
        }

    def describe_training_job(self, TrainingJobName: str) -> dict[str, Any]:
        assert TrainingJobName == EVENT["job"]
        return self.job

    def describe_images(self, **asked: Any) -> dict[str, Any]:
        assert asked == {"registryId": "111122223333", "repositoryName": "team/churn", "imageIds": [{"imageTag": "1"}]}
        return {"imageDetails": [{"imageDigest": "sha256:feed"}]}


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", region_name=REGION)
        for bucket in ("raw", "artifacts"):
            client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        client.put_object(Bucket="raw", Key="dataset/train/data.csv", Body=b"a,b\n1,2\n")
        client.put_object(Bucket="raw", Key="dataset-other/data.csv", Body=b"x")
        evaluation = {"metrics": {"auc": 0.95, "rmse": 2.5}, "commit": "0123abc"}
        client.put_object(Bucket="artifacts", Key="evaluation/churn/run-1/evaluation.json", Body=json.dumps(evaluation))
        yield client


@pytest.fixture
def mlflow() -> Iterator[Mlflow]:
    server = Mlflow()
    yield server
    server.server.shutdown()


Load = Callable[..., ModuleType]


@pytest.fixture
def load(rendered: Path, monkeypatch: pytest.MonkeyPatch, mlflow: Mlflow, s3: Any) -> Load:
    def loaded(tracker: str = APP, calls: Calls | None = None) -> ModuleType:
        monkeypatch.setenv("TRACKER", tracker)
        monkeypatch.setenv("PIPELINE", "churn-training")
        spec = importlib.util.spec_from_file_location("recorder", rendered / "recorder.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        fakes, client = calls or Calls(), boto3.client
        monkeypatch.setattr(module.boto3, "client", lambda name, **more: client(name, **more) if name == "s3" else fakes)
        monkeypatch.setattr(module.time, "sleep", lambda seconds: None)
        module.HOST = f"http://127.0.0.1:{mlflow.server.server_port}"
        return module

    return loaded


def test_a_run_has_parameters_metrics_data_image_commit_and_model(load: Load, mlflow: Mlflow, s3: Any, capsys: pytest.CaptureFixture[str]):
    assert load().handler(EVENT, None) == {"run": "abc123"}
    assert mlflow.experiments == {"churn-training"}
    (made,) = mlflow.told("runs/create")
    assert (made["experiment_id"], made["run_name"], made["start_time"]) == ("7", "run-1", int(BEGAN.timestamp() * 1000))
    assert {each["key"]: each["value"] for each in made["tags"]} == {
        "mlflow.source.type": "JOB",
        "mlflow.source.name": EVENT["execution"],
        "mlflow.source.git.commit": "0123abc",
        "image": f"{IMAGE}:1",
        "image.digest": "sha256:feed",
        "model": EVENT["model"],
        "evaluation": EVENT["evaluation"],
        "trainingJob": f"arn:aws:sagemaker:{REGION}:111122223333:training-job/pipelines-run-1-Train",
        "triggeredBy": "drift",
        "gates.missed": "rmse",
    }
    assert mlflow.values("params") == {"depth": "4", "instanceType": "ml.g4dn.xlarge", "instanceCount": "2"}
    assert mlflow.values("metrics") == {"auc": 0.95, "rmse": 2.5, "train.loss": 0.25, "train.billedSeconds": 60}
    assert [body["status"] for body in mlflow.told("runs/update")] == ["FINISHED"]
    stored = s3.get_object(Bucket="artifacts", Key="mlflow/7/abc123/artifacts/evaluation.json")["Body"].read()
    assert json.loads(stored)["metrics"]["auc"] == 0.95
    line = json.loads(capsys.readouterr().out)
    assert (line["PipelineName"], line["UnrecordedRuns"], line["run"]) == ("churn-training", 0, "abc123")
    assert line["_aws"]["CloudWatchMetrics"] == [
        {"Namespace": "MLOps/Tracking", "Dimensions": [["PipelineName"]], "Metrics": [{"Name": "UnrecordedRuns"}]}
    ]


def test_the_data_set_has_another_digest_when_a_file_of_it_is_another_one(load: Load, mlflow: Mlflow, s3: Any):
    recorder = load()
    for changes in ({}, {"dataset-other/data.csv": b"changed"}, {"dataset/train/data.csv": b"a,b\n9,9\n"}):
        for key, body in changes.items():
            s3.put_object(Bucket="raw", Key=key, Body=body)
        recorder.handler(EVENT, None)
    first, beside, inside = [body["datasets"][0]["dataset"] for body in mlflow.told("runs/log-inputs")]
    assert json.loads(first["source"]) == {"uri": "s3://raw/dataset"}
    assert first["digest"] == beside["digest"] != inside["digest"]
    assert len(first["digest"]) <= 36, "the most that MLflow takes"


@pytest.mark.parametrize(
    ("tracker", "host", "service", "header"),
    [
        (APP, "https://mlflow.sagemaker.eu-west-1.app.aws", "sagemaker", "x-sm-mlflow-app-arn"),
        (SERVER, "https://eu-west-1.experiments.sagemaker.aws", "sagemaker-mlflow", "x-mlflow-sm-tracking-server-arn"),
    ],
)
def test_requests_are_signed_as_awss_own_plugin_signs_them(
    load: Load, mlflow: Mlflow, rendered: Path, monkeypatch: pytest.MonkeyPatch, tracker: str, host: str, service: str, header: str
):
    recorder = load(tracker)
    recorder.handler(EVENT, None)
    for _, _, _, headers in mlflow.calls:
        sent = {name.lower(): value for name, value in headers.items()}
        assert sent[header] == tracker
        signed = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/([^,]+), SignedHeaders=([^,]+), Signature=[0-9a-f]{64}", sent["authorization"])
        assert signed and signed[1] == f"{REGION}/{service}/aws4_request"
        assert {"host", header, "x-amz-content-sha256", "x-amz-date"} <= set(signed[2].split(";"))
    spec = importlib.util.spec_from_file_location("fresh", rendered / "recorder.py")
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    assert fresh.HOST == host


def test_faults_that_pass_are_waited_for(load: Load, mlflow: Mlflow):
    mlflow.faults = {"runs/create": [503, 429], "runs/log-batch": [500]}
    assert load().handler(EVENT, None) == {"run": "abc123"}


def test_an_experiment_that_somebody_else_made_meanwhile_is_used(load: Load, mlflow: Mlflow):
    mlflow.experiments.add("churn-training")
    mlflow.faults = {"experiments/get-by-name": [404], "experiments/create": [400]}
    assert load().handler(EVENT, None) == {"run": "abc123"}


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ({"runs/create": [403]}, "HTTPError: HTTP Error 403: runs/create: "),
        ({"runs/log-inputs": [503] * 5}, "HTTPError: HTTP Error 503: runs/log-inputs: "),
    ],
)
def test_a_run_that_cannot_be_recorded_goes_on_and_is_counted(
    load: Load, mlflow: Mlflow, capsys: pytest.CaptureFixture[str], faults: dict[str, list[int]], error: str
):
    mlflow.faults = faults
    assert load().handler(EVENT, None) == {"run": "not-recorded"}
    line = json.loads(capsys.readouterr().out)
    assert line["UnrecordedRuns"] == 1 and line["error"].startswith(error)


def test_an_image_by_digest_needs_no_look_and_many_parameters_come_in_several_requests(load: Load, mlflow: Mlflow):
    calls = Calls()
    calls.job["AlgorithmSpecification"] = {"TrainingImage": f"{IMAGE}@sha256:beef"}
    calls.job["HyperParameters"] = {f"p{number}": "v" * 2500 for number in range(100)}
    calls.job.pop("FinalMetricDataList")
    calls.describe_images = None  # type: ignore[assignment]
    assert load(calls=calls).handler(EVENT, None) == {"run": "abc123"}
    tags = {each["key"]: each["value"] for each in mlflow.told("runs/create")[0]["tags"]}
    assert tags["image.digest"] == "sha256:beef"
    assert [len(body["params"]) for body in mlflow.told("runs/log-batch") if "params" in body] == [100, 2]
