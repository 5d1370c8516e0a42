"""A PostgreSQL of this machine for the servers that are tried."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from servers import ROOT, free_port, wait_until_it_answers  # noqa: E402


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[str], str]]:
    """Makes an empty database and its owner, both of the name that the templates give them; returns `<host>:<port>`.

    From Debian's package, with its extensions: some servers ask for them.
    """
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    # It refuses to run as root; the package made a user.
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    shutil.chown(folder, user)
    port = free_port()

    def run(program: str, *arguments: str) -> None:
        subprocess.run([programs / program, *arguments], check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)

    def database(name: str) -> str:
        for statement in (f'CREATE ROLE "{name}" LOGIN', f'CREATE DATABASE "{name}" OWNER "{name}"'):
            run("psql", "-qh", "127.0.0.1", "-p", str(port), "-d", "postgres", "-U", "tests", "-c", statement)
        return f"127.0.0.1:{port}"

    run("initdb", "--auth=trust", "--encoding=utf8", "-U", "tests", "-D", str(folder / "data"))
    options = f"-h 127.0.0.1 -p {port} -k {folder}"
    run("pg_ctl", "-w", "-D", str(folder / "data"), "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield database
    finally:
        run("pg_ctl", "-w", "-D", str(folder / "data"), "-m", "fast", "stop")
        shutil.rmtree(folder)


@pytest.fixture
def aws() -> Iterator[dict[str, str]]:
    """Variables of a process that reaches a stand-in of AWS."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    moto = ROOT / ".venv" / "delta-lake" / "bin" / "moto_server"
    server = subprocess.Popen([moto, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_it_answers(f"{url}/moto-api/", server)
        yield {
            "AWS_ENDPOINT_URL": url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
    finally:
        server.terminate()
        server.wait(10)
