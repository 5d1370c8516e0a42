"""Captured traffic, in the shapes that the three clouds document."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlops_runtime import ContractError, Feature, Schema
from mlops_runtime.capture import Captured, Skipped, azureml, read_folder, sagemaker, vertex
from mlops_runtime.payload import is_rounded, row_id

SCHEMA = Schema([Feature("a"), Feature("b")], outputs=["prediction", "score"])
NOON = datetime(2026, 1, 2, 12, 30, 15, 250_000, tzinfo=timezone.utc)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def only(records: Any) -> Captured:
    (record,) = list(records)
    assert isinstance(record, Captured), record
    return record


def sagemaker_event(**changes: Any) -> dict[str, Any]:
    event = {
        "captureData": {
            "endpointInput": {"observedContentType": "text/csv", "mode": "INPUT", "data": "1,2", "encoding": "CSV"},
            "endpointOutput": {
                "observedContentType": "text/csv; charset=utf-8",
                "mode": "OUTPUT",
                "data": "1,0.75\n",
                "encoding": "CSV",
            },
        },
        "eventMetadata": {"eventId": "e-1", "inferenceId": "i-1", "inferenceTime": "2026-01-02T12:30:15Z"},
        "eventVersion": "0",
    }
    event["captureData"].update(changes)
    return event


def test_a_csv_record_of_sagemaker() -> None:
    record = only(sagemaker.read([sagemaker_event()], SCHEMA))
    assert record == Captured(
        ids=("i-1", "e-1"),
        time="2026-01-02T12:30:15Z",
        rows=[["1", "2"]],
        predictions=[{"prediction": "1", "score": "0.75"}],
    )


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", None])
@pytest.mark.parametrize("encoding", ["JSON", "BASE64"])
def test_a_json_record_of_sagemaker_in_both_encodings(encoding: str, content_type: str | None) -> None:
    def side(mode: str, value: object) -> dict[str, Any]:
        text = json.dumps(value)
        data = text if encoding == "JSON" else base64.b64encode(text.encode()).decode()
        return {"observedContentType": content_type, "mode": mode, "data": data, "encoding": encoding}

    event = sagemaker_event(
        endpointInput=side("INPUT", {"instances": [{"a": 1, "b": 2}, [3, 4]]}),
        endpointOutput=side("OUTPUT", {"predictions": [1, {"prediction": 0, "score": 0.5}]}),
    )
    record = only(sagemaker.read([event], SCHEMA))
    assert record.rows == [{"a": 1, "b": 2}, [3, 4]]
    assert record.predictions == [{"prediction": 1}, {"prediction": 0, "score": 0.5}]


def test_a_record_of_the_input_alone_has_no_predictions() -> None:
    event = sagemaker_event()
    del event["captureData"]["endpointOutput"]
    assert only(sagemaker.read([event], SCHEMA)).predictions is None


def test_the_same_event_twice_is_one_request() -> None:
    other = sagemaker_event()
    other["eventMetadata"]["eventId"] = "e-2"
    records = list(sagemaker.read([sagemaker_event(), other, sagemaker_event()], SCHEMA))
    assert [record.ids for record in records if isinstance(record, Captured)] == [("i-1", "e-1"), ("i-1", "e-2")]


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ({"data": "1,2", "encoding": "GZIP"}, "encoding must be CSV, JSON or BASE64, got GZIP"),
        ({"data": "not base64!", "encoding": "BASE64"}, "data is not base64"),
        ({"encoding": "CSV"}, "KeyError: 'data'"),
        ({"data": None, "encoding": "BASE64"}, "TypeError"),
    ],
)
def test_a_record_that_cannot_be_read_is_skipped_with_its_reason(part: dict[str, Any], reason: str) -> None:
    (record,) = sagemaker.read([sagemaker_event(endpointInput=part)], SCHEMA)
    assert isinstance(record, Skipped)
    assert reason in record.reason


@given(
    rows=st.lists(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2), min_size=1),
    as_json=st.booleans(),
    text_types=st.sampled_from([(), ("text/csv",), ("application/json",), ("text/csv", "application/json; x=1")]),
    inference_id=st.none() | st.text("abc-0", min_size=1),
)
def test_what_is_written_like_sagemaker_is_read_back(
    rows: list[list[float]], as_json: bool, text_types: tuple[str, ...], inference_id: str | None
) -> None:
    body = json.dumps({"instances": rows}) if as_json else "".join(",".join(map(repr, row)) + "\n" for row in rows)
    content_type = "application/json" if as_json else "text/csv"
    answer = json.dumps({"predictions": [1] * len(rows)}).encode(), "application/json"
    line = sagemaker.line((body.encode(), content_type), answer, "e", NOON, inference_id, text_types)
    event = json.loads(line)
    allowed = any(kind.startswith(content_type) for kind in text_types)
    wanted = ("JSON" if as_json else "CSV") if allowed else "BASE64"
    assert event["captureData"]["endpointInput"]["encoding"] == wanted
    record = only(sagemaker.read([event], SCHEMA))
    assert record.ids == ((inference_id, "e") if inference_id else ("e",))
    assert record.time == "2026-01-02T12:30:15Z"
    assert [SCHEMA.arrange(row) for row in record.rows] == rows
    assert record.predictions == [{"prediction": 1}] * len(rows)


def test_files_lie_where_sagemaker_puts_them() -> None:
    local = NOON.astimezone(timezone(timedelta(hours=5)))
    assert sagemaker.path("churn", "AllTraffic", local, "u1") == "churn/AllTraffic/2026/01/02/12/30-15-250-u1.jsonl"


def vertex_event(**changes: Any) -> dict[str, Any]:
    """A row of the table with the columns and modes that Google documents, as BigQuery exports it."""
    return {
        "endpoint": "1234",
        "deployed_model_id": "5678",
        "logging_time": "2026-01-02 12:30:15.25 UTC",
        "request_id": "18446744073709551617",
        "request_payload": ['{"a":1.0,"b":2.0,"inference_id":"i-1"}', "[3.0,4.0]"],
        "response_payload": ['{"prediction":1.0,"score":0.75}', "0.0"],
        **changes,
    }


def test_a_row_of_the_vertex_log() -> None:
    assert only(vertex.read([vertex_event()], SCHEMA)) == Captured(
        ids=("18446744073709551617",),
        time="2026-01-02 12:30:15.25 UTC",
        rows=[{"a": 1.0, "b": 2.0, "inference_id": "i-1"}, [3.0, 4.0]],
        predictions=[{"prediction": 1.0, "score": 0.75}, {"prediction": 0.0}],
    )


def test_the_columns_of_vertex_that_have_nothing_may_be_missing_or_null() -> None:
    bare = {"request_payload": ["[1, 2]"]}
    for event in (bare, {**dict.fromkeys(vertex_event()), **bare}, {**bare, "response_payload": []}):
        record = only(vertex.read([event], SCHEMA))
        assert (record.ids, record.time, record.rows, record.predictions) == ((), None, [[1, 2]], None)


@pytest.mark.parametrize(
    ("request_body", "response_body", "rows", "answers"),
    [
        ('{"instances":[[1,2],[3,4]],"parameters":{"x":1}}', '{"predictions":["yes","no"]}', 2, ["yes", "no"]),
        ('{"instances":[[1,2]]}', '{"predictions":[1],"deployedModelId":"5678","modelVersionId":"1"}', 1, [1]),
        ("1,2\n3,4\n", "1,0.75\n0,0.25\n", 2, ["1", "0"]),
        ("b,a\n2,1\n", "1,0.75\n", 1, ["1"]),
        ("[1,2]\n[3,4]\n", '{"predictions":[1,0]}', 2, [1, 0]),
        ("[1,2]\n[3,4]\n", '{"prediction":1,"score":0.75}\n{"prediction":0,"score":0.25}\n', 2, [1, 0]),
        ('{"a":1,"b":2}\n{"a":3,"b":4}\n', "[1,0.75]\n[0,0.25]\n", 2, [1, 0]),
        ("1,2\n3,4\n", '{"prediction":1}\n{"prediction":0}\n', 2, [1, 0]),
        ("[1,2]\n[3,4]\n", "1\n0\n", 2, ["1", "0"]),
        ('{"instances":[[1,2],[3,4]]}', "yes,0.75\nno,0.25\n", 2, ["yes", "no"]),
    ],
)
def test_a_raw_prediction_of_the_vertex_log_is_a_whole_body(
    request_body: str, response_body: str, rows: int, answers: list[Any]
) -> None:
    event = vertex_event(request_payload=[request_body], response_payload=[response_body])
    record = only(vertex.read([event], SCHEMA))
    assert len(record.rows) == rows
    assert [answer["prediction"] for answer in record.predictions or ()] == answers


@pytest.mark.parametrize("identity", ["1152921504606846976", "1.152921504606847e+18", "9007199254740992"])
def test_a_number_that_vertex_could_not_keep_exactly_is_no_id(identity: str) -> None:
    event = vertex_event(request_payload=[f'{{"a":1.0,"b":2.0,"inference_id":{identity}}}'], response_payload=["1.0"])
    (row,) = only(vertex.read([event], SCHEMA)).rows
    assert isinstance(row, dict) and row_id(row) is None and is_rounded(row["inference_id"])
    event = vertex_event(request_payload=[f'{{"a":1.0,"b":2.0,"inference_id":"{identity}"}}'], response_payload=["1.0"])
    assert row_id(only(vertex.read([event], SCHEMA)).rows[0]) == identity


def test_a_class_of_vertex_is_text_and_may_have_a_comma() -> None:
    event = vertex_event(request_payload=["[1, 2]"], response_payload=["yes, certainly"])
    assert only(vertex.read([event], SCHEMA)).predictions == [{"prediction": "yes, certainly"}]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"request_payload": ['{"instances":[[1,2],[3,']}, "BadRequest: the body is not JSON"),
        ({"request_payload": ["[1,2]"], "response_payload": ['{"predictions":[0.1,0.']}, "the answer is not whole"),
        ({"request_payload": []}, "no request payload was logged"),
        ({"request_payload": None}, "no request payload was logged"),
    ],
)
def test_a_vertex_payload_that_is_not_whole_is_skipped_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    (record,) = vertex.read([vertex_event(**changes)], SCHEMA)
    assert isinstance(record, Skipped)
    assert reason in record.reason


def test_a_row_that_bigquery_kept_twice_counts_once() -> None:
    events = [
        vertex_event(),
        vertex_event(),
        vertex_event(deployed_model_id="1"),
        vertex_event(logging_time="2026-01-02 12:30:16 UTC"),
        vertex_event(request_id=None),
        vertex_event(request_id=None),
    ]
    assert len(list(vertex.read(events, SCHEMA))) == 5


@given(
    rows=st.lists(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2), min_size=1),
    number=st.integers(0, 10**38),
    by_name=st.booleans(),
)
def test_what_is_written_like_vertex_is_read_back(rows: list[list[float]], number: int, by_name: bool) -> None:
    instances = [dict(zip("ab", row, strict=True)) for row in rows] if by_name else rows
    answers = [{"prediction": index, "score": 0.5} for index, _ in enumerate(rows)]
    record = only(vertex.read([json.loads(vertex.line(instances, answers, number, NOON))], SCHEMA))
    assert record.ids == (str(number),)
    assert record.time == "2026-01-02 12:30:15.25 UTC"
    assert [SCHEMA.arrange(row) for row in record.rows] == rows
    assert record.predictions == answers


def azure_event(kind: str, data: object, correlation: str = "c-1", **more: object) -> dict[str, object]:
    about = {
        "specversion": "1.0",
        "id": f"{kind}-{correlation}",
        "source": "/subscriptions/s",
        "contentrange": "bytes 0-1/2",
    }
    return {
        **about,
        "type": f"azureml.inference.{kind}",
        "datacontenttype": "application/json",
        "time": "2026-01-02T12:30:15Z",
        "data": data,
        "correlationid": correlation,
        "xrequestid": correlation,
        **more,
    }


def test_the_two_events_of_an_azure_request_are_one_record() -> None:
    events = [
        azure_event("response", [1], "c-2"),
        azure_event("request", {"data": [[1, 2]]}),
        azure_event("request", {"input_data": {"columns": ["a", "b"], "data": [[3, 4]]}}, "c-2"),
        azure_event("response", {"predictions": [0]}),
    ]
    first, second = azureml.read(events, SCHEMA)
    assert first == Captured(("c-1",), "2026-01-02T12:30:15Z", [[1, 2]], [{"prediction": 0}])
    assert second == Captured(("c-2",), "2026-01-02T12:30:15Z", [{"a": 3, "b": 4}], [{"prediction": 1}])


def test_azures_data_frames_are_rows_by_name() -> None:
    events = [
        azure_event("inputs", [{"a": 1, "b": 2}, {"a": 3, "b": 4}]),
        azure_event("model_outputs", [{"prediction": 1}, {"prediction": 0}]),
    ]
    record = only(azureml.read(events, SCHEMA))
    assert (len(record.rows), record.predictions) == (2, [{"prediction": 1}, {"prediction": 0}])


def test_a_request_counts_once_in_whichever_collections_it_is_and_frames_are_the_better_ones() -> None:
    events = [
        azure_event("request", "3,4", datacontenttype="text/csv"),
        azure_event("response", [9]),
        azure_event("model_inputs", [{"a": 1, "b": 2}]),
        azure_event("model_outputs", [{"prediction": 1}]),
        azure_event("model_inputs_outputs", [{"a": 1, "b": 2, "prediction": 1}]),
    ]
    assert only(azureml.read(events, SCHEMA)).rows == [{"a": 1, "b": 2}]
    assert only(azureml.read(events, SCHEMA)).predictions == [{"prediction": 1}]
    assert only(azureml.read(events[:2], SCHEMA)).rows == [["3", "4"]]
    joint = only(azureml.read(events[4:], SCHEMA))
    assert joint.rows == [{"a": 1, "b": 2, "prediction": 1}]
    assert joint.predictions == [{"a": 1, "b": 2, "prediction": 1}]


def test_an_id_that_a_caller_uses_again_is_several_requests_and_a_copy_of_an_event_is_none() -> None:
    events = [azure_event("request", [[n, n]], "same", id=f"in-{n}") for n in range(3)]
    answers = [azure_event("response", [n], "same", id=f"out-{n}") for n in range(3)]
    records = list(azureml.read([*events, *events, *answers], SCHEMA))
    assert [record.rows for record in records if isinstance(record, Captured)] == [[[0, 0]], [[1, 1]], [[2, 2]]]
    assert [record.predictions for record in records if isinstance(record, Captured)] == [
        [{"prediction": 0}],
        [{"prediction": 1}],
        [{"prediction": 2}],
    ]
    records = list(azureml.read([*events, *answers[1:]], SCHEMA))
    assert [record.predictions for record in records if isinstance(record, Captured)] == [None, None, None], (
        "nothing says which answer is missing"
    )


def test_rows_of_a_frame_bring_ids_of_their_own() -> None:
    events = [azure_event("model_inputs", [{"a": 1, "b": 2, "correlationid": "r-1"}])]
    assert row_id(only(azureml.read(events, SCHEMA)).rows[0]) == "r-1"
    schema = Schema([Feature("a"), Feature("correlationid", "categorical")])
    assert row_id(only(azureml.read(events, schema)).rows[0]) is None, "a feature is no id"


def test_a_payload_that_is_not_whole_is_skipped() -> None:
    events = [
        azure_event("request", [[1, 2]], "c-1", contentrange="bytes 0-10/40"),
        azure_event("request", "2]]", "c-2", contentrange="bytes 11-40/41"),
        azure_event("request", [[1, 2]], "c-3", contentrange="bytes 0-59/*"),
    ]
    records = list(azureml.read(events, SCHEMA))
    assert [record.reason for record in records if isinstance(record, Skipped)] == [
        "the event has a later part of a payload",
        "BadRequest: the payload is cut short",
    ]
    assert len(records) == 3


def test_hours_that_the_run_does_not_look_at_are_not_opened(tmp_path: Path) -> None:
    for hours in range(-40, 4):
        moment = NOON + timedelta(hours=hours)
        for collection, data in (("request", [[hours, 0]]), ("response", [hours])):
            place = tmp_path / azureml.path("churn", "v3", collection, moment, "i-1")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(azureml.line(collection, data, f"c{hours}", moment) + "\n")
    asked: list[tuple[datetime, datetime]] = []

    def may_have(start: datetime, end: datetime) -> bool:
        asked.append((start, end))
        return end > NOON - timedelta(hours=2) and start < NOON

    records = [record for record in read_folder(tmp_path, "azureml", SCHEMA, may_have=may_have)]
    # 12:30 is noon's hour: 10:30 is in the hour that ends at 11:00
    assert [record.rows for record in records if isinstance(record, Captured)] == [[[-2, 0]], [[-1, 0]], [[0, 0]]]
    assert (datetime(2026, 1, 1, tzinfo=timezone.utc), datetime(2027, 1, 2, tzinfo=timezone.utc)) in asked, "a year"
    day = datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert (day, day + timedelta(days=1)) in asked and (day, day + timedelta(hours=1)) not in asked


@pytest.mark.parametrize("odd", ["2026/13/01/00", "2026/01/x/00", "2026/01", "20266/01/01/01", "v2026/01"])
def test_folders_that_only_look_like_a_time_are_read(tmp_path: Path, odd: str) -> None:
    place = tmp_path / odd / "a.jsonl"
    place.parent.mkdir(parents=True)
    place.write_text(azureml.line("request", [[1, 2]], "c", NOON) + "\n")
    never = read_folder(tmp_path, "azureml", SCHEMA, may_have=lambda start, end: start.year == 2026)
    assert len(list(never)) == 1


def test_azures_large_payloads_and_other_collections_are_skipped() -> None:
    blob = azure_event("request", "https://x.blob.core.windows.net/y", datainblob="true")
    skipped = list(azureml.read([azure_event("custom", 1), blob], SCHEMA))
    assert [record.reason for record in skipped if isinstance(record, Skipped)] == [
        "type must end in request, response, inputs or outputs, got azureml.inference.custom",
        "BadRequest: the payload is in a blob of its own",
    ]


@given(st.sampled_from(["sagemaker", "vertex", "azureml"]), st.dictionaries(st.text(max_size=5), ANY_JSON), ANY_JSON)
def test_no_line_breaks_a_reader(form: str, event: dict[str, Any], value: Any) -> None:
    from mlops_runtime.capture.folder import READERS

    shapes = [
        event,
        {"captureData": value, "eventMetadata": value},
        {"captureData": {"endpointInput": value, "endpointOutput": value}, "eventMetadata": {"eventId": value}},
        {"captureData": {"endpointInput": {"data": value, "encoding": "CSV"}}, "eventMetadata": {}},
        {"request_payload": value, "response_payload": value, "request_id": value},
        {"type": "azureml.inference.request", "data": value, "correlationid": value},
        {"type": "azureml.inference.response", "data": value, "correlationid": value},
    ]
    for record in READERS[form](shapes, SCHEMA):
        assert isinstance(record, (Captured, Skipped))


def test_packed_files_are_read_whatever_their_name_says_and_damaged_ones_are_counted(tmp_path: Path) -> None:
    def lines(*numbers: int) -> bytes:
        return "".join(vertex.line([[1, 2]], [0], number, NOON) + "\n" for number in numbers).encode()

    packed = gzip.compress(lines(3, 4) * 50)
    for name, data in {
        "000000000000.json.gz": gzip.compress(lines(1)),
        "000000000001.json": gzip.compress(lines(2)),
        "000000000002.jsonl.gz": packed[: len(packed) - 12],
        "000000000003.ndjson": lines(5),
        "000000000004.json": b"",
        "000000000005.csv.gz": gzip.compress(b"not captured"),
    }.items():
        (tmp_path / name).write_bytes(data)
    records = list(read_folder(tmp_path, "vertex", SCHEMA))
    ids = [record.ids[0] for record in records if isinstance(record, Captured)]
    assert [ids[0], ids[1], ids[-1]] == ["1", "2", "5"]
    assert [record.reason for record in records if isinstance(record, Skipped)] == [
        "000000000002.jsonl.gz: the file is damaged"
    ]


def test_a_folder_is_read_in_order_and_broken_lines_are_counted(tmp_path: Path) -> None:
    def event(identity: str) -> str:
        made = sagemaker_event()
        made["eventMetadata"] = {"eventId": identity, "inferenceTime": "2026-01-02T12:30:15Z"}
        return json.dumps(made)

    late, early = tmp_path / "2026/01/02/13", tmp_path / "2026/01/02/12"
    for folder in (late, early):
        folder.mkdir(parents=True)
    (late / "a.jsonl").write_text(event("3") + "\n")
    (early / "b.jsonl").write_text(event("1") + "\n\n{broken\n" + event("2") + "\n[]\n")
    (early / "readme.txt").write_text("not a capture file")
    records = list(read_folder(tmp_path, "sagemaker", SCHEMA))
    assert [record.ids for record in records if isinstance(record, Captured)] == [("1",), ("2",), ("3",)]
    assert [record.reason for record in records if isinstance(record, Skipped)] == [
        "b.jsonl: a line is not a JSON object"
    ] * 2
    with pytest.raises(
        ContractError, match="MLOPS_CAPTURE_FORMAT must be one of sagemaker, vertex, azureml, got 'aws'"
    ):
        list(read_folder(tmp_path, "aws", SCHEMA))
