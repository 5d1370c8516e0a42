from __future__ import annotations

import csv
import io
import json
import math
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlops_runtime import ContractError, Evaluation, Feature, Reference, Schema, Workload, passes_gate
from mlops_runtime.archive import unpacked

SCHEMA = Schema([Feature("age"), Feature("city", "categorical")], target="left", outputs=["prediction", "score"])


@pytest.mark.parametrize(("commit", "wanted"), [("0123abc", {"commit": "0123abc"}), ("", {})])
def test_the_commit_of_the_image_stands_beside_the_metrics(tmp_path: Path, commit: str, wanted: dict[str, str]) -> None:
    workload = Workload(load=str, evaluate=lambda job, model: Evaluation({"auc": 1}))
    env = {"MLOPS_OUTPUT_DIR": str(tmp_path), "MLOPS_SAGEMAKER_ROOT": str(tmp_path), "MLOPS_COMMIT": commit}
    assert workload.run(["evaluate"], env) == 0
    assert json.loads((tmp_path / "evaluation.json").read_text()) == {"metrics": {"auc": 1.0}, **wanted}


def test_metrics_are_written_as_json_numbers(tmp_path: Path) -> None:
    import numpy

    Evaluation({"auc": numpy.float64(0.5), "count": 3}).write(tmp_path)
    assert json.loads((tmp_path / "evaluation.json").read_text()) == {"metrics": {"auc": 0.5, "count": 3.0}}
    assert not (tmp_path / "reference").exists()


@pytest.mark.parametrize(
    ("metrics", "error"),
    [
        ({}, "evaluate must return at least one metric, got none"),
        ({"auc": math.nan}, "metric 'auc' must be finite, got nan"),
        ({"auc": math.inf}, "metric 'auc' must be finite, got inf"),
        ({"auc": True}, "metric 'auc' must be a number, got True"),
        ({"auc": "high"}, "metric 'auc' must be a number, got 'high'"),
        ({"auc@5": 0.5}, "a metric name must be letters, digits and _, got 'auc@5': workflows select it by path"),
    ],
)
def test_a_metric_that_no_gate_can_compare_is_refused(tmp_path: Path, metrics: dict, error: str) -> None:
    with pytest.raises(ContractError) as caught:
        Evaluation(metrics).write(tmp_path)
    assert str(caught.value) == error
    assert not (tmp_path / "evaluation.json").exists()


def test_more_metrics_than_a_workflow_can_carry_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError) as caught:
        Evaluation({f"metric_{number:05d}": 0.5 for number in range(9000)}).write(tmp_path)
    assert str(caught.value) == "evaluation.json must have at most 131072 bytes, 9000 metrics make 225022"
    assert list(tmp_path.iterdir()) == []


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_the_gate_is_at_or_above(value: float, threshold: float) -> None:
    assert passes_gate({"metrics": {"auc": value}}, "auc", threshold) is (value >= threshold)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_the_gate_of_what_shall_be_small_is_at_or_below(value: float, threshold: float) -> None:
    assert passes_gate({"metrics": {"rmse": value}}, "rmse", threshold, at_most=True) is (value <= threshold)


def test_a_reference_is_a_table_and_its_schema(tmp_path: Path) -> None:
    reference = Reference(
        SCHEMA,
        rows=[[1, "a"], {"age": None, "city": "b, c"}],
        predictions=[{"prediction": 1, "score": 0.1}, [0, 0.9]],
        targets=[1, 0],
    )
    Evaluation({"auc": 1}, reference).write(tmp_path)
    table = list(csv.reader(io.StringIO((tmp_path / "reference" / "data.csv").read_text())))
    assert table == [
        ["age", "city", "prediction", "score", "left"],
        ["1.0", "a", "1", "0.1", "1"],
        ["", "b, c", "0", "0.9", "0"],
    ]
    assert Schema.load(tmp_path / "reference").names == ["age", "city"]


@pytest.mark.parametrize(
    ("reference", "error"),
    [
        (Reference(SCHEMA, []), "a drift reference needs rows, got none"),
        (Reference(SCHEMA, [[1, "a"]], predictions=[]), "the reference has 1 rows but 0 predictions"),
        (Reference(SCHEMA, [[1, "a"]], targets=[1, 2]), "the reference has 1 rows but 2 targets"),
        (Reference(SCHEMA, [["", "a"]]), "the reference has no value for feature 'age'"),
    ],
)
def test_a_reference_that_nothing_can_be_compared_with_is_refused(
    tmp_path: Path, reference: Reference, error: str
) -> None:
    with pytest.raises(ContractError) as caught:
        reference.write(tmp_path)
    assert str(caught.value) == error


def test_a_packed_model_is_unpacked_beside_a_folder_that_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "weights").write_text("w")
    assert unpacked(tmp_path) == tmp_path
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "weights", arcname="weights")
    folder = unpacked(tmp_path)
    assert folder != tmp_path
    assert (folder / "weights").read_text() == "w"


def test_a_model_inside_a_folder_of_its_own_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    assert unpacked(tmp_path) == tmp_path, "a folder that is not what train wrote is left alone"
    SCHEMA.save(tmp_path / "saved")
    assert unpacked(tmp_path) == tmp_path / "saved"
    (tmp_path / "other").touch()
    assert unpacked(tmp_path) == tmp_path


def test_an_archive_that_climbs_out_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as tar:
        entry = tarfile.TarInfo("../escaped")
        tar.addfile(entry, io.BytesIO(b""))
    with pytest.raises(tarfile.OutsideDestinationError):
        unpacked(tmp_path)
