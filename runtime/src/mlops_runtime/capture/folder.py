"""Reading a folder of capture files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ..errors import ContractError
from ..files import DAMAGED, data_files, open_text
from ..schema import Schema
from . import azureml, sagemaker, vertex
from .record import Event, Record, Skipped

SUFFIXES = (".jsonl", ".ndjson", ".json")
READERS: dict[str, Callable[[Iterable[Event], Schema], Iterator[Record]]] = {
    "sagemaker": sagemaker.read,
    "vertex": vertex.read,
    "azureml": azureml.read,
}


def read_folder(
    folder: Path, form: str, schema: Schema, wanted: Callable[[Event], bool] = lambda event: True
) -> Iterator[Record]:
    """Every wanted record below a folder in a stable order: files by path, lines as they stand."""
    if form not in READERS:
        raise ContractError(f"MLOPS_CAPTURE_FORMAT must be one of {', '.join(READERS)}, got '{form}'")
    broken: list[Skipped] = []
    yield from READERS[form](filter(wanted, _events(folder, broken)), schema)
    yield from broken


def _events(folder: Path, broken: list[Skipped]) -> Iterator[Event]:
    for path in data_files(folder, SUFFIXES):
        try:
            with open_text(path, errors="replace") as lines:
                for line in lines:
                    event = _object(line)
                    if isinstance(event, dict):
                        yield event
                    elif line.strip():
                        broken.append(Skipped(f"{path.name}: a line is not a JSON object"))
        except DAMAGED:
            broken.append(Skipped(f"{path.name}: the file is damaged"))


def _object(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
