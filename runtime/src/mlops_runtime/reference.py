"""The drift reference: the rows a model was judged on, kept next to its version."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import log
from .errors import ContractError
from .payload import named, plain
from .schema import RawRow, Schema, is_missing, is_scalar

FILE = "data.csv"
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
                row.append(plain(target))
        self.schema.save(folder)
        with (folder / FILE).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(columns)

    def _judged(self, row: RawRow) -> list[Any]:
        arranged = zip(self.schema.features, self.schema.arrange(row), strict=True)
        return [value for feature, value in arranged if feature.judged]

    def _answer(self, item: Any) -> dict[str, Any]:
        """Values by output; one that is a list or an object has no column to stand in."""
        answer, outputs = plain(item), self.schema.outputs
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
