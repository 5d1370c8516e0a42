"""Reading folders of text files, packed by gzip or not."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

GZIP = b"\x1f\x8b"
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)
"""What reading a file that is not whole raises."""


def data_files(
    folder: Path, suffixes: Sequence[str], enter: Callable[[Path], bool] = lambda below: True
) -> Iterator[Path]:
    """Files of these kinds below a folder, also with `.gz` behind, in the order of their paths.

    A folder that `enter` denies is not looked into.
    """
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = [name for name in folders if enter(here / name)]
        found.extend(here / name for name in names if kind(here / name) in suffixes)
    for path in sorted(found):
        if path.is_file():
            yield path


def kind(path: Path) -> str:
    """`.csv` for `labels.csv` and for `labels.csv.gz`."""
    return path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix


def open_text(path: Path, encoding: str = "utf-8", errors: str = "strict") -> TextIO:
    """Text of a file, unpacked where its first bytes say that it is packed."""
    with path.open("rb") as file:
        packed = file.read(len(GZIP)) == GZIP
    return io.TextIOWrapper(gzip.open(path) if packed else path.open("rb"), encoding, errors, newline="")
