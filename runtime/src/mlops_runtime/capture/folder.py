"""Reading a folder of capture files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..errors import ContractError
from ..schema import Schema
from . import azureml, sagemaker, vertex
from .record import Event, Record, Skipped

READERS: dict[str, Callable[[Iterable[Event], Schema], Iterator[Record]]] = {
    "sagemaker": sagemaker.read,
    "vertex": vertex.read,
    "azureml": azureml.read,
}


def read_folder(folder: Path, form: str, schema: Schema) -> Iterator[Record]:
    """Every record below a folder in a stable order: files by path, lines as they stand."""
    if form not in READERS:
        raise ContractError(f"MLOPS_CAPTURE_FORMAT must be one of {', '.join(READERS)}, got '{form}'")
    broken: list[Skipped] = []
    yield from READERS[form](_events(folder, broken), schema)
    yield from broken


def _events(folder: Path, broken: list[Skipped]) -> Iterator[Event]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix not in (".jsonl", ".json"):
            continue
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if not line.strip():
                    continue
                try:
                    event = json.loads(line)
                except (ValueError, RecursionError):
                    event = None
                if isinstance(event, dict):
                    yield event
                else:
                    broken.append(Skipped(f"{path.name}: a line is not a JSON object"))
