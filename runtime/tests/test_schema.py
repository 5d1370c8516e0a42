from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlops_runtime import BadRequest, ContractError, Feature, Schema
from mlops_runtime.schema import category, finite, is_missing, number

SCHEMA = Schema(features=[Feature("age"), Feature("city", "categorical")])


def test_a_row_is_arranged_from_a_list_or_by_name() -> None:
    assert SCHEMA.arrange(["3", "Bern"]) == [3.0, "Bern"]
    assert SCHEMA.arrange({"city": "Bern", "age": 3, "inference_id": "a", "else": 1}) == [3.0, "Bern"]


def test_missing_values_are_nan_or_none() -> None:
    for missing in ("", None, math.nan):
        age, city = SCHEMA.arrange([missing, missing])
        assert isinstance(age, float) and math.isnan(age)
        assert city is None


def test_a_category_keeps_its_text_and_a_number_becomes_one() -> None:
    assert SCHEMA.arrange([1, "007"])[1] == "007"
    assert SCHEMA.arrange([1, 7.0])[1] == "7"
    assert SCHEMA.arrange([1, True])[1] == "1"


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ([1], "a row must have 2 values, got 1"),
        ({"age": 1}, "missing features: city"),
        (["x", "Bern"], "feature 'age' must be a number, got 'x'"),
        ([[1], "Bern"], "feature 'age' must be a number, got \\[1\\]"),
        (["1e999", "Bern"], "feature 'age' must be finite, got '1e999'"),
        ([1, [1, 2]], "feature 'city' must be a category, got \\[1, 2\\]"),
        ([1, {"a": 1}], "feature 'city' must be a category, got {'a': 1}"),
        ([10**400, "Bern"], "feature 'age' must be finite"),
        (["1_000", "Bern"], "feature 'age' must be a number, got '1_000'"),
        (["１２", "Bern"], "feature 'age' must be a number, got '１２'"),
        (["NA", "Bern"], "feature 'age' must be a number, got 'NA'"),
        (["0x10", "Bern"], "feature 'age' must be a number, got '0x10'"),
        (["-Infinity", "Bern"], "feature 'age' must be finite, got '-Infinity'"),
    ],
)
def test_a_row_that_does_not_fit_is_the_clients_error(row: object, error: str) -> None:
    with pytest.raises(BadRequest, match=error):
        SCHEMA.arrange(row)  # type: ignore[arg-type]


def test_classes_have_one_spelling() -> None:
    assert {category(raw) for raw in (1, 1.0, "1", "1.0", True, "True", "true", "TRUE", " 1 ", np.float32(1))} == {"1"}
    assert {category(raw) for raw in (0, "0", "-0.0", -0.0, False, "False", "false", "0.00")} == {"0"}
    assert category("nan") == "nan"
    assert category(0.5) == "0.5"
    assert category(2.0**53 - 1) == category("9007199254740991.0") == "9007199254740991"


@pytest.mark.parametrize(
    "text",
    ["1_2", "007", "1e3", "１２", "+1", "1.", ".5", "0.50", "9007199254740993", "1" * 5000, "٣", "ﬀalse", "Infinity"],
)
def test_text_that_only_python_reads_as_a_number_stays_text(text: str) -> None:
    assert category(text) == text


def test_numbers_are_what_json_and_csv_spell_so() -> None:
    spelled = {"1": 1, " 1.50 ": 1.5, "+1": 1, "-0": 0, "1e3": 1000, "1E-2": 0.01, ".5": 0.5, "1.": 1, "007": 7}
    assert {text: SCHEMA.arrange([text, "a"])[0] for text in spelled} == spelled
    assert number("1e400") == number("Infinity") == number("inf") == number("+inf") == number(10**400) == math.inf
    assert number("-INF") == number(-(10**400)) == -math.inf
    assert math.isnan(number("NaN"))
    assert [finite(raw) for raw in ("1", 1, "inf", "x", None, "", [1], {}, pd.NA, b"x")] == [1, 1, *[None] * 8]


@pytest.mark.parametrize(
    "raw",
    [None, "", math.nan, np.float32("nan"), np.float64("nan"), pd.NA, pd.NaT, np.datetime64("NaT"), Decimal("nan")],
)
def test_what_pandas_and_numpy_put_for_a_missing_value_is_missing(raw: object) -> None:
    assert is_missing(raw)
    assert math.isnan(Feature("age").value(raw))
    assert Feature("city", "categorical").value(raw) is None
    assert Feature("text", "other").value(raw) is None


@pytest.mark.parametrize("raw", [0, False, "nan", " ", 0.0, np.array([math.nan]), [], {}, pd.Timestamp(0), b""])
def test_what_is_there_is_not_missing(raw: object) -> None:
    assert not is_missing(raw)


def test_it_survives_its_file(tmp_path: Path) -> None:
    schema = Schema([Feature("a", "categorical")], "y", "regression", ("prediction", "low"), "yes")
    schema.save(tmp_path)
    loaded = Schema.load(tmp_path)
    assert loaded.arrange(["x"]) == ["x"]
    assert (loaded.target, loaded.task, tuple(loaded.outputs), loaded.positive) == (
        "y",
        "regression",
        ("prediction", "low"),
        "yes",
    )
    assert Schema.find(tmp_path / "none") is None
    with pytest.raises(ContractError, match=r"no schema.json in .*: call Schema\(...\).save\(job.model_dir\) in train"):
        Schema.load(tmp_path / "none")


def test_names_that_would_collide_are_refused() -> None:
    for features in ([], [Feature("a"), Feature("a")], [Feature("inference_id")]):
        with pytest.raises(ContractError, match="a schema needs features with distinct names"):
            Schema(features)
    with pytest.raises(ContractError, match="outputs must be named, and not like a feature, got \\['a'\\]"):
        Schema([Feature("a")], outputs=["a"])
    with pytest.raises(ContractError, match="outputs must be named, and not like a feature, got 'prediction'"):
        Schema([Feature("a")], outputs="prediction")


def test_text_and_vectors_reach_the_model_as_they_came() -> None:
    schema = Schema([Feature("age"), Feature("vector", "other"), Feature("text", "other")])
    assert schema.arrange([1, [0.5, 2], "007"]) == [1.0, [0.5, 2], "007"]
    assert schema.arrange({"age": 1, "vector": {"a": 1}, "text": ""}) == [1.0, {"a": 1}, None]
    assert schema.judged == ["age"]


def test_a_kind_or_a_task_that_is_none_is_refused() -> None:
    with pytest.raises(ContractError, match="^feature 'clinic' must be numeric, categorical or other, got 'category'$"):
        Feature("clinic", "category")  # type: ignore[arg-type]
    with pytest.raises(ContractError, match="^a schema's task must be classification or regression, got 'ranking'$"):
        Schema([Feature("a")], task="ranking")  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"features": [{"title": "a"}]}', '{"features": [], "more": 1}'])
def test_a_file_that_is_no_schema_breaks_the_contract(tmp_path: Path, text: str) -> None:
    (tmp_path / "schema.json").write_text(text)
    with pytest.raises(ContractError, match=r"/schema.json is no schema: \w+: |a schema needs features"):
        Schema.load(tmp_path)
