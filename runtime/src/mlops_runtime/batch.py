"""`predict`: the loaded model over files of rows, for the clouds whose batch service cannot call a server of ours.

Every file below MLOPS_INPUT_DIR gives one of the same name and `.jsonl` below MLOPS_OUTPUT_DIR: a line a row, in the
order of the rows, `{"instance": …, "prediction": …}`, or `{"instance": …, "error": …}` for a row that the model cannot
take. Several machines share the files. `summary.json` counts them, one for each machine.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from . import log
from .errors import BadRequest, ContractError
from .job import Job
from .payload import arranged, csv_rows, plain, read_rows
from .schema import RawRow, Schema

KINDS = {
    ".csv": "text/csv",
    ".jsonl": "application/jsonlines",
    ".ndjson": "application/jsonlines",
    ".json": "application/json",
}
BATCH_ROWS = 256


def predict_files(
    job: Job, output: Path, model: Any, predict: Callable[[Any, list[Any]], Sequence[Any]], env: Mapping[str, str]
) -> None:
    """Predicts for this machine's share of the files; fails when no row at all could be answered."""
    schema = Schema.find(job.model_dir)
    size = batch_rows(env)
    found = sorted(path for path in job.input_dir.rglob("*") if path.is_file() and kind_of(path))
    mine = found[job.cluster.rank :: job.cluster.world_size]
    if not found:
        raise ContractError(f"no file like *{', *'.join(KINDS)} in {job.input_dir}, packed by gzip or not")
    total = failed = 0
    for path in mine:
        target = output / f"{path.relative_to(job.input_dir).as_posix()}.jsonl"
        target.parent.mkdir(parents=True, exist_ok=True)
        rows, bad = _predict_file(path, target, size, lambda chunk: _answers(model, predict, chunk, schema), schema)
        log.info("predicted", file=path.name, rows=rows, failedRows=bad)
        total, failed = total + rows, failed + bad
    name = "summary.json" if job.cluster.world_size == 1 else f"summary-{job.cluster.rank}.json"
    summary = {"files": len(mine), "rows": total, "failedRows": failed}
    (output / name).write_text(json.dumps(summary) + "\n", encoding="utf-8")
    if total and failed == total:
        raise ContractError(f"none of {total} rows could be answered: the output has the reasons")


def kind_of(path: Path) -> str:
    """The content type that the file's name says; empty for files of other kinds."""
    return KINDS.get(Path(path.name.removesuffix(".gz")).suffix.lower(), "")


def batch_rows(env: Mapping[str, str]) -> int:
    """Rows that `predict` gets at a time."""
    text = env.get("MLOPS_BATCH_ROWS") or str(BATCH_ROWS)
    if not text.isdecimal() or int(text) < 1:
        raise ContractError(f"MLOPS_BATCH_ROWS must be a whole number of at least 1, got '{text}'")
    return int(text)


def _predict_file(
    path: Path, target: Path, size: int, answer: Callable[[list[RawRow]], list[dict[str, Any]]], schema: Schema | None
) -> tuple[int, int]:
    rows = bad = 0
    try:
        with _opened(path) as file, target.open("w", encoding="utf-8") as out:
            records = _records(path, file, schema)
            while chunk := list(islice(records, size)):
                for line in answer(chunk):
                    out.write(f"{json.dumps(line, allow_nan=False)}\n")
                    rows, bad = rows + 1, bad + ("error" in line)
    except (BadRequest, UnicodeDecodeError, EOFError, gzip.BadGzipFile, csv.Error) as error:
        raise ContractError(f"{path.name} cannot be read after {rows} rows: {error}") from error
    return rows, bad


def _opened(path: Path) -> TextIO:
    if path.name.endswith(".gz"):
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _records(path: Path, file: TextIO, schema: Schema | None) -> Iterator[RawRow]:
    """Rows one after the other: only a whole JSON document is read at once."""
    kind = kind_of(path)
    if kind == "text/csv":
        yield from csv_rows(file, schema.names if schema else None)
    elif kind == "application/jsonlines":
        for line in file:
            if line.strip():
                yield from read_rows(line, kind)
    else:
        yield from read_rows(file.read(), kind)


def _answers(
    model: Any, predict: Callable[[Any, list[Any]], Sequence[Any]], rows: Sequence[RawRow], schema: Schema | None
) -> list[dict[str, Any]]:
    """One line a row. Rows that cannot be answered together are asked for one by one, so that only bad ones fail."""
    with suppress(BadRequest):
        return [_line(row, answer) for row, answer in zip(rows, _asked(model, predict, rows, schema), strict=True)]
    return [_alone(model, predict, row, schema) for row in rows]


def _alone(
    model: Any, predict: Callable[[Any, list[Any]], Sequence[Any]], row: RawRow, schema: Schema | None
) -> dict[str, Any]:
    try:
        return _line(row, next(iter(_asked(model, predict, [row], schema))))
    except BadRequest as error:
        return {"instance": _shown(row), "error": str(error).removeprefix("row 0: ")}


def _asked(
    model: Any, predict: Callable[[Any, list[Any]], Sequence[Any]], rows: Sequence[RawRow], schema: Schema | None
) -> Iterable[Any]:
    answers = list(predict(model, [arranged(row, schema, number) for number, row in enumerate(rows)]))
    if len(answers) != len(rows):
        raise ValueError(f"{len(rows)} rows gave {len(answers)} predictions")
    return answers


def _line(row: RawRow, answer: Any) -> dict[str, Any]:
    try:
        return {"instance": _shown(row), "prediction": plain(answer)}
    except ValueError as error:
        raise BadRequest(str(error)) from error


def _shown(row: RawRow) -> Any:
    """The row as it came; JSON has no word for what is no number."""
    if isinstance(row, Mapping):
        return {name: _finite(value) for name, value in row.items()}
    return [_finite(value) for value in row]


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and value - value != 0 else value
