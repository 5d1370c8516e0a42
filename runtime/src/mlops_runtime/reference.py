"""The drift reference: the rows a model was judged on, kept next to its version."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import log
from .errors import ContractError
from .payload import named, plain
from .schema import RawRow, Schema, is_missing, is_scalar

FILE = "data.csv"
SIZE_FILE = "data.json"
"""How much `data.csv` has: one that was cut short on its way would be another distribution."""
TELLING = 100
"""Values from which on a category that is hardly ever the same twice is none."""


@dataclass(frozen=True)
class Reference:
    """Held-out rows with the model's answers and the true labels."""

    schema: Schema
    rows: Sequence[RawRow]
    predictions: Sequence[Any] | None = None
    """One a row, as `predict` returns them."""
    targets: Sequence[Any] | None = None

    def write(self, folder: Path) -> None:
        """Write `data.csv` (judged features, then outputs, then the target, with a header) and `schema.json`."""
        arranged = [self._judged(row) for row in self.rows]
        self._check(arranged)
        header = list(self.schema.judged)
        columns: list[list[Any]] = [["" if is_missing(value) else value for value in row] for row in arranged]
        if self.predictions is not None:
            header += list(self.schema.outputs)
            for row, item in zip(columns, self.predictions, strict=True):
                answer = self._answer(item)
                row += [answer.get(output) for output in self.schema.outputs]
        if not header:
            raise ContractError(
                "the reference has nothing to compare: every feature is of the kind other, and there are no predictions"
            )
        if self.targets is not None:
            header.append(self.schema.target)
            for row, target in zip(columns, self.targets, strict=True):
                row.append("" if is_missing(target) else plain(target))
        self.schema.save(folder)
        with (folder / FILE).open("w", newline="", encoding="utf-8", errors="surrogatepass") as file:
            ordinary = csv.writer(file, lineterminator="\n")
            # A carriage return alone ends a line for most readers, and Python before 3.12.3 does not quote it.
            quoting = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
            for line in [header, *columns]:
                (quoting if any("\r" in cell for cell in line if isinstance(cell, str)) else ordinary).writerow(line)
        size = {"rows": len(columns), "bytes": (folder / FILE).stat().st_size}
        (folder / SIZE_FILE).write_text(json.dumps(size) + "\n", encoding="utf-8")

    def _judged(self, row: RawRow) -> list[Any]:
        arranged = zip(self.schema.features, self.schema.arrange(row), strict=True)
        return [value for feature, value in arranged if feature.judged]

    def _answer(self, item: Any) -> dict[str, Any]:
        """Values by output; one that is a list or an object has no column to stand in."""
        answer, outputs = plain(_without_missing(item)), self.schema.outputs
        if isinstance(answer, list) and len(answer) > len(outputs):
            known = ", ".join(outputs)
            raise ContractError(
                f"an answer is a list of {len(answer)} values, the schema's outputs are {known}: "
                "name them all in outputs, or answer by name"
            )
        return {output: value for output, value in named(answer, outputs).items() if is_scalar(value)}

    def _check(self, arranged: Sequence[Sequence[Any]]) -> None:
        if not arranged:
            raise ContractError("a drift reference needs rows, got none")
        for name, values in (("predictions", self.predictions), ("targets", self.targets)):
            if values is not None and len(values) != len(arranged):
                raise ContractError(f"the reference has {len(arranged)} rows but {len(values)} {name}")
        judged = [feature for feature in self.schema.features if feature.judged]
        for feature, column in zip(judged, zip(*arranged, strict=True), strict=True):
            known = [value for value in column if not is_missing(value)]
            if not known:
                raise ContractError(f"the reference has no value for feature '{feature.name}'")
            different = len(set(known)) if feature.kind == "categorical" else 0
            if len(known) >= TELLING and 2 * different > len(known):
                log.warning(
                    "a feature is hardly ever the same twice: ids, times and text are of the kind other, or always drift",
                    feature=feature.name,
                    values=different,
                    rows=len(known),
                )


def _without_missing(item: Any) -> Any:
    """What pandas puts for a missing value is none; NaN of a model is refused as any answer that is not finite."""
    if isinstance(item, Mapping):
        return {name: _without_missing(value) for name, value in item.items()}
    return None if type(item).__name__ in ("NAType", "NaTType") else item


def rows_written(folder: Path) -> int | None:
    """How many rows `data.csv` was written with, None where no size was kept. One that is not whole is refused."""
    path = folder / SIZE_FILE
    if not path.is_file():
        return None
    try:
        size = json.loads(path.read_text(encoding="utf-8"))
        rows, length = int(size["rows"]), int(size["bytes"])
    except (KeyError, TypeError, ValueError) as error:
        wanted = f"the rows and bytes of {FILE}"
        raise ContractError(f"{path} must name {wanted}: {type(error).__name__}: {error}") from error
    found = (folder / FILE).stat().st_size
    if found != length:
        raise ContractError(f"{folder / FILE} is not whole: {rows} rows make {length} bytes, it has {found}")
    return rows
