"""Captured traffic, in the shapes that the three clouds document."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlops_runtime import ContractError, Feature, Schema
from mlops_runtime.capture import Captured, Skipped, azureml, read_folder, sagemaker, vertex

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


def test_a_row_of_the_vertex_log() -> None:
    event = {
        "endpoint": "1234",
        "deployed_model_id": "5678",
        "logging_time": "2026-01-02 12:30:15.250000 UTC",
        "request_id": 42,
        "request_payload": ['{"a": 1, "b": 2, "inference_id": "i-1"}', "[3, 4]"],
        "response_payload": ['{"prediction": 1, "score": 0.75}', "0"],
    }
    assert only(vertex.read([event], SCHEMA)) == Captured(
        ids=("42",),
        time="2026-01-02 12:30:15.250000 UTC",
        rows=[{"a": 1, "b": 2, "inference_id": "i-1"}, [3, 4]],
        predictions=[{"prediction": 1, "score": 0.75}, {"prediction": 0}],
    )


def test_a_raw_prediction_of_the_vertex_log_is_a_whole_body() -> None:
    event = {
        "request_payload": ['{"instances": [[1, 2], [3, 4]]}'],
        "response_payload": ['{"predictions": ["yes", "no"]}'],
    }
    record = only(vertex.read([event], SCHEMA))
    assert (record.ids, record.time, len(record.rows)) == ((), None, 2)
    assert record.predictions == [{"prediction": "yes"}, {"prediction": "no"}]


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
