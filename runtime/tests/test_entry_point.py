"""The dispatcher, the application behind `serve`, and what the package costs to import."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mlops_runtime import Feature, Job, Schema, Workload
from mlops_runtime.app import App, Routes
from mlops_runtime.serving import port

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "runtime" / "src"


def nothing(job: Job) -> None:
    """Writes no model."""


def broken(job: Job) -> None:
    raise RuntimeError("row 7 of patient Smith is odd")


def test_a_platform_that_passes_no_argument_names_the_verb_in_a_variable(tmp_path: Path) -> None:
    env = {"MLOPS_SAGEMAKER_ROOT": str(tmp_path), "MLOPS_VERB": "prepare"}
    seen: list[str] = []
    workload = Workload(prepare=lambda job: seen.append("prepare"), train=lambda job: seen.append("train"))
    assert workload.run([], env) == 0
    workload.run(["train"], env)
    assert seen == ["prepare", "train"], "the argument wins"
    assert workload.run([], {**env, "MLOPS_VERB": "tune"}) == 2
    assert workload.run([], {**env, "MLOPS_VERB": ""}) == 2


@pytest.mark.parametrize(
    ("workload", "argv", "code", "message"),
    [
        (Workload(), [], 2, "usage: <image> prepare | train | evaluate | serve | predict | monitor, got no argument"),
        (Workload(), ["tune"], 2, "usage: <image> prepare | train | evaluate | serve | predict | monitor, got tune"),
        (Workload(), ["train"], 2, "this image has no train: pass it to Workload(train=…)"),
        (Workload(train=nothing), ["train"], 2, "train left .* empty"),
        (Workload(train=broken), ["train"], 1, "failed"),
        (Workload(prepare=nothing), ["prepare"], 0, "done"),
        (
            Workload(load=str, evaluate=lambda job, model: 1),
            ["evaluate"],
            2,
            "evaluate must return an Evaluation, got int",
        ),
    ],
)
def test_the_exit_code_says_whose_fault_it_is(
    workload: Workload, argv: list[str], code: int, message: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert workload.run(argv, {"MLOPS_SAGEMAKER_ROOT": str(tmp_path)}) == code
    last = caplog.messages[-1]
    assert last == message or re.fullmatch(message, last)


def test_sagemaker_is_told_the_kind_of_an_error_but_not_the_data_in_it(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    Workload(train=broken).run(["train"], {"MLOPS_SAGEMAKER_ROOT": str(tmp_path)})
    for name in ("failure", "message"):
        assert (tmp_path / "output" / name).read_text() == "RuntimeError: see the log of the job"


@pytest.mark.parametrize(
    ("workload", "argv", "reason"),
    [
        (Workload(train=broken), ["train"], "RuntimeError: see the log of the job"),
        (Workload(), ["train"], "this image has no train: pass it to Workload(train=\N{HORIZONTAL ELLIPSIS})"),
    ],
)
def test_the_workflow_is_told_why_the_work_failed_where_it_says(
    workload: Workload, argv: list[str], reason: str, tmp_path: Path
) -> None:
    file = tmp_path / "reason"
    env = {"MLOPS_SAGEMAKER_ROOT": str(tmp_path / "none"), "MLOPS_FAILURE_FILE": str(file)}
    assert workload.run(argv, env) > 0
    assert file.read_text() == reason.encode("ascii", "replace").decode()


def test_a_user_that_the_image_lacks_breaks_the_contract(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)
    env = {"MLOPS_RUN_AS": "nobody-we-know", "MLOPS_SAGEMAKER_ROOT": str(tmp_path)}
    assert Workload(prepare=nothing).run(["prepare"], env) == 2
    assert caplog.messages[-1] == "MLOPS_RUN_AS must name a user of the image, got 'nobody-we-know'"


STOPPED = """
import time
from mlops_runtime import Workload
def train(job):
    (job.model_dir / "half").write_text("a")
    print("working", flush=True)
    time.sleep(60)
