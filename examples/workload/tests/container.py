"""The example image's entry point, run as a process: what the container runs, without a container engine."""

from __future__ import annotations

import csv
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WORKLOAD = Path(__file__).resolve().parents[1]
RUNTIME = WORKLOAD.parents[1] / "runtime" / "src"


def environment(**variables: Any) -> dict[str, str]:
    """A clean environment: no variable of the developer's shell reaches the container's process."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
    nowhere = {"MLOPS_SAGEMAKER_ROOT": "/nonexistent", "HOME": "/nonexistent", "OMP_NUM_THREADS": "1"}
    return {**kept, **nowhere, "PYTHONPATH": str(RUNTIME), **{name: str(value) for name, value in variables.items()}}


@dataclass(frozen=True)
class Done:
    code: int
    logs: list[dict[str, Any]]
    stdout: str


def run(verb: str, script: Path | None = None, **variables: Any) -> Done:
    done = subprocess.run(
        [sys.executable, str(script or WORKLOAD / "main.py"), verb],
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=240,
    )
    return Done(done.returncode, [json.loads(line) for line in done.stderr.splitlines()], done.stdout)


def ok(verb: str, script: Path | None = None, **variables: Any) -> Done:
    done = run(verb, script, **variables)
    assert done.code == 0, done.logs
    return done


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    content_type: str

    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """`serve` as a process, spoken to over real HTTP."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.base = f"http://127.0.0.1:{port}"

    def call(self, path: str, body: bytes | None = None, content_type: str = "", accept: str = "*/*") -> Answer:
        headers = {"Accept": accept, **({"Content-Type": content_type} if content_type else {})}
        request = urllib.request.Request(self.base + path, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return Answer(reply.status, reply.read(), reply.headers["Content-Type"])
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read(), error.headers["Content-Type"])

    def wait_until(self, path: str, status: int = 200) -> None:
        for _ in range(1200):
            try:
                if self.call(path).status == status:
                    return
            except (urllib.error.URLError, ConnectionError):
                pass
            assert self.process.poll() is None, "serve ended"
            time.sleep(0.05)
        raise AssertionError(f"{path} never answered {status}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(script: Path, port_variable: str = "MLOPS_PORT", **variables: Any) -> Iterator[Server]:
    port = free_port()
    # Where the verb is in a variable the platform passes no argument.
    verb = [] if "MLOPS_VERB" in variables else ["serve"]
    process = subprocess.Popen(
        [sys.executable, str(script), *verb],
        env=environment(**{port_variable: port}, MLOPS_HOST="127.0.0.1", **variables),
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(timeout=20)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Built:
    """Everything the pipeline made, step by step, in folders like the cloud's."""

    prepared: Path
    model: Path
    packed: Path
    evaluated: Path

    @property
    def validation(self) -> list[dict[str, str]]:
        return rows_of(self.prepared / "validation" / "data.csv")
