"""Models travel as `model.tar.gz` or inside a folder of their own name; verbs see the folder that `train` wrote."""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path

from . import log, schema

ARCHIVE = "model.tar.gz"


def unpacked(model_dir: Path) -> Path:
    """The folder itself, or a scratch copy of its `model.tar.gz`: the folder may be mounted read-only."""
    model_dir = _innermost(model_dir)
    archive = model_dir / ARCHIVE
    if not archive.is_file():
        return model_dir
    target = Path(tempfile.mkdtemp(prefix="model-"))
    with tarfile.open(archive, "r:*") as tar:
        tar.extractall(target, filter="data")
    log.info("unpacked model", archive=str(archive), target=str(target))
    return target


def _innermost(model_dir: Path) -> Path:
    """Azure ML mounts a registered folder inside the model's folder, under the name it was registered from."""
    inside = list(model_dir.iterdir()) if model_dir.is_dir() else []
    alone = inside[0] if len(inside) == 1 else model_dir
    is_model = (alone / ARCHIVE).is_file() or (alone / schema.FILE).is_file()
    return alone if is_model else model_dir