Workload(train=train).main()
"""


def test_a_job_that_is_stopped_ends_at_once_and_leaves_no_half_of_a_model(tmp_path: Path) -> None:
    (tmp_path / "gcs" / "lake").mkdir(parents=True)
    model = tmp_path / "gcs" / "lake" / "model"
    env = {"PYTHONPATH": str(SOURCE), "MLOPS_GCS_ROOT": str(tmp_path / "gcs"), "MLOPS_MODEL_DIR": str(model)}
    command = [sys.executable, "-c", STOPPED, "train"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as job:
        assert job.stdout and job.stderr
        assert job.stdout.readline() == "working\n"
        job.terminate()
        assert job.wait(timeout=20) == 143
        assert json.loads(job.stderr.read().splitlines()[-1])["message"] == "stopped by the platform"
    assert list(model.iterdir()) == []


Call = Callable[..., tuple[str, dict[str, Any]]]


def calling(app: App) -> Call:
    def call(path: str, body: bytes = b"", content_type: str = "", method: str = "POST") -> tuple[str, dict[str, Any]]:
        statuses: list[str] = []
        environ = {
            "PATH_INFO": path,
            "REQUEST_METHOD": method,
            "CONTENT_TYPE": content_type,
            "wsgi.input": io.BytesIO(body),
        }
        (answer,) = app(environ, lambda status, headers: statuses.append(status))
        return statuses[0], json.loads(answer)

    return call


@pytest.mark.parametrize(
    "predict",
    [
        lambda model, rows: [1],
        lambda model, rows: [float("nan")] * len(rows),
        lambda model, rows: [object()] * len(rows),
        lambda model, rows: 1 / 0,
    ],
)
def test_a_prediction_that_fails_is_a_500_without_its_details(predict: Any) -> None:
    app = App(predict, Routes.of({}))
    app.ready(None, Schema([Feature("a")]))
    status, answer = calling(app)("/invocations", b'{"instances": [[1], [2]]}')
    assert status == "500 Internal Server Error"
    assert re.fullmatch("[0-9a-f]{32}", answer.pop("requestId")), "which the log has too"
    assert answer == {"error": "the prediction failed, the log says why"}


def test_without_a_schema_rows_reach_the_model_as_they_came() -> None:
    seen: list[Any] = []
    app = App(lambda model, rows: seen.extend(rows) or [0] * len(rows), Routes.of({}))  # type: ignore[func-returns-value]
    app.ready(None, None)
    call = calling(app)
    assert call("/invocations", b'[[1, "x"], {"text": "hello", "inference_id": "i"}]')[0] == "200 OK"
    assert seen == [[1, "x"], {"text": "hello"}]


def test_who_accepts_json_lines_by_name_gets_a_prediction_a_line() -> None:
    app = App(lambda model, rows: [{"prediction": row[0]} for row in rows], Routes.of({}))
    app.ready(None, None)
    headers: list[tuple[str, str]] = []
    environ = {
        "PATH_INFO": "/invocations",
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/jsonlines",
        "HTTP_ACCEPT": "application/jsonlines",
        "wsgi.input": io.BytesIO(b"[1]\n[2]\n"),
    }
    assert app(environ, lambda status, sent: headers.extend(sent)) == [b'{"prediction": 1}\n{"prediction": 2}\n']
    assert dict(headers)["Content-Type"] == "application/jsonlines"
    assert calling(app)("/invocations", b"[1]\n[2]\n", "application/jsonlines") == (
        "200 OK",
        {"predictions": [{"prediction": 1}, {"prediction": 2}]},
    )


def test_every_clouds_paths_are_open_and_vertex_names_its_own() -> None:
    app = App(lambda model, rows: rows, Routes.of({"AIP_HEALTH_ROUTE": "/h", "AIP_PREDICT_ROUTE": "/p"}))
    call = calling(app)
    assert call("/", method="GET") == ("200 OK", {})
    assert call("/h", method="GET") == ("503 Service Unavailable", {"error": "the model is loading"})
    app.ready(None, None)
    for path in ("/ping", "/health", "/health/ready", "/health/live", "/h"):
        assert call(path, method="GET") == ("200 OK", {})
    for path in ("/invocations", "/predict", "/score", "/p"):
        assert call(path, b"[[1]]") == ("200 OK", {"predictions": [[1]]})


def test_the_port_is_the_clouds() -> None:
    assert port({}) == 8080
    assert port({"AIP_HTTP_PORT": "8081", "MLOPS_PORT": "9"}) == 8081
    assert port({"SAGEMAKER_BIND_TO_PORT": "8082", "PORT": "1"}) == 8082
    assert port({"PORT": "8083"}) == 8083, "Cloud Run"
    assert port({"PORT": "8083", "MLOPS_PORT": "9"}) == 9
    done = Workload(load=str, predict=lambda model, rows: rows).run(["serve"], {"MLOPS_PORT": "http"})
    assert done == 2


def test_serving_needs_neither_pandas_nor_scipy() -> None:
    code = (
        "import sys, mlops_runtime, mlops_runtime.serving, waitress\n"
        "heavy = {'pandas', 'numpy', 'scipy', 'sklearn'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(SOURCE)})


def test_the_image_installs_what_the_tests_ran() -> None:
    def pins(path: Path) -> set[str]:
        lines = path.read_text().splitlines()
        return {line.removesuffix(" \\") for line in lines if line and not line.startswith(("#", " "))}

    image = pins(ROOT / "examples" / "workload" / "requirements.txt")
    tests = pins(ROOT / "runtime" / "requirements-test.txt")
    assert image < tests
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[^ ]+( ; .+)?", line) for line in tests)


def test_the_image_takes_no_file_that_was_changed_since() -> None:
    text = (ROOT / "examples" / "workload" / "requirements.txt").read_text()
    for requirement in text.replace("\\\n", " ").splitlines()[1:]:
        assert re.fullmatch(r"[a-z0-9-]+==\S+( +--hash=sha256:[0-9a-f]{64})+", requirement), requirement
    assert "--require-hashes" in (ROOT / "examples" / "workload" / "Dockerfile").read_text()


def test_the_images_context_holds_what_the_image_copies_and_little_else() -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    dockerfile = (ROOT / "examples" / "workload" / "Dockerfile").read_text()
    copied = [source for line in dockerfile.splitlines() if line.startswith("COPY ") for source in line.split()[1:-1]]
    assert {source for source in copied if not (ROOT / source).exists()} == set()
    assert {name.removesuffix("/**") for name in allowed} == {*copied, "examples/workload/Dockerfile"}


def test_metrics_are_logged_as_a_metric_definition_finds_them() -> None:
    code = "from mlops_runtime import log, log_metrics; log.configure(); log_metrics({'message': 0.5, 'auc': 1e-05})"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(SOURCE)}, capture_output=True, text=True
    )
    assert re.findall(r'"(?:message|auc)": ([0-9.e+-]+)', done.stderr) == ["0.5", "1e-05"]


def test_vertex_sends_instances_and_parameters_to_its_own_routes() -> None:
    route = "/v1/endpoints/1234/deployedModels/5678"
    env = {"AIP_HEALTH_ROUTE": route, "AIP_PREDICT_ROUTE": f"{route}:predict"}
    app = App(lambda model, rows: [{"prediction": row[0]} for row in rows], Routes.of(env))
    app.ready(None, Schema([Feature("a"), Feature("b")]))
    call = calling(app)
    assert call(route, method="GET") == ("200 OK", {})
    body = {"instances": [{"a": 1.0, "b": 2.0, "inference_id": "i"}, [3.0, 4.0]], "parameters": {"threshold": 0.5}}
    answer = {"predictions": [{"prediction": 1.0}, {"prediction": 3.0}]}
    assert call(f"{route}:predict", json.dumps(body).encode(), "application/json") == ("200 OK", answer)


def test_logs_have_the_keys_and_severities_that_cloud_logging_reads() -> None:
    code = (
        "import logging; from mlops_runtime import log; log.configure(); logging.getLogger().setLevel(1)\n"
        "for level in (5, 10, 20, 25, 30, 40, 50): logging.log(level, 'at %d', level)\n"
        "log.info('ours', severity='mine', message='theirs', rows=3)\n"
        "try: 1 / 0\n"
        "except ZeroDivisionError: log.logger.exception('failed')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(SOURCE)}, capture_output=True, text=True
    )
    entries = [json.loads(line) for line in done.stderr.splitlines()]
    severities = ["DEBUG", "DEBUG", "INFO", "INFO", "WARNING", "ERROR", "CRITICAL", "INFO", "ERROR"]
    assert [entry["severity"] for entry in entries] == severities
    assert [entry["message"] for entry in entries][-3:] == ["at 50", "ours", "failed"]
    assert entries[-2]["rows"] == 3
    assert "ZeroDivisionError" in entries[-1]["exception"]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", entry["time"]) for entry in entries)


SHARED_PYTHON = "/usr/bin/python3"
SCRIPT = """
import os
from mlops_runtime import Workload
def train(job):
    job.files("train")
    (job.model_dir / "user").write_text(str(os.getuid()))
