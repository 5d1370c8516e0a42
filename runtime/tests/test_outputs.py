"""Writing into a mounted bucket, and checkpoints that survive an interruption there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mlops_runtime import ContractError, Evaluation, Job, Workload, outputs
from mlops_runtime.outputs import copy_tree, writable


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs.time, "sleep", lambda seconds: None)


@pytest.fixture
def mount(tmp_path: Path) -> Path:
    (tmp_path / "gcs" / "lake").mkdir(parents=True)
    return tmp_path / "gcs"


def env(mount: Path, **more: str) -> dict[str, str]:
    return {"MLOPS_GCS_ROOT": str(mount), "MLOPS_SAGEMAKER_ROOT": "/nonexistent", **more}


def tree(folder: Path) -> dict[str, str | None]:
    found = sorted(folder.rglob("*"))
    return {path.relative_to(folder).as_posix(): path.read_text() if path.is_file() else None for path in found}


def test_an_ordinary_folder_is_written_in_directly(tmp_path: Path, mount: Path) -> None:
    with writable(tmp_path / "out", env(mount)) as folder:
        assert folder == tmp_path / "out" and folder.is_dir()


def test_a_buckets_folder_gets_the_files_at_the_end_and_links_become_what_they_lead_to(mount: Path) -> None:
    place = mount / "lake" / "run" / "model"
    with writable(place, env(mount)) as folder:
        (folder / "staging" / "variables").mkdir(parents=True)
        (folder / "staging" / "variables" / "weights").write_text("w")
        os.rename(folder / "staging", folder / "saved")
        (folder / "saved" / "assets").mkdir()
        (folder / "latest").symlink_to("saved")
        (folder / "saved" / "linked").symlink_to(folder / "saved" / "variables" / "weights")
        assert tree(place) == {}, "nothing is there before the work is done"
    inside = {"": None, "/assets": None, "/linked": "w", "/variables": None, "/variables/weights": "w"}
    wanted = {f"{name}{below}": text for name in ("latest", "saved") for below, text in inside.items()}
    assert tree(place) == wanted
    assert not any(path.is_symlink() for path in place.rglob("*"))
    assert not folder.exists(), "the local copy is gone"


INTERRUPTED = """
import sys, time
from mlops_runtime import Workload, outputs
def slow(reader, writer, length):
    writer.write(reader.read(2))
    writer.flush()
    if "{until}" in writer.name:
        print("copying", flush=True)
        time.sleep(60)
    writer.write(reader.read())
outputs.shutil.copyfileobj = slow
def train(job):
    for number in range(3):
        (job.model_dir / "shards").mkdir(exist_ok=True)
        (job.model_dir / "shards" / f"first-{{number}}").write_text("first attempt")
