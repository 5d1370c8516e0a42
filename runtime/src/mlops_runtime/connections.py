"""What a connection to another system needs and no template may hold: secrets, and files of its client.

A job or an endpoint is given `MLOPS_SECRET_<NAME>_REF`, the place of a secret in the cloud's own secret store, where
the service around it cannot hold secrets itself. Before the image's own code runs, the value is read with the identity
of the job and becomes the variable `<NAME>`. A variable that is set already wins: on a laptop nothing is fetched.

| reference | store | needs |
|---|---|---|
| `arn:aws:secretsmanager:…` | AWS Secrets Manager | the extra `aws` |
| `projects/…/secrets/…/versions/…` | Google Secret Manager | nothing |
| `https://….vault.azure.net/secrets/…` | Azure Key Vault | the extra `azure` |

`MLOPS_FILES_<SYSTEM>` is a place in object storage, or small files themselves as a JSON object of path and content; they
come into the home folder, so that the client of the system finds its configuration where it looks for it. A variable
`~/…` that names one of them then has its full path.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access
https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import tempfile
import urllib.request
from collections.abc import Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from . import azure_blob, fetching, gcs, log
from .errors import ContractError
from .fetching import NoRedirect, path_below, patiently, send

REFERENCE = re.compile(r"MLOPS_SECRET_([A-Z][A-Z0-9_]*)_REF")
FILES = re.compile(r"MLOPS_FILES_[A-Z0-9_]+")
AWS = re.compile(r"arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:\S+")
GOOGLE = re.compile(r"projects/[^/\s]+/secrets/[\w-]{1,255}/versions/(?:latest|\d+)")
AZURE = re.compile(
    r"https://[a-z0-9-]{3,24}\.vault\.(?:azure\.net|usgovcloudapi\.net|azure\.cn)/secrets/[\w-]{1,127}(?:/\w+)?"
)
SECRET_MANAGER = "https://secretmanager.googleapis.com"
VAULT_VERSION = "7.4"
PARALLEL = 8


def connect(env: MutableMapping[str, str] | None = None) -> list[str]:
    """Read the secrets and files that the variables name, and set the variables of the secrets.

    Every verb of the image does so before it works; a notebook calls it once. Returns the variables that were set.
    """
    env = os.environ if env is None else env
    found = {match[1]: env[name] for name in list(env) if (match := REFERENCE.fullmatch(name))}
    wanted = {name: reference for name, reference in found.items() if reference and not env.get(name)}
    with ThreadPoolExecutor(PARALLEL) as pool:
        values = dict(zip(wanted, pool.map(lambda name: _value(name, wanted[name], env), wanted), strict=True))
    env.update(values)
    if values:
        log.info("secrets", variables=sorted(values))
    for name in sorted(env):
        if FILES.fullmatch(name) and env[name]:
            _place_files(env[name], env)
    _find_files(env)
    return sorted(values)


def _find_files(env: MutableMapping[str, str]) -> None:
    """A variable that names a file of the home folder as `~/…` gets its full path: no shell reads it before."""
    for name, value in list(env.items()):
        path = _home(env) / value[2:]
        if value.startswith("~/") and path.is_file():
            env[name] = str(path)


def _home(env: Mapping[str, str]) -> Path:
    return Path(env.get("HOME") or Path.home())


def _value(name: str, reference: str, env: Mapping[str, str]) -> str:
    read = next((act for shape, act in STORES if shape.fullmatch(reference)), None)
    if read is None:
        raise ContractError(
            f"MLOPS_SECRET_{name}_REF must be the place of a secret in a cloud's store, got '{reference}'"
        )
    try:
        return read(reference, env)
    except ContractError:
        raise
    except Exception as error:
        # The text of an error quotes requests, never a value.
        raise ContractError(
            f"the secret of {name} cannot be read at {reference}: {type(error).__name__}: {error}"
        ) from error


def _of_aws(reference: str, env: Mapping[str, str]) -> str:
    client = _aws_client("secretsmanager", reference.split(":")[3])
    answer = client.get_secret_value(SecretId=reference)
    return str(answer["SecretString"]) if "SecretString" in answer else bytes(answer["SecretBinary"]).decode()


def _of_google(reference: str, env: Mapping[str, str]) -> str:
    metadata, host = env.get("GCE_METADATA_HOST") or gcs.METADATA_HOST, env.get("MLOPS_SECRET_MANAGER_ENDPOINT")
    token = gcs.machine_token(metadata).get()
    answer = _json(f"{host or SECRET_MANAGER}/v1/{reference}:access", token, "roles/secretmanager.secretAccessor")
    return base64.b64decode(answer["payload"]["data"]).decode()


def _of_azure(reference: str, env: Mapping[str, str]) -> str:
    host = urlsplit(reference).netloc
    token = azure_token(f"https://{host.partition('.')[2]}/.default", env)
    base = env.get("MLOPS_KEY_VAULT_ENDPOINT")
    place = f"{base}{urlsplit(reference).path}" if base else reference
    return str(_json(f"{place}?api-version={VAULT_VERSION}", token, "Key Vault Secrets User")["value"])


STORES: tuple[tuple[re.Pattern[str], Callable[[str, Mapping[str, str]], str]], ...] = (
    (AWS, _of_aws),
    (GOOGLE, _of_google),
    (AZURE, _of_azure),
)


def _json(url: str, token: str, role: str) -> dict[str, Any]:
    opener = urllib.request.build_opener(NoRedirect)

    def ask() -> dict[str, Any]:
        with send(opener, url, {}, token) as answer:
            return dict(json.load(answer))

    try:
        return patiently(ask)
    except fetching.Refused as refused:
        place = url.partition("?")[0]
        raise ContractError(
            f"{place} answers {refused}; the identity of the job needs {role} on the secret"
        ) from refused


def _aws_client(service: str, region: str | None = None) -> Any:
    try:
        import boto3  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        raise ContractError("on AWS secrets and files need boto3: install mlops-runtime[aws]") from None
    return boto3.client(service, region_name=region)


def azure_token(scope: str, env: Mapping[str, str]) -> str:
    """A token of the identity of the job."""
    try:
        from azure.identity import ManagedIdentityCredential  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise ContractError("on Azure secrets and metrics need azure-identity: install mlops-runtime[azure]") from None
    # Jobs of Azure ML name the identity of their compute so, container apps and endpoints the other way.
    client = env.get("AZURE_CLIENT_ID") or env.get("DEFAULT_IDENTITY_CLIENT_ID") or None
    return str(ManagedIdentityCredential(client_id=client).get_token(scope).token)


def _place_files(place: str, env: Mapping[str, str]) -> None:
    """Copy what is below the place into the home folder, readable by the user alone."""
    home = _home(env)
    if place.startswith("{"):
        folder = _of_text(place)
    elif place.startswith("s3://"):
        folder = _of_s3(place)
    elif place.startswith("gs://"):
        folder = gcs.fetch(place, env)
    else:
        folder = azure_blob.fetch(place, env)
    try:
        for source in sorted(path for path in folder.rglob("*") if path.is_file()):
            target = home / source.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            target.chmod(0o600)
    finally:
        shutil.rmtree(folder)


def _of_text(files: str) -> Path:
    """Small files that are in the variable itself."""
    target = Path(tempfile.mkdtemp(prefix="files-"))
    for name, content in dict(json.loads(files)).items():
        path = target / path_below("", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return target


def _of_s3(place: str) -> Path:
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    prefix = f"{prefix.rstrip('/')}/"
    client, target = _aws_client("s3"), Path(tempfile.mkdtemp(prefix="files-"))
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            path = target / path_below(prefix, item["Key"])
            if item["Key"].endswith("/"):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            client.download_file(bucket, item["Key"], str(path))
    return target
