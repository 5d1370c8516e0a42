"""Checkpoints that are either whole or not there, whenever the machine is taken away.

A folder a step, and beside it a list of its files, written last. A folder whose list is missing or does not fit is the
trace of an interrupted copy and is passed over.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import ContractError
from .outputs import copy_tree

DIGITS = 12


@contextmanager
def saving(place: Path, step: int) -> Iterator[Path]:
    """A local folder to write in, copied to the checkpoints when the block ends without an error."""
    if step < 0:
        raise ContractError(f"a checkpoint's step must not be negative, got {step}")
    with tempfile.TemporaryDirectory(prefix="mlops-checkpoint-") as local:
        yield Path(local)
        target = place / f"{step:0{DIGITS}d}"
        _list_of(target).unlink(missing_ok=True)
        sizes = copy_tree(Path(local), target)
        _list_of(target).write_text(json.dumps(sizes), encoding="utf-8")


def last(place: Path) -> Path | None:
    """The folder of the highest step that is whole; its name is the step."""
    steps = sorted((path.with_suffix("") for path in place.glob(f"{'[0-9]' * DIGITS}.json")), reverse=True)
    return next((step for step in steps if _whole(step)), None)


def _whole(target: Path) -> bool:
    try:
        sizes: dict[str, int] = json.loads(_list_of(target).read_text(encoding="utf-8"))
        return all((target / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def _list_of(target: Path) -> Path:
    return target.with_suffix(".json")