Workload(train=train).main()
"""


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that any user may reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="mlops-"))
    folder.chmod(0o755)
    (folder / "input" / "train").mkdir(parents=True)
    (folder / "input" / "train" / "data.csv").write_text("a\n1\n")
    (folder / "main.py").write_text(SCRIPT)
    shutil.copytree(SOURCE, folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    yield folder
    shutil.rmtree(folder)


def shared_python() -> bool:
    """Is there a Python that any user may run? The tests' own may lie in a private home."""
    check = [SHARED_PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 10))"]
    return Path(SHARED_PYTHON).exists() and subprocess.run(check, check=False).returncode == 0


@pytest.mark.skipif(os.getuid() != 0 or not shared_python(), reason="needs root and a shared Python")
@pytest.mark.parametrize("readable", [True, False])
def test_work_that_starts_as_root_goes_on_as_the_images_user_if_that_user_can_read(
    shared: Path, readable: bool
) -> None:
    (shared / "input" / "train" / "data.csv").chmod(0o644 if readable else 0o600)
    env = {
        "PYTHONPATH": str(shared / "src"),
        "MLOPS_RUN_AS": "nobody",
        "MLOPS_SAGEMAKER_ROOT": str(shared / "ml"),
        "MLOPS_INPUT_DIR": str(shared / "input"),
        "MLOPS_MODEL_DIR": str(shared / "model"),
    }
    command = [SHARED_PYTHON, "-B", str(shared / "main.py"), "train"]
    subprocess.run(command, check=True, env=env, capture_output=True)
    owner = (shared / "model").stat()
    user = int((shared / "model" / "user").read_text())
    assert stat.S_ISDIR(owner.st_mode)
    assert (user == owner.st_uid != 0) if readable else user == 0


