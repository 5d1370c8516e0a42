"""What a job of Azure ML is like: its outputs are mounts of object storage, and it has a run of its own."""

from __future__ import annotations

import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlops_runtime import Workload, log_metrics, outputs, places, tracking
from mlops_runtime.outputs import is_whole, writable
from mlops_runtime.places import fuse_mount, in_bucket

JOB = {"AZUREML_RUN_ID": "run-1", "MLFLOW_TRACKING_URI": "azureml://westeurope.api.azureml.ms/mlflow/v1.0/x"}


@pytest.fixture
def mount(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the kernel calls a mount, with a blank in its name."""
    output = tmp_path / "wd" / "my output"
    output.mkdir(parents=True)
    monkeypatch.setattr(places, "MOUNTS", tmp_path / "mounts")
    spelled = str(output).replace(" ", "\\040")
    lines = ["overlay / overlay rw 0 0", f"/dev/sda1 {tmp_path} ext4 rw 0 0", f"rslex {spelled} fuse rw 0 0"]
    (tmp_path / "mounts").write_text("".join(f"{line}\n" for line in lines))
    return output


def test_the_kernel_says_what_is_a_mount(mount: Path, tmp_path: Path) -> None:
    assert fuse_mount(mount) == fuse_mount(mount / "deep" / "er") == mount
    assert in_bucket(mount / "model", {})
    assert fuse_mount(tmp_path / "wd") is None
    assert not in_bucket(tmp_path, {})


@pytest.mark.parametrize("kind", ["fuse.blobfuse2", "fuse.gcsfuse"])
def test_every_file_system_in_user_space_is_one_but_a_containers_root(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MOUNTS", tmp_path / "mounts")
    (tmp_path / "mounts").write_text(f"fuse-overlayfs / fuse.fuse-overlayfs rw 0 0\nx {tmp_path}/m {kind} rw 0 0\n")
    assert fuse_mount(tmp_path / "m" / "x") == tmp_path / "m"
    assert fuse_mount(tmp_path / "other") is None
    (tmp_path / "mounts").unlink()
    assert fuse_mount(tmp_path / "m") is None


def test_an_output_gets_whole_files_when_the_work_is_done(mount: Path) -> None:
    with writable(mount / "model", {}) as folder:
        (folder / "weights.tmp").write_text("w")
        (folder / "weights.tmp").rename(folder / "weights")
        assert not list((mount / "model").iterdir()), "nothing is there before"
    assert (mount / "model" / "weights").read_text() == "w"
    assert (mount / "model.files.json").is_file()


def test_the_list_of_an_output_that_is_the_mount_itself_is_inside(mount: Path) -> None:
    with writable(mount, {}) as folder:
        (folder / "weights").write_text("w")
    assert sorted(path.name for path in mount.iterdir()) == ["files.json", "weights"]
    assert is_whole(mount)
    (mount / "weights").write_text("cut short")
    assert not is_whole(mount), "what a machine left that was taken away"
    with writable(mount, {}) as folder:
        (folder / "other").write_text("o")
    assert sorted(path.name for path in mount.iterdir()) == ["files.json", "other"], "the next attempt cleans up"


def test_machines_that_share_an_output_do_not_delete_each_others_files(mount: Path) -> None:
    for attempt in range(2):
        for machine in ("0", "1"):
            with writable(mount, {}, part=machine) as folder:
                (folder / f"part-{machine}-{attempt}").write_text("x")
    names = sorted(path.name for path in mount.iterdir())
    assert names == ["files-0.json", "files-1.json", "part-0-1", "part-1-1"]


def test_work_that_fails_leaves_nothing(mount: Path) -> None:
    with pytest.raises(RuntimeError), writable(mount / "model", {}) as folder:
        (folder / "weights").write_text("w")
        raise RuntimeError("diverged")
    assert not list((mount / "model").iterdir())


def test_train_and_evaluate_work_on_mounts(mount: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs.time, "sleep", lambda seconds: None)

    def train(job: object) -> None:
        (job.model_dir / "weights").write_text("w")  # type: ignore[attr-defined]

    env = {"MLOPS_MODEL_DIR": str(mount / "model"), "MLOPS_OUTPUT_DIR": str(mount / "output"), "MLOPS_VERB": "train"}
    assert Workload(train=train).run([], {**env, "MLOPS_SAGEMAKER_ROOT": "/nonexistent"}) == 0
    assert (mount / "model" / "weights").is_file()
    (mount / "model" / "weights").write_text("cut short")
    job = {**env, "MLOPS_VERB": "evaluate", "MLOPS_INPUT_DIR": str(mount)}
    assert Workload(load=str, evaluate=lambda job, model: None).run([], job) == 2  # type: ignore[arg-type,return-value]


class Client:
    """MLflow's, as a job's run sees it."""

    logged: list[tuple[str, str, float]] = []
    fault: BaseException | None = None
    seconds = 0.0

    def log_metric(self, run: str, name: str, value: float) -> None:
        time.sleep(Client.seconds)
        if Client.fault:
            raise Client.fault
        Client.logged.append((run, name, value))


@pytest.fixture
def mlflow(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Client]]:
    module, inner = types.ModuleType("mlflow"), types.ModuleType("mlflow.tracking")
    module.__spec__ = types.SimpleNamespace(name="mlflow")  # type: ignore[assignment]
    inner.MlflowClient = Client  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "mlflow", module)
    monkeypatch.setitem(sys.modules, "mlflow.tracking", inner)
    Client.logged, Client.fault, Client.seconds = [], None, 0.0
    tracking.given_up.clear()
    yield Client
    tracking.given_up.clear()


def test_metrics_are_in_the_run_of_the_job(mlflow: type[Client], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    log_metrics({"auc": 0.9, "f1": 1}, JOB)
    assert mlflow.logged == [("run-1", "auc", 0.9), ("run-1", "f1", 1.0)]
    assert caplog.messages == ["metrics"]
    log_metrics({"auc": 0.8}, {**JOB, "MLFLOW_RUN_ID": "child"})
    assert mlflow.logged[-1] == ("child", "auc", 0.8)


@pytest.mark.parametrize(
    "env",
    [{}, {"AZUREML_RUN_ID": "run-1"}, {"MLFLOW_TRACKING_URI": "http://tracker"}, {**JOB, "RANK": "1"}],
)
def test_elsewhere_and_on_other_machines_they_are_in_the_log_alone(mlflow: type[Client], env: dict[str, str]) -> None:
    log_metrics({"auc": 0.9}, env)
    assert mlflow.logged == []


def test_a_tracker_that_fails_is_a_warning_once_and_no_failure(
    mlflow: type[Client], caplog: pytest.LogCaptureFixture
) -> None:
    mlflow.fault = ImportError("no plugin for azureml://")
    log_metrics({"auc": 0.9}, JOB)
    log_metrics({"auc": 0.9}, JOB)
    (warning,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert warning.fields == {"reason": "ImportError: no plugin for azureml://"}  # type: ignore[attr-defined]


def test_a_tracker_that_hangs_holds_nothing_up(
    mlflow: type[Client], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tracking, "WAIT_SECONDS", 0.05)
    mlflow.seconds = 1.0
    began = time.monotonic()
    log_metrics({"auc": 0.9}, JOB)
    log_metrics({"auc": 0.9}, JOB)
    assert time.monotonic() - began < 0.9
    assert "metrics are not in the run of the job, only in its log" in caplog.messages


def test_an_image_without_mlflow_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking.importlib.util, "find_spec", lambda name: None)
    assert tracking.record({"auc": 0.9}, JOB) == ""
