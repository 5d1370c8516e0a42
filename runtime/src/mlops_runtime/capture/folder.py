"""Reading a folder of capture files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from ..errors import ContractError
from ..files import DAMAGED, data_files, open_text
from ..schema import Schema
from . import azureml, sagemaker, vertex
from .record import Event, Record, Skipped

YEAR, DIGITS = re.compile(r"20\d\d"), re.compile(r"\d\d")
SPANS = (timedelta(days=366), timedelta(days=31), timedelta(days=1), timedelta(hours=1))
"""How long a year, a month, a day and an hour are at most."""
SUFFIXES = (".jsonl", ".ndjson", ".json")
READERS: dict[str, Callable[[Iterable[Event], Schema], Iterator[Record]]] = {
    "sagemaker": sagemaker.read,
    "vertex": vertex.read,
    "azureml": azureml.read,
}


def read_folder(
    folder: Path,
    form: str,
    schema: Schema,
    wanted: Callable[[Event], bool] = lambda event: True,
    may_have: Callable[[datetime, datetime], bool] = lambda start, end: True,
) -> Iterator[Record]:
    """Every wanted record below a folder in a stable order: files by path, lines as they stand.

    Folders named by an hour, day, month or year that `may_have` denies are not looked into: what lies there may be
    months of traffic, on a mount on which every look is a request.
    """
    if form not in READERS:
        raise ContractError(f"MLOPS_CAPTURE_FORMAT must be one of {', '.join(READERS)}, got '{form}'")
    broken: list[Skipped] = []
    yield from READERS[form](filter(wanted, _events(folder, broken, may_have)), schema)
    yield from broken


def _events(folder: Path, broken: list[Skipped], may_have: Callable[[datetime, datetime], bool]) -> Iterator[Event]:
    def enter(below: Path) -> bool:
        hours = _hours(below.relative_to(folder).parts)
        return hours is None or may_have(*hours)

    for path in data_files(folder, SUFFIXES, enter):
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


def _hours(parts: Sequence[str]) -> tuple[datetime, datetime] | None:
    """The time that a folder `…/yyyy/MM/dd/HH`, or the beginning of one, stands for; None where it names no time."""
    start = next((place for place, part in enumerate(parts) if YEAR.fullmatch(part)), None)
    if start is None:
        return None
    numbers = parts[start : start + 4]
    if not all(DIGITS.fullmatch(part) for part in numbers[1:]):
        return None
    year, month, day, hour = (int(part) for part in (*numbers, *("01", "01", "00")[len(numbers) - 1 :]))
    try:
        first = datetime(year, month, day, hour, tzinfo=timezone.utc)
    except ValueError:
        return None
    return first, first + SPANS[len(numbers) - 1]


def _object(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
