"""Labels that arrive later: the truth about captured requests, by inference id."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .errors import ContractError
from .files import DAMAGED, data_files, kind, open_text
from .payload import spelled_id

SUFFIXES = (".csv", ".jsonl", ".ndjson", ".json")
IDS = ("inferenceId", "inference_id", "eventId", "event_id")
LABEL = "label"


def read_labels(folder: Path | None) -> dict[str, Any]:
    """Label by inference id. Files in the order of their paths: a later label corrects an earlier one."""
    labels: dict[str, Any] = {}
    if folder is None or not folder.is_dir():
        return labels
    for path in data_files(folder, SUFFIXES):
        for number, entry in enumerate(_entries(path), start=1):
            identity, label = _pair(entry)
            if identity is None:
                wanted = f"inferenceId and {LABEL}"
                raise ContractError(f"{path.name} entry {number} must have {wanted}, got {list(entry)}")
            if label is not None and label != "":
                labels[identity] = label
    return labels


def _entries(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        with open_text(path, "utf-8-sig") as file:
            if kind(path) == ".csv":
                yield from csv.DictReader(file)
                return
            for number, line in enumerate(file, start=1):
                if line.strip():
                    entry = _object(line)
                    if entry is None:
                        raise ContractError(f"{path.name} line {number} must be a JSON object")
                    yield entry
    except (*DAMAGED, UnicodeDecodeError, csv.Error) as error:
        raise ContractError(f"{path.name} is damaged: {error}") from error


def _object(line: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _pair(entry: Mapping[str, Any]) -> tuple[str | None, Any]:
    """Also SageMaker's ground truth shape: `groundTruthData.data` by `eventMetadata.eventId`."""
    truth, about = entry.get("groundTruthData"), entry.get("eventMetadata")
    if isinstance(truth, dict) and isinstance(about, dict):
        entry = {**about, LABEL: truth.get("data")}
    identity = next((entry[name] for name in IDS if entry.get(name) not in (None, "")), None)
    return (None, None) if identity is None or LABEL not in entry else (spelled_id(identity), entry[LABEL])
