"""What a verb is told: its folders and hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import hyperparameters
from .errors import ContractError

# Where SageMaker puts things when the variable is not set, relative to /opt/ml. Azure names its model folder itself.
SAGEMAKER_DEFAULTS: dict[str, dict[str, str]] = {
    "prepare": {
        "MLOPS_INPUT_DIR": "processing/input",
        "MLOPS_MODEL_DIR": "processing/model",
        "MLOPS_OUTPUT_DIR": "processing/output",
    },
    "train": {"MLOPS_INPUT_DIR": "input/data", "MLOPS_MODEL_DIR": "model", "MLOPS_OUTPUT_DIR": "output/data"},
    "evaluate": {
        "MLOPS_INPUT_DIR": "processing/input",
        "MLOPS_MODEL_DIR": "processing/model",
        "MLOPS_OUTPUT_DIR": "processing/output",
    },
    "serve": {"MLOPS_MODEL_DIR": "model"},
    "monitor": {
        "MLOPS_CAPTURED_DIR": "processing/captured",
        "MLOPS_REFERENCE_DIR": "processing/reference",
        "MLOPS_LABELS_DIR": "processing/labels",
        "MLOPS_OUTPUT_DIR": "processing/output",
    },
}


def sagemaker_root(env: Mapping[str, str]) -> Path:
    """`/opt/ml`; `MLOPS_SAGEMAKER_ROOT` moves it, for a run on a laptop or in a test."""
    return Path(env.get("MLOPS_SAGEMAKER_ROOT") or "/opt/ml")


def folder(verb: str, variable: str, env: Mapping[str, str]) -> Path:
    """The folder of a variable: as set, else Azure ML's model folder, else SageMaker's fixed place."""
    value = env.get(variable) or (env.get("AZUREML_MODEL_DIR") if variable == "MLOPS_MODEL_DIR" else None)
    return Path(value) if value else sagemaker_root(env) / SAGEMAKER_DEFAULTS[verb][variable]


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
    """Survives an interrupted spot training: write checkpoints here and look for them at the start."""
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    """Hyperparameters with their types: numbers are numbers on every cloud."""

    @staticmethod
    def of(verb: str, env: Mapping[str, str]) -> Job:
        root = sagemaker_root(env)
        return Job(
            input_dir=folder(verb, "MLOPS_INPUT_DIR", env),
            model_dir=folder(verb, "MLOPS_MODEL_DIR", env),
            output_dir=folder(verb, "MLOPS_OUTPUT_DIR", env),
            checkpoint_dir=Path(env.get("MLOPS_CHECKPOINT_DIR") or root / "checkpoints"),
            hyperparameters=hyperparameters.resolve(env, root / "input/config/hyperparameters.json"),
        )

    def files(self, channel: str = "", pattern: str = "*.csv") -> list[Path]:
        """Files of a channel, sorted, subfolders included. A channel without any is an error, not an empty list."""
        place = self.input_dir / channel
        found = sorted(path for path in place.rglob(pattern) if path.is_file())
        if not found:
            raise ContractError(f"no file like {pattern} in {place}: is the input channel '{channel}' mounted?")
        return found
