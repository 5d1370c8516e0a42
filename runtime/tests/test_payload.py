from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlops_runtime import BadRequest
from mlops_runtime.payload import named, read_predictions, read_rows, row_id, write_predictions

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(NUMBERS, min_size=width, max_size=width), min_size=1, max_size=5)
)
NAMES = ["a", "b"]


@given(TABLES)
def test_rows_are_the_same_as_csv_and_as_json(table: list[list[float]]) -> None:
    as_csv = "\n".join(",".join(map(repr, row)) for row in table)
    read = [[float(cell) for cell in row] for row in read_rows(as_csv.encode(), "text/csv; charset=utf-8")]
    assert read == table
    assert read_rows(json.dumps({"instances": table}).encode(), "application/json") == table
    assert read_rows("\n".join(map(json.dumps, table)), "application/jsonlines") == table


@given(st.binary(), st.sampled_from(["text/csv", "application/json", "application/jsonlines", "image/png", "", None]))
def test_no_body_does_worse_than_a_bad_request(body: bytes, content_type: str | None) -> None:
    try:
        rows = read_rows(body, content_type, NAMES)
    except BadRequest:
        return
    assert rows and all(isinstance(row, (list, dict)) for row in rows)


@pytest.mark.parametrize(
    "body",
    [
        '{"instances": [[1, 2]]}',
        '{"inputs": [[1, 2]], "parameters": {"x": 1}}',
        '{"data": [[1, 2]]}',
        '{"input_data": [[1, 2]]}',
        "[[1, 2]]",
    ],
)
def test_the_usual_json_shapes_are_rows(body: str) -> None:
    assert read_rows(body, "application/json") == [[1, 2]]


def test_rows_by_name() -> None:
    row = {"a": 1, "b": 2}
    assert read_rows('{"a": 1, "b": 2}', "application/json") == [row]
    assert read_rows('{"columns": ["a", "b"], "data": [[1, 2]]}', "application/json") == [row]
    assert read_rows('{"input_data": {"columns": ["b", "a"], "data": [[2, 1]]}}', "application/json") == [row]
    assert read_rows("b,a,inference_id\n2,1,x\n", "text/csv", NAMES) == [{"a": "1", "b": "2", "inference_id": "x"}]
    assert read_rows("b,a\n2,1\n", "text/csv") == [["b", "a"], ["2", "1"]], "without a schema a header is a row"
    with pytest.raises(BadRequest, match="a row must be a list of 2 values like the header, got \\['1'\\]"):
        read_rows("a,b\n1\n", "text/csv", NAMES)


def test_predictions_come_back_as_they_were_written() -> None:
    answers = [{"prediction": 1, "score": 0.25}, {"prediction": 0, "score": 0.75}]
    outputs = ["prediction", "score"]
    assert read_predictions(*write_predictions(answers, as_csv=False), outputs) == answers
    assert read_predictions(*write_predictions(answers, as_csv=True), outputs) == [
        {"prediction": "1", "score": "0.25"},
        {"prediction": "0", "score": "0.75"},
    ]
    assert read_predictions(*write_predictions(answers, as_csv=False, as_lines=True), outputs) == answers
    assert read_predictions("0.5", "application/json", outputs) == [{"prediction": 0.5}]
    assert named([1, 0.5], outputs) == {"prediction": 1, "score": 0.5}


def test_a_list_that_is_longer_than_the_outputs_is_not_read_as_its_first_value() -> None:
    assert read_predictions("[[0.2, 0.3, 0.5]]", "application/json", ["prediction", "score"]) == [{}]


def test_numpy_values_are_answers_and_infinite_ones_are_not() -> None:
    import numpy

    body, content_type = write_predictions(numpy.array([1.5, 2.0]), as_csv=False)
    assert (json.loads(body), content_type) == ({"predictions": [1.5, 2.0]}, "application/json")
    with pytest.raises(ValueError, match="a prediction must be finite, got nan"):
        write_predictions([numpy.float64("nan")], as_csv=True)


def test_an_id_has_one_spelling_whether_it_came_as_a_number_or_as_text() -> None:
    ids = [42, 42.0, "42", "042", "4.0", "", None]
    assert [row_id({"inference_id": known}) for known in ids] == ["42", "42", "42", "042", "4.0", None, None]
    assert row_id([1, 2]) is None
