"""What a verb is told: its folders, its hyperparameters, and the machines it has."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import checkpoints, hyperparameters
from .cluster import Cluster
from .errors import ContractError
from .places import checkpoint_folder, folder, sagemaker_root


@dataclass(frozen=True)
class Job:
    """Folders and hyperparameters of one run of a verb."""

    input_dir: Path
    """Data to read. For `train` it has one folder a channel: `train`, and `validation` or `test` where given."""
    model_dir: Path
    """Where `train` writes the model, and where `evaluate` finds it, unpacked."""
    output_dir: Path
    """Where `prepare` writes `train`, `validation` and `test`, and where the runtime writes reports."""
    checkpoint_dir: Path
    """Survives an interrupted spot training. `checkpoint` and `last_checkpoint` are the safe way to use it."""
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    """Hyperparameters with their types: numbers are numbers on every cloud."""
    cluster: Cluster = field(default_factory=Cluster)
    """The machines that train together. The model of the first one, rank 0, is the one that is kept."""

    @staticmethod
    def of(verb: str, env: Mapping[str, str]) -> Job:
        config = sagemaker_root(env) / "input/config"
        return Job(
            input_dir=folder(verb, "MLOPS_INPUT_DIR", env),
            model_dir=folder(verb, "MLOPS_MODEL_DIR", env),
            output_dir=folder(verb, "MLOPS_OUTPUT_DIR", env),
            checkpoint_dir=checkpoint_folder(env),
            hyperparameters=hyperparameters.resolve(env, config / "hyperparameters.json"),
            cluster=Cluster.of(env, config / "resourceconfig.json"),
        )

    def files(self, channel: str = "", pattern: str = "*.csv") -> list[Path]:
        """Files of a channel, sorted, subfolders included. A channel without any is an error, not an empty list."""
        place = self.input_dir / channel
        found = sorted(path for path in place.rglob(pattern) if path.is_file())
        if not found:
            what = f"input channel '{channel}'" if channel else "input"
            raise ContractError(f"no file like {pattern} in {place}: is the {what} mounted?")
        return found

    def checkpoint(self, step: int) -> AbstractContextManager[Path]:
        """A folder to write a checkpoint in: `with job.checkpoint(epoch) as folder: …`. One machine does it."""
        return checkpoints.saving(self.checkpoint_dir, step)

    def last_checkpoint(self) -> Path | None:
        """The folder of the last whole checkpoint, or None at a fresh start. The step is `int(folder.name)`."""
        return checkpoints.last(self.checkpoint_dir)
