"""The verb `predict`: files of rows in, files of answers out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from mlops_runtime import BadRequest, Feature, Schema, Workload


def predict(model: Any, rows: list[list[Any]]) -> list[dict[str, Any]]:
    """Doubles the age; an age above 100 is no age."""
    if any(row[0] > 100 for row in rows):
        raise BadRequest("the age is too high")
    return [{"prediction": row[0] * 2} for row in rows]


WORKLOAD = Workload(load=lambda folder: folder, predict=predict)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    for name in ("input", "model"):
        (tmp_path / name).mkdir()
    Schema([Feature("age"), Feature("clinic", "categorical")], target="ill").save(tmp_path / "model")
    return {
        "MLOPS_INPUT_DIR": str(tmp_path / "input"),
        "MLOPS_MODEL_DIR": str(tmp_path / "model"),
        "MLOPS_OUTPUT_DIR": str(tmp_path / "output"),
        "MLOPS_SAGEMAKER_ROOT": str(tmp_path),
    }


def put(env: dict[str, str], name: str, text: str) -> None:
    path = Path(env["MLOPS_INPUT_DIR"]) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())


def lines(env: dict[str, str], name: str) -> list[dict[str, Any]]:
    text = (Path(env["MLOPS_OUTPUT_DIR"]) / name).read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_every_file_gives_one_with_a_line_a_row(env: dict[str, str]) -> None:
    put(env, "a.csv", "clinic,age\nnorth,20\nsouth,30\n")
    put(env, "day/b.jsonl", '{"age": 40, "clinic": "east"}\n\n[50, "west"]\n')
    put(env, "c.json", '{"instances": [[60, "north"]]}')
    put(env, "d.csv.gz", "70,south\n")
    put(env, "read.me", "not a file of rows")
    assert WORKLOAD.run(["predict"], env) == 0
    assert lines(env, "a.csv.jsonl") == [
        {"instance": {"clinic": "north", "age": "20"}, "prediction": {"prediction": 40}},
        {"instance": {"clinic": "south", "age": "30"}, "prediction": {"prediction": 60}},
    ]
    assert [line["prediction"] for line in lines(env, "day/b.jsonl.jsonl")] == [{"prediction": 80}, {"prediction": 100}]
    assert lines(env, "c.json.jsonl") == [{"instance": [60, "north"], "prediction": {"prediction": 120}}]
    assert lines(env, "d.csv.gz.jsonl") == [{"instance": ["70", "south"], "prediction": {"prediction": 140}}]
    assert lines(env, "summary.json") == [{"files": 4, "rows": 6, "failedRows": 0}]


def test_a_row_that_the_model_cannot_take_fails_alone(env: dict[str, str]) -> None:
    put(env, "a.jsonl", '[20, "north"]\n[130, "north"]\n{"age": 1}\n[30, "south"]\n')
    assert WORKLOAD.run(["predict"], env) == 0
    assert [line.get("error", line.get("prediction")) for line in lines(env, "a.jsonl.jsonl")] == [
        {"prediction": 40},
        "the age is too high",
        "missing features: clinic",
        {"prediction": 60},
    ]
    assert lines(env, "summary.json") == [{"files": 1, "rows": 4, "failedRows": 2}]


def test_an_answer_that_is_not_finite_is_a_failed_row(env: dict[str, str]) -> None:
    def odd(model: Any, rows: list[list[Any]]) -> Sequence[float]:
        return [float("nan") if row[0] == 1 else row[0] for row in rows]

    put(env, "a.jsonl", '[1, "north"]\n[2, "north"]\n')
    assert Workload(load=str, predict=odd).run(["predict"], env) == 0
    assert lines(env, "a.jsonl.jsonl")[0]["error"] == "a prediction must be finite, got nan"
    assert lines(env, "a.jsonl.jsonl")[1]["prediction"] == 2


def test_rows_reach_the_model_in_batches(env: dict[str, str]) -> None:
    sizes: list[int] = []

    def count(model: Any, rows: list[list[Any]]) -> list[int]:
        sizes.append(len(rows))
        return [1] * len(rows)

    put(env, "a.csv", "".join(f"{age},north\n" for age in range(1, 8)))
    workload = Workload(load=str, predict=count)
    assert workload.run(["predict"], {**env, "MLOPS_BATCH_ROWS": "3"}) == 0
    assert sizes == [3, 3, 1]
    assert workload.run(["predict"], {**env, "MLOPS_BATCH_ROWS": "none"}) == 2


def test_machines_share_the_files(env: dict[str, str]) -> None:
    for name in ("a", "b", "c"):
        put(env, f"{name}.jsonl", '[20, "north"]\n')
    for rank in ("0", "1"):
        assert WORKLOAD.run(["predict"], {**env, "RANK": rank, "WORLD_SIZE": "2", "MASTER_ADDR": "first"}) == 0
    assert {path.name for path in Path(env["MLOPS_OUTPUT_DIR"]).iterdir()} == {
        "a.jsonl.jsonl", "b.jsonl.jsonl", "c.jsonl.jsonl", "summary-0.json", "summary-1.json",
    }  # fmt: skip
    assert lines(env, "summary-0.json")[0]["files"] == 2


def test_what_gives_no_answer_at_all_is_an_error(env: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    assert WORKLOAD.run(["predict"], env) == 2
    assert "no file like *.csv, *.jsonl, *.ndjson, *.json in" in caplog.text
    put(env, "a.jsonl", '[130, "north"]\n')
    assert WORKLOAD.run(["predict"], env) == 2
    assert "none of 1 rows could be answered: the output has the reasons" in caplog.text
    put(env, "b.jsonl", '[20, "north"]\nnot JSON\n')
    assert WORKLOAD.run(["predict"], env) == 2
    assert "b.jsonl cannot be read after" in caplog.text


def test_a_predict_of_the_wrong_length_is_the_images_fault(env: dict[str, str]) -> None:
    put(env, "a.jsonl", '[20, "north"]\n')
    assert Workload(load=str, predict=lambda model, rows: []).run(["predict"], env) == 1
