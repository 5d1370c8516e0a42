"""Metrics in the run of an Azure ML job, where the studio shows them.

Optional: with an image that has MLflow and Azure's plugin for it, and only for one machine of a training. The log has
the metrics anyway, and whatever happens here ends no job and holds none up: the client may try for minutes.

https://learn.microsoft.com/azure/machine-learning/how-to-log-view-metrics
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from threading import Event, Thread

WAIT_SECONDS = 30.0
given_up = Event()
"""After a failure the job goes on without."""


def record(metrics: Mapping[str, float], env: Mapping[str, str]) -> str:
    """Record the metrics where the job has a run. Returns why that failed, if it did."""
    run = env.get("AZUREML_RUN_ID")
    if not run or not env.get("MLFLOW_TRACKING_URI") or (env.get("RANK") or "0") != "0" or given_up.is_set():
        return ""
    if importlib.util.find_spec("mlflow") is None:
        return ""
    failures: list[str] = []
    work = Thread(target=_log, args=(env.get("MLFLOW_RUN_ID") or run, dict(metrics), failures), daemon=True)
    work.start()
    work.join(WAIT_SECONDS)
    reason = f"no answer in {WAIT_SECONDS:.0f} seconds" if work.is_alive() else "".join(failures)
    if reason:
        given_up.set()
    return reason


def _log(run: str, metrics: Mapping[str, float], failures: list[str]) -> None:
    try:
        from mlflow.tracking import MlflowClient

        client = MlflowClient()
        for name, value in metrics.items():
            client.log_metric(run, name, value)
    except BaseException as error:
        failures.append(f"{type(error).__name__}: {error}")
