"""The drift reference: the rows a model was judged on, kept next to its version."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ContractError
from .payload import named, plain
from .schema import RawRow, Schema, is_missing

FILE = "data.csv"


@dataclass(frozen=True)
class Reference:
    """Held-out rows with the model's answers and the true labels."""

    schema: Schema
    rows: Sequence[RawRow]
    predictions: Sequence[Any] | None = None
    """One a row, as `predict` returns them."""
    targets: Sequence[Any] | None = None

    def write(self, folder: Path) -> None:
        """Write `data.csv` (features, then outputs, then the target, with a header) and `schema.json`."""
        arranged = [self.schema.arrange(row) for row in self.rows]
        self._check(arranged)
        header = list(self.schema.names)
        columns: list[list[Any]] = [["" if is_missing(value) else value for value in row] for row in arranged]
        if self.predictions is not None:
            header += list(self.schema.outputs)
            for row, item in zip(columns, self.predictions, strict=True):
                answer = named(plain(item), self.schema.outputs)
                row += [answer.get(output) for output in self.schema.outputs]
        if self.targets is not None:
            header.append(self.schema.target)
            for row, target in zip(columns, self.targets, strict=True):
                row.append(plain(target))
        self.schema.save(folder)
        with (folder / FILE).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(columns)

    def _check(self, arranged: Sequence[Sequence[Any]]) -> None:
        if not arranged:
            raise ContractError("a drift reference needs rows, got none")
        for name, values in (("predictions", self.predictions), ("targets", self.targets)):
            if values is not None and len(values) != len(arranged):
                raise ContractError(f"the reference has {len(arranged)} rows but {len(values)} {name}")
        for feature, column in zip(self.schema.features, zip(*arranged, strict=True), strict=True):
            if all(is_missing(value) for value in column):
                raise ContractError(f"the reference has no value for feature '{feature.name}'")