@pytest.mark.skipif(os.getuid() != 0 or not shared_python(), reason="needs root and a shared Python")
@pytest.mark.parametrize("closed", ["", "lake", "checkpoints"])
def test_a_mounted_bucket_keeps_its_owner_and_who_may_not_write_there_stays_root(shared: Path, closed: str) -> None:
    bucket, checkpoints = shared / "gcs" / "lake", shared / "gcs" / "checkpoints"
    for place in (bucket, checkpoints):
        place.mkdir(parents=True)
        place.chmod(0o755 if place.name == closed else 0o777)
    env = {
        "PYTHONPATH": str(shared / "src"),
        "MLOPS_RUN_AS": "nobody",
        "MLOPS_SAGEMAKER_ROOT": str(shared / "ml"),
        "MLOPS_GCS_ROOT": str(shared / "gcs"),
        "MLOPS_INPUT_DIR": str(shared / "input"),
        "MLOPS_MODEL_DIR": str(bucket / "run" / "model"),
        "MLOPS_OUTPUT_DIR": str(bucket / "run" / "other"),
        "MLOPS_CHECKPOINT_DIR": str(checkpoints / "run"),
    }
    command = [SHARED_PYTHON, "-B", str(shared / "main.py"), "train"]
    done = subprocess.run(command, check=True, env=env, capture_output=True, text=True)
    assert bucket.stat().st_uid == 0
    user = int((bucket / "run" / "model" / "user").read_text())
    assert (user == 0) is bool(closed)
    assert ("staying root: the user cannot use a folder" in done.stderr) is bool(closed)
