"""Secrets and files of connections, against local servers that speak as the clouds do."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from google_stub import Stored, google

from mlops_runtime import ContractError, Workload, connect, connections, fetching

GOOGLE_REFERENCE = "projects/shop/secrets/wandb-api-key/versions/latest"
AZURE_REFERENCE = "https://shop-vault.vault.azure.net/secrets/wandb-api-key"
AWS_REFERENCE = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:wandb-api-key-AbCdEf"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.0)


class Store:
    """Answers by path, and the requests that came."""

    def __init__(self, answers: dict[str, list[tuple[int, object]]]) -> None:
        self.answers = answers
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.url = ""


@contextmanager
def store(answers: dict[str, list[tuple[int, object]]]) -> Iterator[Store]:
    state = Store(answers)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def answer(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.requests.append((self.path, headers, self.rfile.read(size)))
            known = state.answers.get(self.path, [(404, {})])
            status, body = known.pop(0) if len(known) > 1 else known[0]
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = answer

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def google_secret(value: str) -> dict[str, object]:
    return {"payload": {"data": base64.b64encode(value.encode()).decode()}}


def test_a_secret_of_google_becomes_its_variable() -> None:
    with (
        google() as machine,
        store({f"/v1/{GOOGLE_REFERENCE}:access": [(503, {}), (200, google_secret("k1"))]}) as secrets,
    ):
        env = {
            **machine.env,
            "MLOPS_SECRET_MANAGER_ENDPOINT": secrets.url,
            "MLOPS_SECRET_WANDB_API_KEY_REF": GOOGLE_REFERENCE,
        }
        assert connect(env) == ["WANDB_API_KEY"]
    assert env["WANDB_API_KEY"] == "k1"
    assert [headers["authorization"] for _, headers, _ in secrets.requests] == ["Bearer token-1"] * 2


def test_a_secret_that_may_not_be_read_names_the_role() -> None:
    with google() as machine, store({f"/v1/{GOOGLE_REFERENCE}:access": [(403, {})]}) as secrets:
        env = {
            **machine.env,
            "MLOPS_SECRET_MANAGER_ENDPOINT": secrets.url,
            "MLOPS_SECRET_WANDB_API_KEY_REF": GOOGLE_REFERENCE,
        }
        with pytest.raises(ContractError, match="answers 403 Forbidden; the identity of the job needs roles/secretm"):
            connect(env)


def test_a_secret_of_azure_becomes_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(connections, "azure_token", lambda scope, env: asked.append(scope) or "token-1")
    with store({"/secrets/wandb-api-key?api-version=7.4": [(200, {"value": "k2"})]}) as vault:
        env = {"MLOPS_KEY_VAULT_ENDPOINT": vault.url, "MLOPS_SECRET_WANDB_API_KEY_REF": AZURE_REFERENCE}
        connect(env)
    assert env["WANDB_API_KEY"] == "k2"
    assert asked == ["https://vault.azure.net/.default"]


def test_a_secret_of_aws_becomes_its_variable_with_the_clouds_own_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    with store({"/": [(200, {"ARN": AWS_REFERENCE, "SecretString": "k3"})]}) as manager:
        for name, value in {
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": manager.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }.items():
            monkeypatch.setenv(name, value)
        env = {"MLOPS_SECRET_WANDB_API_KEY_REF": AWS_REFERENCE}
        connect(env)
    assert env["WANDB_API_KEY"] == "k3"
    path, headers, body = manager.requests[0]
    assert headers["x-amz-target"] == "secretsmanager.GetSecretValue"
    assert "/eu-west-1/secretsmanager/" in headers["authorization"]
    assert json.loads(body) == {"SecretId": AWS_REFERENCE}


def test_a_variable_that_is_set_wins_and_nothing_is_fetched() -> None:
    env = {"WANDB_API_KEY": "mine", "MLOPS_SECRET_WANDB_API_KEY_REF": GOOGLE_REFERENCE}
    assert connect(env) == []
    assert env["WANDB_API_KEY"] == "mine"


@pytest.mark.parametrize("reference", ["wandb-api-key", "https://evil.example/secrets/x", "arn:aws:s3:::lake"])
def test_what_names_no_secret_is_refused(reference: str) -> None:
    with pytest.raises(ContractError, match="MLOPS_SECRET_WANDB_API_KEY_REF must be the place of a secret"):
        connect({"MLOPS_SECRET_WANDB_API_KEY_REF": reference})


def test_files_come_into_the_home_folder(tmp_path: Path) -> None:
    (tmp_path / ".dvc").mkdir()
    with google(
        {"lake": {"integrations/dvc/.dvc/config": Stored(b"[core]"), "integrations/feast/feast.yaml": Stored(b"x")}}
    ) as cloud:
        places = {f"MLOPS_FILES_{name.upper()}": f"gs://lake/integrations/{name}" for name in ("dvc", "feast")}
        connect({**cloud.env, "HOME": str(tmp_path), **places})
    assert (tmp_path / ".dvc" / "config").read_bytes() == b"[core]"
    assert (tmp_path / "feast.yaml").stat().st_mode & 0o777 == 0o600


def test_small_files_are_in_the_variable_itself(tmp_path: Path) -> None:
    connect({"HOME": str(tmp_path), "MLOPS_FILES_DVC": json.dumps({".config/dvc/config": "[core]"})})
    assert (tmp_path / ".config" / "dvc" / "config").read_text() == "[core]"
    with pytest.raises(ContractError, match="would leave"):
        connect({"HOME": str(tmp_path), "MLOPS_FILES_DVC": json.dumps({"../config": "[core]"})})


def test_a_variable_names_a_file_of_the_home_folder_in_full(tmp_path: Path) -> None:
    env = {
        "HOME": str(tmp_path),
        "MLOPS_FILES_FEAST": json.dumps({".feast/feature_store.yaml": "project: shop"}),
        "FEAST_FS_YAML_FILE_PATH": "~/.feast/feature_store.yaml",
        "OTHER": "~/nothing",
    }
    connect(env)
    assert env["FEAST_FS_YAML_FILE_PATH"] == str(tmp_path / ".feast" / "feature_store.yaml")
    assert env["OTHER"] == "~/nothing"


def test_every_verb_connects_before_the_images_code_runs(tmp_path: Path) -> None:
    seen: list[str | None] = []
    with google() as machine, store({f"/v1/{GOOGLE_REFERENCE}:access": [(200, google_secret("k1"))]}) as secrets:
        for folder in ("in/train", "model", "out"):
            (tmp_path / folder).mkdir(parents=True)
        env = {
            **machine.env,
            "MLOPS_SECRET_MANAGER_ENDPOINT": secrets.url,
            "MLOPS_SECRET_WANDB_API_KEY_REF": GOOGLE_REFERENCE,
            "MLOPS_INPUT_DIR": str(tmp_path / "in"),
            "MLOPS_MODEL_DIR": str(tmp_path / "model"),
            "MLOPS_OUTPUT_DIR": str(tmp_path / "out"),
        }

        def train(job: object) -> None:
            seen.append(env.get("WANDB_API_KEY"))
            (tmp_path / "model" / "weights").write_text("1")
            Path(job.model_dir, "weights").write_text("1")  # type: ignore[attr-defined]

        assert Workload(train=train).run(["train"], env) == 0
    assert seen == ["k1"]
