"""`serve`: the loaded model behind HTTP, on the paths and port that each cloud's serving contract names.

SageMaker: GET /ping and POST /invocations on port 8080. Vertex AI: the AIP_* variables. Cloud Run: PORT. Azure ML:
liveness, readiness and scoring routes as the environment's inference configuration names them. Container Apps: the
port of the ingress, which the template sets.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import log
from .app import ACCESS_LOGS, App, Routes
from .archive import unpacked
from .errors import ContractError
from .places import SCHEME, folder, named
from .schema import Schema

PORTS = ("AIP_HTTP_PORT", "SAGEMAKER_BIND_TO_PORT", "MLOPS_PORT", "PORT")
DEFAULT_PORT = 8080
MAX_BODY_MIB = 64
CUT_OFF = 4
DRAIN = 28
"""SageMaker kills 30 seconds after SIGTERM."""
CLOUD_RUN_DRAIN = 9
"""Cloud Run kills after 10; it names its service in K_SERVICE."""


def serve(
    load: Callable[[Path], Any],
    predict: Callable[[Any, list[Any]], Sequence[Any]],
    env: Mapping[str, str],
) -> None:
    """Answer until SIGTERM. The port opens at once and health says 503 until the model is fetched and loaded."""
    from .server import Server

    body_limit = _number(env, "MLOPS_MAX_BODY_MIB", MAX_BODY_MIB) * 2**20
    app = App(predict, Routes.of(env), body_limit, access_log(env))
    threads = _number(env, "MLOPS_THREADS", max(4, os.cpu_count() or 1))
    if threads < 1:
        raise ContractError(f"MLOPS_THREADS must be at least 1, got {threads}")
    server = Server(
        app,
        host=env.get("MLOPS_HOST") or "0.0.0.0",  # noqa: S104  a container answers on every interface
        port=port(env),
        threads=threads,
        # At its limit the server cuts the connection, and a client that still sends sees no answer: the app refuses
        # before.
        cut_off=CUT_OFF * body_limit,
        drain_seconds=drain_seconds(env),
    )
    threading.Thread(target=_load, args=(app, load, env), name="load", daemon=True).start()
    log.info("listening", port=server.port, predict=sorted(app.routes.predict), threads=threads)
    server.run()


def port(env: Mapping[str, str]) -> int:
    """The port that the cloud asks for, else 8080."""
    named = next((name for name in PORTS if env.get(name)), "")
    return _number(env, named, DEFAULT_PORT)


def drain_seconds(env: Mapping[str, str]) -> int:
    """How long requests that run at SIGTERM may go on, less than the platform waits before it kills."""
    return _number(env, "MLOPS_DRAIN_SECONDS", CLOUD_RUN_DRAIN if env.get("K_SERVICE") else DRAIN)


def access_log(env: Mapping[str, str]) -> str:
    """Which requests get a line in the log: `errors`, `all` or `none`."""
    wanted = env.get("MLOPS_ACCESS_LOG") or "errors"
    if wanted not in ACCESS_LOGS:
        raise ContractError(f"MLOPS_ACCESS_LOG must be {', '.join(ACCESS_LOGS)}, got '{wanted}'")
    return wanted


def model_dir(env: Mapping[str, str]) -> Path:
    """The model's folder: where one is named or mounted, or what was fetched from a gs:// or https:// place."""
    place = named("MLOPS_MODEL_DIR", env) or ""
    if place.startswith(SCHEME):
        from . import gcs

        return gcs.fetch(place, env)
    if place.startswith("https://"):
        from . import azure_blob

        return azure_blob.fetch(place, env)
    return folder("serve", "MLOPS_MODEL_DIR", env)


def _load(app: App, load: Callable[[Path], Any], env: Mapping[str, str]) -> None:
    try:
        place = unpacked(model_dir(env))
        app.ready(load(place), Schema.find(place))
        log.info("model loaded", model=str(place))
    except ContractError as error:
        log.logger.error(str(error))
        os._exit(2)
    except BaseException:
        log.logger.exception("the model could not be loaded")
        os._exit(1)


def _number(env: Mapping[str, str], name: str, otherwise: int) -> int:
    text = env.get(name) or ""
    if not text:
        return otherwise
    if not text.isdecimal():
        raise ContractError(f"{name} must be a whole number, got '{text}'")
    return int(text)
