from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlops_runtime import ContractError
from mlops_runtime.hyperparameters import convert, resolve

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("0.1", 0.1),
        ("1e-3", 0.001),
        ("true", True),
        ("False", False),
        ("null", None),
        ("None", None),
        ("[1, 2]", [1, 2]),
        ('{"a": 1}', {"a": 1}),
        ('"gini"', "gini"),
        ("gini", "gini"),
        ("007", "007"),
        ("1_000", "1_000"),
        ("nan", "nan"),
        ("NaN", "NaN"),
        ("Infinity", "Infinity"),
        ("1e999", "1e999"),
        ("[NaN]", "[NaN]"),
        ("", ""),
        ("s3://bucket/key", "s3://bucket/key"),
    ],
)
def test_a_string_of_sagemaker_becomes_the_value_it_spells(text: str, value: object) -> None:
    assert convert(text) == value
    assert type(convert(text)) is type(value)


@given(JSON)
def test_whatever_was_written_as_json_comes_back(value: object) -> None:
    assert convert(json.dumps(value)) == value


@given(st.text())
def test_no_text_breaks_the_conversion_or_becomes_an_infinite_number(text: str) -> None:
    value = convert(text)
    assert not isinstance(value, float) or math.isfinite(value)


def test_the_variable_wins_over_the_file_and_keeps_its_types(tmp_path: Path) -> None:
    file = tmp_path / "hyperparameters.json"
    file.write_text('{"depth": "4", "name": "x"}')
    assert resolve({}, file) == {"depth": 4, "name": "x"}
    assert resolve({"MLOPS_HYPERPARAMETERS": '{"depth": "4"}'}, file) == {"depth": "4"}
    assert resolve({"MLOPS_HYPERPARAMETERS": ""}, tmp_path / "none") == {}


def test_what_is_not_an_object_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="MLOPS_HYPERPARAMETERS must be a JSON object, got list"):
        resolve({"MLOPS_HYPERPARAMETERS": "[1]"}, tmp_path)
    with pytest.raises(ContractError, match="MLOPS_HYPERPARAMETERS must be a JSON object, got text that is not JSON"):
        resolve({"MLOPS_HYPERPARAMETERS": "depth=4"}, tmp_path)
