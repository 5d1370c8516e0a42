"""`serve` as a process: what waits, what runs, what is answered at once, and how it ends."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mlops_runtime import Workload
from mlops_runtime.server import BUSY, Pools
from mlops_runtime.serving import access_log, drain_seconds

SOURCE = Path(__file__).resolve().parents[1] / "src"
SCRIPT = """
import logging, time
from mlops_runtime import Workload
def predict(model, rows):
    if rows[0] == [0]:
        logging.getLogger("image").warning("cannot divide")
        1 / rows[0][0]
    time.sleep(rows[0][0])
    return [1] * len(rows)
Workload(load=str, predict=predict).main()
"""


class Running:
    """The process, its port, and the lines of its log."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port
        self.entries: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.entries.append(json.loads(line))

    def call(
        self, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        try:
            connection.request("GET" if body is None else "POST", path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read()), dict(answer.getheaders())
        finally:
            connection.close()

    def predict(self, seconds: float, outcomes: list[Any]) -> threading.Thread:
        """A request that takes this long; its status, or the error, is added to the outcomes."""

        def ask() -> None:
            try:
                outcomes.append(self.call("/invocations", f"[[{seconds}]]")[0])
            except Exception as error:
                outcomes.append(type(error).__name__)

        thread = threading.Thread(target=ask)
        thread.start()
        return thread

    def until(self, condition: Callable[[], bool]) -> None:
        for _ in range(600):
            if condition():
                return
            time.sleep(0.05)
        raise AssertionError(f"never came: {self.entries}")

    def said(self, message: str) -> list[dict[str, Any]]:
        return [entry for entry in self.entries if entry["message"] == message]

    def end(self) -> int:
        code = self.process.wait(timeout=60)
        self._reader.join(timeout=10)
        assert self.process.stderr
        self.process.stderr.close()
        return code


@contextmanager
def serving(tmp_path: Path, **variables: object) -> Iterator[Running]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    env = {
        "PYTHONPATH": str(SOURCE),
        "MLOPS_HOST": "127.0.0.1",
        "MLOPS_PORT": str(port),
        "MLOPS_SAGEMAKER_ROOT": "/nonexistent",
        "MLOPS_MODEL_DIR": str(tmp_path),
        **{name: str(value) for name, value in variables.items()},
    }
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, "serve"], env=env, stderr=subprocess.PIPE, text=True)
    running = Running(process, port)
    try:
        running.until(lambda: bool(running.said("model loaded")))
        yield running
    finally:
        process.kill()
        running.end()


def test_health_is_answered_at_once_however_many_predictions_wait(tmp_path: Path) -> None:
    with serving(tmp_path, MLOPS_THREADS=2, AIP_HEALTH_ROUTE="/v1/health") as server:
        outcomes: list[Any] = []
        asked = [server.predict(1.5, outcomes) for _ in range(130)]
        time.sleep(1)
        worst = 0.0
        for path in ("/ping", "/health", "/health/ready", "/health/live", "/", "/v1/health"):
            began = time.monotonic()
            assert server.call(path)[0] == 200
            worst = max(worst, time.monotonic() - began)
        # SageMaker gives two seconds; half a second leaves room for a slow machine.
        assert worst < 0.5
        os.kill(server.process.pid, signal.SIGTERM)
        for thread in asked:
            thread.join()
        assert server.end() == 0
        assert set(outcomes) == {200, 503}
        assert [entry for entry in server.entries if entry["severity"] not in ("INFO",)] == []


def test_at_sigterm_what_runs_is_answered_what_waits_is_refused_and_nobody_else_gets_in(tmp_path: Path) -> None:
    with serving(tmp_path, MLOPS_THREADS=1) as server:
        running: list[Any] = []
        waiting: list[Any] = []
        first = server.predict(7, running)
        time.sleep(0.7)
        others = [server.predict(7, waiting) for _ in range(3)]
        time.sleep(0.7)
        os.kill(server.process.pid, signal.SIGTERM)
        for thread in others:
            thread.join()
        assert waiting == [503, 503, 503] and running == [], "at once, while the first one runs"
        with pytest.raises(ConnectionError):
            server.call("/ping")
        first.join()
        assert running == [200], "longer than the five seconds of waitress"
        assert server.end() == 0
        (stopping,) = server.said("stopping")
        assert (stopping["running"], stopping["turnedAway"]) == (1, 3)
        assert server.entries[-1]["message"] == "done"


def test_draining_ends_at_its_limit(tmp_path: Path) -> None:
    with serving(tmp_path, MLOPS_THREADS=1, MLOPS_DRAIN_SECONDS=1) as server:
        outcomes: list[Any] = []
        asked = server.predict(30, outcomes)
        time.sleep(0.7)
        began = time.monotonic()
        os.kill(server.process.pid, signal.SIGTERM)
        assert server.end() == 0
        assert time.monotonic() - began < 10
        asked.join()
        assert outcomes == ["RemoteDisconnected"]
        assert server.said("requests are cut off")[0]["running"] == 1


