"""Where a verb's folders are: the variable, else the cloud's own variable, else SageMaker's fixed place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SCHEME = "gs://"
# Where SageMaker puts things when the variable is not set, relative to /opt/ml.
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
    "predict": {
        "MLOPS_INPUT_DIR": "processing/input",
        "MLOPS_MODEL_DIR": "processing/model",
        "MLOPS_OUTPUT_DIR": "processing/output",
    },
    "monitor": {
        "MLOPS_CAPTURED_DIR": "processing/captured",
        "MLOPS_REFERENCE_DIR": "processing/reference",
        "MLOPS_LABELS_DIR": "processing/labels",
        "MLOPS_OUTPUT_DIR": "processing/output",
    },
}
# Variables that the clouds set themselves. Vertex AI's name gs:// places: AIP_STORAGE_URI is what an endpoint serves,
# the other two are a job's with a base output directory.
CLOUD_VARIABLES: dict[str, tuple[str, ...]] = {
    "MLOPS_MODEL_DIR": ("AIP_STORAGE_URI", "AIP_MODEL_DIR", "AZUREML_MODEL_DIR"),
    "MLOPS_CHECKPOINT_DIR": ("AIP_CHECKPOINT_DIR",),
}


def sagemaker_root(env: Mapping[str, str]) -> Path:
    """`/opt/ml`; `MLOPS_SAGEMAKER_ROOT` moves it, for a run on a laptop or in a test."""
    return Path(env.get("MLOPS_SAGEMAKER_ROOT") or "/opt/ml")


def gcs_root(env: Mapping[str, str]) -> Path:
    """`/gcs`, where jobs of Vertex AI find every bucket by its name; `MLOPS_GCS_ROOT` moves it."""
    return Path(env.get("MLOPS_GCS_ROOT") or "/gcs")


def named(variable: str, env: Mapping[str, str]) -> str | None:
    """What the variable, or the cloud's own in its place, says: a folder or a gs:// place."""
    return next((env[name] for name in (variable, *CLOUD_VARIABLES.get(variable, ())) if env.get(name)), None)


def folder(verb: str, variable: str, env: Mapping[str, str]) -> Path:
    """The folder of a variable. A gs:// place is its folder below `/gcs`."""
    value = named(variable, env)
    return _mounted(value, env) if value else sagemaker_root(env) / SAGEMAKER_DEFAULTS[verb][variable]


def checkpoint_folder(env: Mapping[str, str]) -> Path:
    value = named("MLOPS_CHECKPOINT_DIR", env)
    return _mounted(value, env) if value else sagemaker_root(env) / "checkpoints"


def in_bucket(place: Path, env: Mapping[str, str]) -> bool:
    """Is the folder a bucket's, mounted by Cloud Storage FUSE?"""
    return place.is_relative_to(gcs_root(env))


def _mounted(value: str, env: Mapping[str, str]) -> Path:
    return gcs_root(env) / value[len(SCHEME) :].strip("/") if value.startswith(SCHEME) else Path(value)
