"""The pipeline, run once for all tests."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
RUNTIME = HERE.parents[2] / "runtime"
sys.path[:0] = [str(HERE), str(RUNTIME / "src"), str(RUNTIME / "tests")]

from container import WORKLOAD, Built, Server, environment, ok, serving  # noqa: E402


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = tmp_path_factory.mktemp("pipeline")
    raw, prepared, model, packed, evaluated = (
        root / name for name in ("raw", "prepared", "model", "packed", "evaluated")
    )
    subprocess.run([sys.executable, str(WORKLOAD / "make_data.py"), str(raw)], check=True, env=environment())
    ok("prepare", MLOPS_INPUT_DIR=raw, MLOPS_OUTPUT_DIR=prepared)
    ok("train", MLOPS_INPUT_DIR=prepared, MLOPS_MODEL_DIR=model, MLOPS_HYPERPARAMETERS='{"c": 0.5}')
    packed.mkdir()
    with tarfile.open(packed / "model.tar.gz", "w:gz") as tar:
        tar.add(model, arcname=".")
    ok("evaluate", MLOPS_INPUT_DIR=prepared / "test", MLOPS_MODEL_DIR=packed, MLOPS_OUTPUT_DIR=evaluated)
    return Built(prepared, model, packed, evaluated)


@pytest.fixture(scope="session")
def server(built: Built) -> Iterator[Server]:
    with serving(WORKLOAD / "main.py", MLOPS_MODEL_DIR=built.model) as running:
        running.wait_until("/ping")
        yield running
