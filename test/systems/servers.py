"""Servers and clients of systems, started with what stands in the synthesized templates.

Only what leads out of this machine is replaced: the database by one on loopback, the place in the lake by a folder,
secrets by values made here. Command, arguments and all other variables are the template's own.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180


@dataclass
class Program:
    """The container of a server as its template has it."""

    command: list[str]
    variables: dict[str, str]
    secrets: list[str]
    """Variables that the platform fills from its secret store."""
    port: int
    health: str


@dataclass
class Server:
    url: str
    values: dict[str, str] = field(default_factory=dict)
    """Secrets as they were made, by variable."""


def stack(example: str) -> dict[str, Any]:
    """The configuration of an example on Google Cloud."""
    [file] = (ROOT / "out" / example / "stacks").glob("*/cdk.tf.json")
    return dict(json.loads(file.read_text()))


def program(example: str, system: str) -> Program:
    """The container that hosts a system, out of the configuration for Cloud Run."""
    services = stack(example)["resource"]["google_cloud_run_v2_service"].values()
    [container] = [
        container
        for service in services
        for container in service["template"]["containers"]
        if container["name"] == system
    ]
    env = container["env"]
    probe = container["startup_probe"]["http_get"]
    return Program(
        command=[*container.get("command", []), *container.get("args", [])],
        variables={each["name"]: each["value"] for each in env if "value" in each},
        secrets=[each["name"] for each in env if "value_source" in each],
        port=container["ports"]["container_port"],
        health=probe["path"],
    )


def connection(example: str, prefix: str) -> dict[str, str]:
    """Variables of a client, out of the jobs of the training that the workflow of the example starts."""
    text = json.dumps(stack(example)["resource"]["google_workflows_workflow"])
    found = re.findall(rf'{prefix}\w*\\*", *\\*"value\\*": *\\*"([^"\\]*)', text)
    names = re.findall(rf'({prefix}\w*)\\*", *\\*"value', text)
    return dict(zip(names, found, strict=True))


@contextmanager
def serve(
    venv: str, server: Program, home: Path, database: str, replaced: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start the server of a template and wait until its health path answers."""
    port = free_port()
    values = {name: secrets.token_urlsafe(24) for name in server.secrets}
    for name in server.secrets:
        if name in ("DATABASE_PASSWORD", "PGPASSWORD"):
            values[name] = "unused"
    places = {f":{server.port}": f":{port}", f" {server.port}": f" {port}", **(replaced or {})}

    def here(text: str) -> str:
        return str(port) if text == str(server.port) else local(_replaced(text, places), database)

    env = {
        "PATH": f"{ROOT / '.venv' / venv / 'bin'}:/usr/bin:/bin",
        "HOME": str(home),
        "PYTHONUNBUFFERED": "1",
        **{name: here(value) for name, value in server.variables.items()},
        **values,
    }
    command = [here(part) for part in server.command]
    log = home / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=env, cwd=home, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{url}{server.health}", process, log)
        yield Server(url, values)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def run(venv: str, code: str, env: Mapping[str, str], home: Path) -> str:
    """Run a client of the system in its own environment. Returns what it prints."""
    ended = subprocess.run(
        [str(ROOT / ".venv" / venv / "bin" / "python"), "-c", code],
        env={"PATH": f"{ROOT / '.venv' / venv / 'bin'}:/usr/bin:/bin", "HOME": str(home), **env},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def status(url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> int:
    request = urllib.request.Request(url, data=body, headers=dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return int(error.code)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def local(text: str, database: str) -> str:
    """The text with the database of this machine, `<host>:<port>`, which speaks without TLS on loopback."""
    host, _, port = database.partition(":")
    text = re.sub(r"\$\{google_sql_database_instance\.[\w-]+\.private_ip_address\}:\d+", database, text)
    text = re.sub(r"\$\{google_sql_database_instance\.[\w-]+\.private_ip_address\}", host, text)
    text = re.sub(r"(ssl(?:mode)?)=require", r"\1=disable", text)
    return port if text == "5432" else text


def _replaced(text: str, places: Mapping[str, str]) -> str:
    for old, new in places.items():
        text = re.sub(re.escape(old) + r"(?!\d)", lambda _, new=new: new, text)  # type: ignore[misc]
    return text


def flow(system: str) -> str:
    """The file that starts and follows the training, out of the template for AWS, with names of this test."""
    [file] = (ROOT / "out" / "aws-integrations").glob("*.template.json")
    resources = json.loads(file.read_text())["Resources"]
    [content] = [
        next(iter(each["Properties"]["Files"].values()))
        for name, each in resources.items()
        if each["Type"] == "Custom::ClientFiles" and f"Integrations{system}Flow" in name
    ]
    names = {"AWS::Region": "eu-west-1"}
    return "".join(
        part if isinstance(part, str) else names.get(part["Ref"], "training") for part in content["Fn::Join"][1]
    )


PIPELINE = """
import boto3
sagemaker = boto3.client("sagemaker")
sagemaker.create_pipeline(
    PipelineName="training", PipelineDefinition="{}", ClientRequestToken="0" * 32, RoleArn="arn:aws:iam::123456789012:role/a"
)
"""
"""Makes the training that a flow starts."""

RUNS = """
import boto3
runs = boto3.client("sagemaker").list_pipeline_executions(PipelineName="training")["PipelineExecutionSummaries"]
print([run["PipelineExecutionStatus"] for run in runs])
"""
"""The runs of that training."""


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None
        try:
            if status(url) == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"{url} does not answer")


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(errors="replace")[-4000:]
        try:
            if status(url) == 200:
                return
        except OSError:
            pass
        time.sleep(0.5)
    raise AssertionError(f"{url} does not answer: {log.read_text(errors='replace')[-4000:]}")
