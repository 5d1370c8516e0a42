"""Remote write: what is sent, to whom and as whom; a real server reads it in the tests of systems."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from mlops_runtime import fetching, prometheus
from mlops_runtime.prometheus import _signed, _snappy, encode, series_of, write_drift

RESULT = {"rows": 40, "driftShare": 0.5, "driftedFeatures": 1, "quality": {"accuracy": 0.9, "n": True, "note": "x"}}


class Receiver:
    def __init__(self) -> None:
        self.codes: list[int] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.url = ""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.001)
    received = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(received.codes.pop(0) if received.codes else 204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received.url = f"http://127.0.0.1:{server.server_port}/api/v1/write"
    Thread(target=server.serve_forever, daemon=True).start()
    yield received
    server.shutdown()
    server.server_close()


def test_series_are_what_was_measured() -> None:
    assert list(series_of(RESULT, "churn")) == [
        ({"__name__": "mlops_captured_rows", "ml_model": "churn"}, 40.0),
        ({"__name__": "mlops_drift_share", "ml_model": "churn"}, 0.5),
        ({"__name__": "mlops_drifted_features", "ml_model": "churn"}, 1.0),
        ({"__name__": "mlops_quality", "ml_model": "churn", "metric": "accuracy"}, 0.9),
    ]


def test_too_few_rows_are_no_drift_of_zero() -> None:
    few = {"rows": 3, "driftShare": 0.0, "driftedFeatures": 0, "reason": "3 rows are too few"}
    assert [labels["__name__"] for labels, _ in series_of(few, "churn")] == ["mlops_captured_rows"]


def test_a_request_is_a_message_of_protocol_buffers_in_literals_of_snappy() -> None:
    sample = b"\x12\x0c\x09" + struct.pack("<d", 0.5) + b"\x10\xac\x02"
    label = b"\x0a\x0d\x0a\x08__name__\x12\x01m"
    series = label + sample
    message = b"\x0a" + bytes([len(series)]) + series
    packed = bytes([len(message)]) + b"\xf4" + bytes([len(message) - 1, 0]) + message
    assert encode([({"__name__": "m"}, 0.5)], 300) == packed


def test_a_long_message_is_several_literals() -> None:
    packed = _snappy(b"x" * 70_000)
    assert packed[:6] == b"\xf0\xa2\x04\xf4\xff\xff"
    assert packed[6 + 65_536 :] == b"\xf4" + struct.pack("<H", 4463) + b"x" * 4464


def test_a_server_gets_the_samples_with_its_token(receiver: Receiver) -> None:
    receiver.codes = [503]
    env = {"MLOPS_PROMETHEUS_REMOTE_WRITE_URL": receiver.url, "MLOPS_PROMETHEUS_MODEL": "churn"}
    write_drift(RESULT, {**env, "MLOPS_PROMETHEUS_TOKEN": "t0"})
    assert len(receiver.requests) == 2
    path, headers, body = receiver.requests[1]
    assert path == "/api/v1/write"
    assert headers["authorization"] == "Bearer t0"
    assert headers["content-encoding"] == "snappy"
    assert headers["content-type"] == "application/x-protobuf"
    assert headers["x-prometheus-remote-write-version"] == "0.1.0"
    assert b"mlops_drift_share" in body and b"churn" in body
    write_drift(RESULT, env)
    assert "authorization" not in receiver.requests[2][1]


def test_without_an_address_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus, "_post", None)
    write_drift(RESULT, {})


def test_a_server_that_refuses_fails_no_run(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    receiver.codes = [400]
    write_drift(RESULT, {"MLOPS_PROMETHEUS_REMOTE_WRITE_URL": receiver.url})
    assert len(receiver.requests) == 1
    [line] = caplog.records
    assert line.getMessage() == "the numbers are not in Prometheus, only in the report"
    assert line.fields["reason"] == "400 Bad Request"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("aps-workspaces.eu-west-1.amazonaws.com", "eu-west-1"),
        ("aps-workspaces.cn-north-1.amazonaws.com.cn", "cn-north-1"),
    ],
)
def test_aws_gets_a_signature_of_the_role(host: str, region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    headers = _signed(f"https://{host}/workspaces/ws-1/api/v1/remote_write", b"body", {})
    assert f"/{region}/aps/aws4_request" in headers["Authorization"]
    assert headers["Content-Encoding"] == "snappy"
    assert headers["X-Amz-Date"]


def test_azure_gets_a_token_of_the_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str | None, str]] = []

    class Credential:
        def __init__(self, client_id: str | None) -> None:
            self._client = client_id

        def get_token(self, scope: str) -> SimpleNamespace:
            asked.append((self._client, scope))
            return SimpleNamespace(token="t1")

    monkeypatch.setitem(sys.modules, "azure.identity", SimpleNamespace(ManagedIdentityCredential=Credential))
    url = "https://dce-1.westeurope-1.metrics.ingest.monitor.azure.com/dataCollectionRules/dcr-1/streams/x/api/v1/write"
    headers = _signed(url, b"", {"AZURE_CLIENT_ID": "jobs"})
    assert headers["Authorization"] == "Bearer t1"
    assert asked == [("jobs", "https://monitor.azure.com/.default")]


def test_a_host_that_only_looks_like_a_cloud_gets_no_signature() -> None:
    assert "Authorization" not in _signed("https://aps-workspaces.eu-west-1.amazonaws.com.example.com/w", b"", {})
