"""A PostgreSQL of this machine, and a home folder for each test."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Makes an empty database; returns `<user>@<host>:<port>/<name>`."""
    import pgserver

    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield lambda name: _database(server, name)
    server.cleanup()


def _database(server: object, name: str) -> str:
    server.psql(f'CREATE DATABASE "{name}"')  # type: ignore[attr-defined]
    return f"postgres@127.0.0.1:{_port(server)}/{name}"


def _port(server: object) -> int:
    return int(server.get_postmaster_info().port)  # type: ignore[attr-defined]
