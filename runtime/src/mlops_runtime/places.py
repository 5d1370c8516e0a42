"""Where a verb's folders are: the variable, else the cloud's own variable, else SageMaker's fixed place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from .errors import ContractError

SCHEME = "gs://"
ADDRESSES = ("https://", "azureml://")
"""Places of Azure: `serve` fetches the first, jobs have both mounted."""
MOUNTS = Path("/proc/self/mounts")
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
    if verb != "serve" and (value or "").startswith(ADDRESSES):
        hint = "name the folder where the job has it mounted, such as ${{inputs.data}} of Azure ML"
        raise ContractError(f"{variable} must be a folder, got an address: {hint}")
    return _mounted(value, env) if value else sagemaker_root(env) / SAGEMAKER_DEFAULTS[verb][variable]


def checkpoint_folder(env: Mapping[str, str]) -> Path:
    value = named("MLOPS_CHECKPOINT_DIR", env)
    return _mounted(value, env) if value else sagemaker_root(env) / "checkpoints"


def in_bucket(place: Path, env: Mapping[str, str]) -> bool:
    """Is the folder object storage, mounted by FUSE? Below `/gcs` by its name, elsewhere as the kernel says."""
    return place.is_relative_to(gcs_root(env)) or fuse_mount(place) is not None


def fuse_mount(place: Path) -> Path | None:
    """The FUSE mount that a folder is of, such as an output of an Azure ML job; None for an ordinary file system."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    real = place.resolve()
    best: tuple[int, Path, str] | None = None
    for line in lines:
        fields = line.split(" ")
        if len(fields) > 2:
            point = Path(ESCAPED.sub(lambda code: chr(int(code[1], 8)), fields[1]))
            if real.is_relative_to(point) and (best is None or len(point.parts) >= best[0]):
                best = (len(point.parts), point, fields[2])
    # The root of a container may be an overlay in user space, which is an ordinary file system.
    is_fuse = best is not None and best[2].partition(".")[0] == "fuse" and best[1] != Path("/")
    return best[1] if best and is_fuse else None


ESCAPED = re.compile(r"\\([0-7]{3})")
"""How the kernel writes blanks of a path."""


def _mounted(value: str, env: Mapping[str, str]) -> Path:
    return gcs_root(env) / value[len(SCHEME) :].strip("/") if value.startswith(SCHEME) else Path(value)
