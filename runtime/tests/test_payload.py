from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlops_runtime import BadRequest
from mlops_runtime.payload import is_rounded, named, read_predictions, read_rows, row_id, write_predictions

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
    ids = [42, 42.0, "42", " 42 ", "042", "4.0", "", "  ", None, math.nan, math.inf, [42], {}]
    assert [row_id({"inference_id": known}) for known in ids] == ["42"] * 4 + ["042", "4.0"] + [None] * 7
    assert row_id([1, 2]) is None


def test_an_id_that_went_through_a_double_without_room_for_it_is_none() -> None:
    assert row_id({"inference_id": float(2**53 - 1)}) == "9007199254740991"
    for rounded in (float(2**53), 2.0**60, -(2.0**60)):
        assert is_rounded(rounded) and row_id({"inference_id": rounded}) is None
    assert row_id({"inference_id": 2**60 + 1}) == str(2**60 + 1), "a whole number of JSON has all its digits"


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_json_lines_are_the_same_in_requests_and_in_answers_whatever_their_type_says(end: str) -> None:
    separator = "\r\n" if "\r" in end else "\n"
    requests = separator.join(('{"a": 1, "b": "x\u2028y"}', '{"a": 2, "b": "z"}')) + end
    answers = separator.join(('{"prediction": 1}', "[0, 0.25]")) + end
    for kind in ("application/jsonlines", "application/x-ndjson", None):
        assert read_rows(requests, kind) == [{"a": 1, "b": "x\u2028y"}, {"a": 2, "b": "z"}]
        assert read_predictions(answers, kind, ["prediction", "score"]) == [
            {"prediction": 1},
            {"prediction": 0, "score": 0.25},
        ]


def test_json_over_several_lines_is_no_json_lines() -> None:
    assert read_rows('{\n"instances": [\n[1, 2],\n[3, 4]]\n}', None) == [[1, 2], [3, 4]]
    assert read_rows("[[1, 2],\n[3, 4]]", None) == [[1, 2], [3, 4]]
    with pytest.raises(BadRequest, match="the body is not JSON"):
        read_rows('{"a": 1}\n{"a":', None)
