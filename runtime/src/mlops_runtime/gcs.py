"""Fetch a model's folder from Cloud Storage.

An endpoint of Vertex AI is told where its model is (AIP_STORAGE_URI) and has to fetch it itself: no bucket is mounted
there. The metadata server gives a token of the deployment's service account, the JSON API lists and sends the objects.
GCE_METADATA_HOST and STORAGE_EMULATOR_HOST replace the hosts, as they do for Google's own libraries; an emulator
without a metadata server is spoken to without a token.

https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements#artifacts
https://cloud.google.com/storage/docs/json_api/v1/objects/list
"""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from .errors import ContractError
from .fetching import Store, StoredObject, Token, path_below, patiently, send
from .places import SCHEME

METADATA_HOST = "metadata.google.internal"
STORAGE = "https://storage.googleapis.com"
TOKEN_PATH = "/computeMetadata/v1/instance/service-accounts/default/token"
NEEDED = "the service account must be allowed storage.objects.list and storage.objects.get on the bucket"


def fetch(uri: str, env: Mapping[str, str]) -> Path:
    """Download everything below gs://<bucket>/<prefix> into a folder of its own."""
    bucket, prefix = parse(uri)
    return Storage(env).fetch(uri, bucket, prefix)


def parse(uri: str) -> tuple[str, str]:
    """Bucket and prefix, which ends in a slash. A whole bucket is never a model."""
    bucket, _, prefix = uri.removeprefix(SCHEME).partition("/")
    prefix = prefix.rstrip("/")
    if not uri.startswith(SCHEME) or not bucket or not prefix:
        raise ContractError(f"a model's place must be gs://<bucket>/<prefix>, got '{uri}'")
    return bucket, f"{prefix}/"


class Storage(Store):
    """The JSON API."""

    def __init__(self, env: Mapping[str, str]) -> None:
        emulator, metadata = env.get("STORAGE_EMULATOR_HOST"), env.get("GCE_METADATA_HOST")
        super().__init__(None if emulator and not metadata else machine_token(metadata or METADATA_HOST), NEEDED)
        self._base = (emulator if "://" in emulator else f"http://{emulator}").rstrip("/") if emulator else STORAGE

    def list(self, bucket: str, prefix: str) -> Iterator[StoredObject]:
        place = f"{self._base}/storage/v1/b/{quote(bucket, safe='')}/o"
        query = {"prefix": prefix, "fields": "items(name,size,generation,md5Hash,contentEncoding),nextPageToken"}
        while True:
            answer = patiently(self._json, f"{place}?{urlencode(query)}")
            for item in answer.get("items", []):
                yield _stored(item, prefix)
            if not answer.get("nextPageToken"):
                return
            query["pageToken"] = answer["nextPageToken"]

    def request(self, bucket: str, item: StoredObject) -> tuple[str, dict[str, str]]:
        place = f"{self._base}/storage/v1/b/{quote(bucket, safe='')}/o/{quote(item.name, safe='')}"
        return f"{place}?{urlencode({'alt': 'media', 'generation': item.version})}", {}

    def _json(self, url: str) -> dict[str, Any]:
        with self.open(url, {}) as answer:
            return dict(json.load(answer))


def machine_token(host: str) -> Token:
    """Of the machine's service account; the metadata server has a new one before the old one ends."""
    url = f"http://{host}{TOKEN_PATH}"

    def ask(opener: urllib.request.OpenerDirector) -> tuple[str, float]:
        with send(opener, url, {"Metadata-Flavor": "Google"}, "") as answer:
            given = json.load(answer)
        return str(given["access_token"]), float(given.get("expires_in", 0))

    return Token(ask, "the metadata server")


def _stored(item: Mapping[str, Any], prefix: str) -> StoredObject:
    name = str(item["name"])
    return StoredObject(
        name=name,
        path=path_below(prefix, name),
        size=int(item["size"]),
        version=str(item["generation"]),
        md5=base64.b64decode(item["md5Hash"]) if item.get("md5Hash") else None,
        gzipped=item.get("contentEncoding") == "gzip",
        folder=name.endswith("/"),
    )