def test_the_default_limits_are_below_the_platforms() -> None:
    assert drain_seconds({}) == 28
    assert drain_seconds({"K_SERVICE": "churn"}) == 9
    assert drain_seconds({"K_SERVICE": "churn", "MLOPS_DRAIN_SECONDS": "3"}) == 3


def test_a_failed_request_is_found_by_the_callers_id(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        status, answer, headers = server.call(
            "/invocations",
            "[[0]]",
            {"X-Amzn-SageMaker-Inference-Id": "order-17", "traceparent": f"00-{trace}-00f067aa0ba902b7-01"},
        )
        assert (status, answer["requestId"], headers["X-Request-Id"]) == (500, "order-17", "order-17")
        server.until(lambda: bool(server.said("request")))
        lines = [*server.said("cannot divide"), *server.said("prediction failed"), *server.said("request")]
        assert [line["severity"] for line in lines] == ["WARNING", "ERROR", "INFO"]
        assert {(line["requestId"], line["trace"]) for line in lines} == {("order-17", trace)}
        assert "ZeroDivisionError" in lines[1]["exception"]
        request = {name: lines[2][name] for name in ("method", "path", "status", "bytesIn", "bytesOut")}
        assert request == {
            "method": "POST",
            "path": "/invocations",
            "status": 500,
            "bytesIn": 5,
            "bytesOut": len(json.dumps(answer)),
        }

        row = json.dumps([{"a": 1, "inference_id": "i-7"}, {"a": 1}])
        status, answer, headers = server.call("/invocations", row, {"Content-Type": "application/json"})
        assert status == 500 and len(answer["requestId"]) == 32, "one of its own where the caller gives none"
        server.until(lambda: len(server.said("request")) == 2)
        assert server.said("request")[1]["inferenceIds"] == ["i-7"]


@pytest.mark.parametrize(("wanted", "statuses"), [("errors", [500]), ("all", [200, 500]), ("none", [])])
def test_which_requests_get_a_line_is_a_variable(tmp_path: Path, wanted: str, statuses: list[int]) -> None:
    with serving(tmp_path, MLOPS_ACCESS_LOG=wanted) as server:
        for path, body in (("/ping", None), ("/invocations", "[[0.01]]"), ("/invocations", "[[0]]")):
            server.call(path, body)
        os.kill(server.process.pid, signal.SIGTERM)
        assert server.end() == 0
        assert [entry["status"] for entry in server.said("request")] == statuses


def test_variables_of_the_server_are_checked(caplog: pytest.LogCaptureFixture) -> None:
    workload = Workload(load=str, predict=lambda model, rows: rows)
    wrong = {
        "MLOPS_ACCESS_LOG": ("some", "MLOPS_ACCESS_LOG must be errors, all, none, got 'some'"),
        "MLOPS_DRAIN_SECONDS": ("9s", "MLOPS_DRAIN_SECONDS must be a whole number, got '9s'"),
        "MLOPS_THREADS": ("0", "MLOPS_THREADS must be at least 1, got 0"),
    }
    for name, (value, message) in wrong.items():
        assert workload.run(["serve"], {name: value}) == 2
        assert caplog.messages[-1] == message
    assert access_log({}) == "errors"


class Channel:
    """What waitress hands over, as far as the pools look at it."""

    def __init__(self, path: str, answered: Callable[[str], None]) -> None:
        self.requests = [type("Request", (), {"path": path, "error": None})()]
        self._answered = answered

    def service(self) -> None:
        self._answered(threading.current_thread().name)


def test_too_many_that_wait_are_turned_away_by_other_threads_than_those_that_predict() -> None:
    pools = Pools({"/invocations"}.__contains__, threads=1, waiting=2)
    gate, seen = threading.Event(), list[tuple[str, str, str]]()

    def answered(name: str) -> Callable[[str], None]:
        def note(thread: str) -> None:
            seen.append((name, thread.partition("-")[0], pools.turned_away()))
            if name == "first":
                gate.wait(20)

        return note

    def ask(path: str, name: str, count: int) -> None:
        pools.add_task(Channel(path, answered(name)))
        for _ in range(400):
            if len(seen) >= count:
                return
            time.sleep(0.01)
        raise AssertionError(seen)

    ask("/invocations", "first", 1)
    ask("/invocations", "second", 1)
    ask("//invocations", "third", 1)
    ask("/invocations", "fourth", 2)
    ask("/ping", "health", 3)
    assert seen == [("first", "predict", ""), ("fourth", "quick", BUSY), ("health", "quick", BUSY)]
    gate.set()
    for _ in range(400):
        if len(seen) == 5:
            break
        time.sleep(0.01)
    assert seen[3:] == [("second", "predict", ""), ("third", "predict", "")]