Workload(train=train).main()
"""


def interrupted(mount: Path, number: signal.Signals, until: str = "first-1") -> int:
    """A training that is stopped by the signal while the file is copied; its exit code."""
    variables = env(mount, MLOPS_MODEL_DIR="gs://lake/run/model", PYTHONPATH=str(Path(outputs.__file__).parents[1]))
    command = [sys.executable, "-c", INTERRUPTED.format(until=until), "train"]
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as job:
        assert job.stdout and job.stdout.readline() == "copying\n"
        job.send_signal(number)
        return job.wait(timeout=20)


def again(job: Job) -> None:
    (job.model_dir / "second").write_text("second attempt")


def test_a_stop_while_the_model_is_copied_leaves_nothing(mount: Path) -> None:
    assert interrupted(mount, signal.SIGTERM) == 143
    assert tree(mount / "lake") == {"run": None}


@pytest.mark.parametrize("until", ["first-0", "first-2", "model.files.json"])
def test_an_attempt_that_is_killed_leaves_none_of_its_files_to_the_next(mount: Path, until: str) -> None:
    run = mount / "lake" / "run"
    (run / "model").mkdir(parents=True)
    (run / "model" / "theirs").write_text("not ours")
    if until == "model.files.json":
        (run / until).write_text('{"shards/first-0": 1')  # killed while it wrote the list, before any file
    else:
        assert interrupted(mount, signal.SIGKILL, until) == -9
        assert (run / "model" / "shards" / until).read_text() == "fi"
    assert training(mount, 0, again) == 0
    assert tree(run / "model") == {"second": "second attempt", "theirs": "not ours"}
    assert json.loads((run / "model.files.json").read_text()) == {"second": 14}


def test_a_model_that_was_left_half_is_not_evaluated_and_gone_before_the_next_attempt_works(mount: Path) -> None:
    assert interrupted(mount, signal.SIGKILL) == -9
    model = mount / "lake" / "run" / "model"
    evaluating = Workload(load=str, evaluate=lambda job, model: Evaluation({"auc": 1}))
    places = {"MLOPS_MODEL_DIR": str(model), "MLOPS_OUTPUT_DIR": str(mount / "lake" / "run" / "evaluation")}
    assert evaluating.run(["evaluate"], env(mount, **places)) == 2

    seen: list[Any] = []
    assert training(mount, 0, lambda job: (seen.append(tree(model)), again(job))[1]) == 0
    assert seen == [{}]
    assert evaluating.run(["evaluate"], env(mount, **places)) == 0


def test_a_whole_model_stays_until_its_successor_is_copied(mount: Path) -> None:
    assert training(mount, 0, again) == 0

    def third(job: Job) -> None:
        assert tree(mount / "lake" / "run" / "model") == {"second": "second attempt"}
        raise RuntimeError("out of memory")

    assert training(mount, 0, third) == 1
    assert tree(mount / "lake" / "run" / "model") == {"second": "second attempt"}
    assert training(mount, 0, lambda job: (job.model_dir / "third").write_text("3") and None) == 0
    assert tree(mount / "lake" / "run" / "model") == {"third": "3"}


def test_a_list_that_leads_out_of_the_folder_deletes_nothing_there(mount: Path) -> None:
    run = mount / "lake" / "run"
    (run / "data").mkdir(parents=True)
    (run / "data" / "kept").write_text("x")
    (run / "model.files.json").write_text(json.dumps({"../data/kept": 9, "/etc/none": 9, "": 9}))
    assert training(mount, 0, again) == 0
    assert (run / "data" / "kept").read_text() == "x"


def test_where_no_list_may_be_written_the_files_are(mount: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.write_text

    def closed(self: Path, *rest: Any, **more: Any) -> int:
        if self.name.endswith(".files.json"):
            raise PermissionError(13, "Permission denied")
        return real(self, *rest, **more)

    monkeypatch.setattr(Path, "write_text", closed)
    assert training(mount, 0, again) == 0
    assert tree(mount / "lake" / "run" / "model") == {"second": "second attempt"}


def test_work_that_fails_leaves_nothing_in_the_bucket(mount: Path) -> None:
    place = mount / "lake" / "model"
    with pytest.raises(RuntimeError), writable(place, env(mount)) as folder:
        (folder / "half").write_text("x")
        raise RuntimeError("out of memory")
    assert tree(place) == {}


def test_what_cannot_be_copied_is_an_error(mount: Path) -> None:
    with pytest.raises(ContractError, match="^lost is neither a file nor a folder, or a link to nothing$"):
        with writable(mount / "lake" / "model", env(mount)) as folder:
            (folder / "lost").symlink_to("nowhere")
    with pytest.raises(ContractError, match="^loop is a link to a folder around it$"):
        with writable(mount / "lake" / "model", env(mount)) as folder:
            (folder / "a").mkdir()
            (folder / "a" / "loop").symlink_to(folder)


def test_a_bucket_that_is_not_mounted_is_told_before_the_work(tmp_path: Path, mount: Path) -> None:
    began: list[bool] = []
    for root, place in [(tmp_path / "none", "none/lake/model"), (mount, "gcs/other/model"), (mount, "gcs")]:
        with pytest.raises(ContractError) as caught, writable(tmp_path / place, env(root)):
            began.append(True)
        bucket = tmp_path / "/".join(Path(place).parts[:2])
        wanted = f"{tmp_path / place} is in no bucket: {bucket} is not mounted here, as it is in jobs of Vertex AI"
        assert str(caught.value) == wanted
    assert not began and not (tmp_path / "none").exists(), "the container's own disk would lose the model"


def failing(times: int, error: Callable[[], OSError], where: str) -> Callable[..., Any]:
    """Path.open that fails some times when it writes below a folder."""
    real, left = Path.open, [times]

    def opened(self: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if mode == "wb" and where in str(self) and left[0]:
            left[0] -= 1
            raise error()
        return real(self, mode, *rest, **more)

    return opened


def test_a_write_that_fails_is_tried_again_and_then_given_up(mount: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = mount / "lake" / "model"
    monkeypatch.setattr(Path, "open", failing(3, lambda: OSError(116, "Stale file handle"), "/gcs/"))
    with writable(place, env(mount)) as folder:
        (folder / "weights").write_text("w")
    assert tree(place) == {"weights": "w"}
    monkeypatch.setattr(Path, "open", failing(4, lambda: OSError(5, "Input/output error"), "/gcs/"))
    with (
        pytest.raises(OSError, match="weights cannot be written: .*Input/output error"),
        writable(place, env(mount)) as folder,
    ):
        (folder / "weights").write_text("w")


def test_a_file_that_arrives_short_is_written_again(mount: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, lost = outputs.shutil.copyfileobj, [True]

    def forgetful(reader: Any, writer: Any, length: int) -> None:
        if lost[0]:
            lost[0] = False
            return
        real(reader, writer, length)

    monkeypatch.setattr(outputs.shutil, "copyfileobj", forgetful)
    with writable(mount / "lake" / "model", env(mount)) as folder:
        (folder / "weights").write_text("w")
    assert tree(mount / "lake" / "model") == {"weights": "w"}


def test_a_permission_that_is_missing_is_named_at_once(mount: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "open", failing(1, lambda: PermissionError(13, "Permission denied"), "/gcs/"))
    place = mount / "lake" / "model"
    with pytest.raises(ContractError) as caught, writable(place, env(mount)) as folder:
        (folder / "weights").write_text("w")
    assert str(caught.value) == (
        f"{place / 'weights'} cannot be written: Permission denied: "
        "may the job's identity create and delete objects there?"
    )

    def closed(self: Path, **_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", closed)
    with pytest.raises(ContractError, match="model cannot be written: Permission denied"), writable(place, env(mount)):
        raise AssertionError("the work must not begin")


def training(mount: Path, rank: int, train: Callable[[Job], None]) -> int:
    spec = {
        "cluster": {"workerpool0": ["a:2222"], "workerpool1": ["b:2222"]},
        "task": {"type": f"workerpool{rank}", "index": 0},
    }
    places = {"MLOPS_MODEL_DIR": f"{mount}/lake/run/model", "MLOPS_OUTPUT_DIR": "gs://lake/run/other"}
    return Workload(train=train).run(["train"], env(mount, CLUSTER_SPEC=json.dumps(spec), **places))


def test_the_first_machine_writes_the_model_and_the_others_may_write_none(mount: Path) -> None:
    def everyone(job: Job) -> None:
        (job.model_dir / "weights").write_text(str(job.cluster.rank))
        (job.output_dir / "plot").write_text(str(job.cluster.rank))

    assert training(mount, 0, everyone) == 0
    assert training(mount, 1, everyone) == 0
    run = mount / "lake" / "run"
    assert (tree(run / "model"), tree(run / "other")) == ({"weights": "0"}, {"plot": "0"})
    assert training(mount, 1, lambda job: None) == 0
    assert training(mount, 0, lambda job: None) == 2, "the first one must leave a model"


def test_every_verb_that_writes_looks_at_its_bucket_before_it_works(mount: Path) -> None:
    worked: list[str] = []
    workload = Workload(
        prepare=lambda job: worked.append("prepare"),
        train=lambda job: worked.append("train"),
        load=lambda folder: worked.append("load"),
        evaluate=lambda job, model: Evaluation({"auc": 1}),
    )
    places = dict.fromkeys(("MLOPS_MODEL_DIR", "MLOPS_OUTPUT_DIR"), str(mount / "other" / "run"))
    for verb in ("prepare", "train", "evaluate"):
        assert workload.run([verb], env(mount, **places)) == 2
    assert worked == [] and not (mount / "other").exists()


def checkpoints(mount: Path) -> Job:
    return Job.of("train", env(mount, MLOPS_CHECKPOINT_DIR="gs://lake/checkpoints/run"))


def test_the_last_whole_checkpoint_is_found_and_an_interrupted_one_is_passed_over(mount: Path) -> None:
    job = checkpoints(mount)
    assert job.last_checkpoint() is None
    for step in (2, 10):
        with job.checkpoint(step) as folder:
            (folder / "state").write_text(f"after {step}")
    with pytest.raises(KeyboardInterrupt), job.checkpoint(11) as folder:
        (folder / "state").write_text("half")
        raise KeyboardInterrupt
    last = checkpoints(mount).last_checkpoint()
    assert last is not None and (int(last.name), (last / "state").read_text()) == (10, "after 10")

    (last / "state").write_text("cut")
    last = job.last_checkpoint()
    assert last is not None and int(last.name) == 2, "a file of another size is the trace of an interrupted copy"
    (last / "state").unlink()
    (job.checkpoint_dir / "000000000012.json").write_text("{")
    (job.checkpoint_dir / "notes.json").write_text("{}")
    assert job.last_checkpoint() is None


def test_a_checkpoint_that_is_written_again_is_not_whole_in_between(
    mount: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = checkpoints(mount)
    with job.checkpoint(1) as folder:
        (folder / "state").write_text("first")
    monkeypatch.setattr("mlops_runtime.checkpoints.copy_tree", lambda source, target: 1 / 0)
    with pytest.raises(ZeroDivisionError), job.checkpoint(1) as folder:
        (folder / "state").write_text("again")
    assert job.last_checkpoint() is None
    with pytest.raises(ContractError, match="a checkpoint's step must not be negative, got -1"), job.checkpoint(-1):
        pass


def test_sizes_are_told_by_path(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_text("123")
    assert copy_tree(tmp_path / "a", tmp_path / "z") == {"b/c": 3}
