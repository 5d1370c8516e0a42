from __future__ import annotations

from pathlib import Path

import pytest
from mlops_runtime import ContractError, Job
from mlops_runtime.places import folder


def test_without_variables_the_folders_are_sagemakers() -> None:
    assert Job.of("train", {}).input_dir == Path("/opt/ml/input/data")
    assert Job.of("train", {}).model_dir == Path("/opt/ml/model")
    assert Job.of("train", {}).checkpoint_dir == Path("/opt/ml/checkpoints")
    assert Job.of("evaluate", {}).input_dir == Path("/opt/ml/processing/input")
    assert Job.of("evaluate", {}).model_dir == Path("/opt/ml/processing/model")
    assert Job.of("prepare", {}).output_dir == Path("/opt/ml/processing/output")
    assert folder("serve", "MLOPS_MODEL_DIR", {}) == Path("/opt/ml/model")
    assert folder("monitor", "MLOPS_CAPTURED_DIR", {}) == Path("/opt/ml/processing/captured")
    assert folder("monitor", "MLOPS_REFERENCE_DIR", {}) == Path("/opt/ml/processing/reference")
    assert folder("monitor", "MLOPS_LABELS_DIR", {}) == Path("/opt/ml/processing/labels")


def test_a_variable_wins_over_azures_model_folder_and_that_over_sagemakers() -> None:
    azure = {"AZUREML_MODEL_DIR": "/var/azureml-app/model"}
    assert folder("serve", "MLOPS_MODEL_DIR", azure) == Path("/var/azureml-app/model")
    assert folder("serve", "MLOPS_MODEL_DIR", {**azure, "MLOPS_MODEL_DIR": "/m"}) == Path("/m")
    assert Job.of("evaluate", {**azure, "MLOPS_INPUT_DIR": "/in"}).input_dir == Path("/in")


def test_a_gs_place_is_its_folder_below_the_mount() -> None:
    assert Job.of("evaluate", {"MLOPS_INPUT_DIR": "gs://lake/data/test/"}).input_dir == Path("/gcs/lake/data/test")
    assert folder("monitor", "MLOPS_LABELS_DIR", {"MLOPS_LABELS_DIR": "gs://lake", "MLOPS_GCS_ROOT": "/m"}) == Path(
        "/m/lake"
    )
    job = Job.of("train", {"AIP_MODEL_DIR": "gs://lake/run/model/", "AIP_CHECKPOINT_DIR": "gs://lake/run/checkpoints/"})
    assert job.model_dir == Path("/gcs/lake/run/model"), "what Vertex AI sets with a base output directory"
    assert job.checkpoint_dir == Path("/gcs/lake/run/checkpoints")
    ours = {"AIP_MODEL_DIR": "gs://lake/run/model", "MLOPS_MODEL_DIR": "/gcs/lake/mine"}
    assert Job.of("train", ours).model_dir == Path("/gcs/lake/mine")


def test_files_are_sorted_and_an_empty_channel_is_an_error(tmp_path: Path) -> None:
    job = Job.of("train", {"MLOPS_INPUT_DIR": str(tmp_path)})
    for name in ("train/b.csv", "train/part/a.csv", "train/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert job.files("train") == [tmp_path / "train/b.csv", tmp_path / "train/part/a.csv"]
    with pytest.raises(ContractError, match=r"no file like \*.csv in .*/validation: is the .* channel 'validation'"):
        job.files("validation")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ContractError, match=r"no file like \*.csv in .*/empty: is the input mounted\?$"):
        Job.of("evaluate", {"MLOPS_INPUT_DIR": str(tmp_path / "empty")}).files()


@pytest.mark.parametrize("address", ["azureml://datastores/lake/paths/raw", "https://x.blob.core.windows.net/raw/d"])
def test_a_job_reads_folders_and_no_addresses(address: str) -> None:
    with pytest.raises(ContractError) as caught:
        Job.of("train", {"MLOPS_INPUT_DIR": address})
    assert str(caught.value) == (
        "MLOPS_INPUT_DIR must be a folder, got an address: name the folder where the job has it mounted, "
        "such as ${{inputs.data}} of Azure ML"
    )
    assert folder("serve", "MLOPS_MODEL_DIR", {"MLOPS_MODEL_DIR": address})
