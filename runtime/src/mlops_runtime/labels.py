"""Labels that arrive later: the truth about captured requests, by inference id."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .files import DAMAGED, data_files, kind, open_text
from .payload import is_rounded, spelled_id
from .schema import is_missing

SUFFIXES = (".csv", ".jsonl", ".ndjson", ".json")
IDS = ("inferenceId", "inference_id", "eventId", "event_id")
LABEL = "label"
UNREADABLE = "\ufffd"
"""Stands for bytes that are no UTF-8."""

Entry = Mapping[str, Any] | str
"""A line by the names of its columns, or why it is none."""


@dataclass
class Labels:
    """What is known, and what could not be read: one bad line of one file must not hide the others."""

    known: dict[str, Any] = field(default_factory=dict)
    """Label by inference id."""
    skipped: Counter[str] = field(default_factory=Counter)
    """Lines and files that could not be read, by reason."""

    @property
    def skipped_count(self) -> int:
        return sum(self.skipped.values())


def read_labels(folder: Path | None) -> Labels:
    """Every file below the folder, in the order of their paths: a later label corrects an earlier one."""
    labels = Labels()
    if folder is None or not folder.is_dir():
        return labels
    for path in data_files(folder, SUFFIXES):
        for entry in _entries(path):
            found = _pair(entry) if not isinstance(entry, str) else entry
            if isinstance(found, str):
                labels.skipped[f"{path.name}: {found}"] += 1
            elif not is_missing(found[1]):
                labels.known[found[0]] = found[1]
    return labels


def _entries(path: Path) -> Iterator[Entry]:
    try:
        with open_text(path, "utf-8-sig", errors="replace") as file:
            yield from _of_csv(file) if kind(path) == ".csv" else _of_json(file)
    except DAMAGED:
        yield "the file is damaged"


def _of_csv(lines: Iterable[str]) -> Iterator[Entry]:
    rows = _csv_rows(lines)
    header = [cell.strip() for cell in next(rows, [])]
    if LABEL not in header or not any(name in header for name in IDS):
        if header:
            yield from ["no columns inferenceId and label"] * (1 + sum(1 for _ in rows))
        return
    for row in rows:
        yield dict(zip(header, row, strict=True)) if len(row) == len(header) else "not as many values as columns"


def _csv_rows(lines: Iterable[str]) -> Iterator[list[str]]:
    """Rows that are not blank; what is no CSV is a row of one empty cell, which no header and no label is."""
    reader = csv.reader(lines, strict=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield [""]
        else:
            if row:
                yield row


def _of_json(lines: Iterable[str]) -> Iterator[Entry]:
    for line in lines:
        if line.strip():
            yield _object(line) or "not a JSON object"


def _object(line: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _pair(entry: Mapping[str, Any]) -> tuple[str, Any] | str:
    """Also SageMaker's ground truth shape: `groundTruthData.data` by `eventMetadata.eventId`."""
    truth, about = entry.get("groundTruthData"), entry.get("eventMetadata")
    if isinstance(truth, dict) and isinstance(about, dict):
        entry = {**about, LABEL: truth.get("data")}
    known = next((entry[name] for name in IDS if spelled_id(entry.get(name)) is not None), None)
    identity = spelled_id(known)
    if identity is None or LABEL not in entry:
        return "no inferenceId and label"
    if is_rounded(known):
        return "an inferenceId of more than 2^53 is no number but text"
    if UNREADABLE in identity or UNREADABLE in str(entry[LABEL]):
        return "not UTF-8"
    return identity, entry[LABEL]
