"""Fetch a model's folder from Cloud Storage, with the standard library and the machine's own identity.

An endpoint of Vertex AI is told where its model is (AIP_STORAGE_URI) and has to fetch it itself: no bucket is mounted
there. The metadata server gives a token of the deployment's service account, the JSON API lists and sends the objects.
GCE_METADATA_HOST and STORAGE_EMULATOR_HOST replace the hosts, as they do for Google's own libraries; an emulator
without a metadata server is spoken to without a token.

https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements#artifacts
https://cloud.google.com/storage/docs/json_api/v1/objects/list
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.client
import json
import random
import shutil
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import quote, urlencode

from . import log
from .errors import ContractError
from .places import SCHEME

METADATA_HOST = "metadata.google.internal"
STORAGE = "https://storage.googleapis.com"
TOKEN_PATH = "/computeMetadata/v1/instance/service-accounts/default/token"
PARALLEL = 8
CHUNK = 2**20
ATTEMPTS = 6
FIRST_PAUSE = 0.5
TIMEOUT = 60.0
RENEWAL = 240.0
"""A token is renewed this many seconds before its end; the metadata server has a new one by then."""
PASSING_CODES = {408, 429, 500, 502, 503, 504}
PASSING = (ConnectionError, TimeoutError, http.client.HTTPException, urllib.error.URLError)
T = TypeVar("T")


@dataclass(frozen=True)
class StoredObject:
    """An object of the listing."""

    name: str
    path: Path
    """Its place below the model's folder."""
    size: int
    generation: str
    md5: bytes | None
    """An object that was composed of others has none."""
    gzipped: bool
    folder: bool
    """A placeholder, as Cloud Storage FUSE and the console write it for a folder."""


def fetch(uri: str, env: Mapping[str, str]) -> Path:
    """Download everything below gs://<bucket>/<prefix> into a folder of its own."""
    bucket, prefix = parse(uri)
    began = time.monotonic()
    storage = Storage(env)
    target = Path(tempfile.mkdtemp(prefix="model-"))
    objects = list(storage.list(bucket, prefix))
    files = [item for item in objects if not item.folder]
    if not files:
        raise ContractError(f"there is no file below {uri}")
    for item in objects:
        (target / item.path if item.folder else (target / item.path).parent).mkdir(parents=True, exist_ok=True)
    pool = ThreadPoolExecutor(PARALLEL)
    try:
        for _ in pool.map(lambda item: storage.download(bucket, item, target / item.path), files):
            pass
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    size = sum(item.size for item in files)
    log.info("fetched", uri=uri, files=len(files), bytes=size, seconds=round(time.monotonic() - began, 1))
    return target


def parse(uri: str) -> tuple[str, str]:
    """Bucket and prefix, which ends in a slash. A whole bucket is never a model."""
    bucket, _, prefix = uri.removeprefix(SCHEME).partition("/")
    prefix = prefix.rstrip("/")
    if not uri.startswith(SCHEME) or not bucket or not prefix:
        raise ContractError(f"a model's place must be gs://<bucket>/<prefix>, got '{uri}'")
    return bucket, f"{prefix}/"


class Storage:
    """The part of the JSON API that reading a folder needs."""

    def __init__(self, env: Mapping[str, str]) -> None:
        emulator, metadata = env.get("STORAGE_EMULATOR_HOST"), env.get("GCE_METADATA_HOST")
        self._base = (emulator if "://" in emulator else f"http://{emulator}").rstrip("/") if emulator else STORAGE
        self._token = None if emulator and not metadata else Token(metadata or METADATA_HOST)
        self._opener = urllib.request.build_opener(_NoRedirect)

    def list(self, bucket: str, prefix: str) -> Iterator[StoredObject]:
        place = f"{self._base}/storage/v1/b/{quote(bucket, safe='')}/o"
        query = {"prefix": prefix, "fields": "items(name,size,generation,md5Hash,contentEncoding),nextPageToken"}
        while True:
            answer = _patiently(self._json, f"{place}?{urlencode(query)}")
            for item in answer.get("items", []):
                yield _stored(item, prefix)
            if not answer.get("nextPageToken"):
                return
            query["pageToken"] = answer["nextPageToken"]

    def download(self, bucket: str, item: StoredObject, target: Path) -> None:
        """The object as it is stored, its size and sum compared with the listing; then its gzip encoding is undone."""
        place = f"{self._base}/storage/v1/b/{quote(bucket, safe='')}/o/{quote(item.name, safe='')}"
        url = f"{place}?{urlencode({'alt': 'media', 'generation': item.generation})}"
        if self._receive(url, item, target) != (item.md5 or b""):
            log.warning("a damaged object is fetched again", object=item.name)
            if self._receive(url, item, target) != item.md5:
                raise OSError(f"{item.name} arrives damaged: its MD5 is not the one that is stored")
        if item.gzipped:
            _unzip(target)

    def _receive(self, url: str, item: StoredObject, target: Path) -> bytes:
        """Write the bytes, going on after an interruption where it was. Returns their MD5, if the listing has one."""
        failures = 0
        with target.open("wb") as file:
            part = _Part(file)
            while part.have < item.size:
                before = part.have
                try:
                    self._append(url, item, part)
                except PASSING as error:
                    failures = 1 if part.have > before else failures + 1
                    _pause(failures, error)
            return part.digest.digest() if item.md5 else b""

    def _append(self, url: str, item: StoredObject, part: _Part) -> None:
        # With this header the stored bytes come, not unpacked on the way: their size and sum are the listing's.
        headers = {"Accept-Encoding": "gzip", **({"Range": f"bytes={part.have}-"} if part.have else {})}
        with self._open(url, headers) as answer:
            if part.have and answer.status != http.client.PARTIAL_CONTENT:
                part.restart()
            while chunk := answer.read(CHUNK):
                part.add(chunk)
                if part.have > item.size:
                    raise OSError(f"{item.name} is larger than the {item.size} bytes of the listing")
        if part.have < item.size:
            raise ConnectionError(f"{item.name} ended after {part.have} of {item.size} bytes")

    def _json(self, url: str) -> dict[str, Any]:
        with self._open(url, {}) as answer:
            return dict(json.load(answer))

    def _open(self, url: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        token = self._token.get() if self._token else ""
        try:
            return _send(self._opener, url, headers, token)
        except _Refused as refused:
            if not self._token or refused.code != http.HTTPStatus.UNAUTHORIZED:
                raise _forbidden(url, refused) from refused
        try:
            return _send(self._opener, url, headers, self._token.get(refused=token))
        except _Refused as refused:
            raise _forbidden(url, refused) from refused


class Token:
    """An access token of the machine's service account, renewed in time."""

    def __init__(self, host: str) -> None:
        self._url = f"http://{host}{TOKEN_PATH}"
        # A proxy must never see a token, and the metadata server is next door.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
        self._lock = threading.Lock()
        self._value = ""
        self._until = 0.0

    def get(self, refused: str = "") -> str:
        """The token, a new one if this one was refused."""
        with self._lock:
            if self._value in ("", refused) or time.monotonic() >= self._until:
                try:
                    answer = _patiently(self._ask)
                except (_Refused, *PASSING) as error:
                    raise ContractError(f"no token from the metadata server: {error}") from error
                self._value = str(answer["access_token"])
                self._until = time.monotonic() + float(answer.get("expires_in", 0)) - RENEWAL
            return self._value

    def _ask(self) -> dict[str, Any]:
        with _send(self._opener, self._url, {"Metadata-Flavor": "Google"}, "") as answer:
            return dict(json.load(answer))


class _Refused(Exception):
    """An answer that trying again does not change."""

    def __init__(self, error: urllib.error.HTTPError) -> None:
        super().__init__(f"{error.code} {error.reason}")
        self.code = error.code


def _forbidden(url: str, refused: _Refused) -> ContractError:
    needed = "the service account must be allowed storage.objects.list and storage.objects.get on the bucket"
    return ContractError(f"{url.partition('?')[0]} answers {refused}; {needed}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Neither service redirects; whoever does so is not the one to show a token to."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class _Part:
    """A file that grows, and the sum of what it has."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.restart()

    def restart(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self.have = 0
        self.digest = hashlib.md5(usedforsecurity=False)

    def add(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self.digest.update(chunk)
        self.have += len(chunk)


def _stored(item: Mapping[str, Any], prefix: str) -> StoredObject:
    name = str(item["name"])
    below = name[len(prefix) :]
    parts = below.removesuffix("/").split("/") if below else []
    if not name.startswith(prefix) or any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise ContractError(f"the object '{name}' would leave the model's folder")
    return StoredObject(
        name=name,
        path=Path(*parts),
        size=int(item["size"]),
        generation=str(item["generation"]),
        md5=base64.b64decode(item["md5Hash"]) if item.get("md5Hash") else None,
        gzipped=item.get("contentEncoding") == "gzip",
        folder=name.endswith("/"),
    )


def _send(
    opener: urllib.request.OpenerDirector, url: str, headers: Mapping[str, str], token: str
) -> http.client.HTTPResponse:
    request = urllib.request.Request(url, headers={"User-Agent": "mlops-runtime", **headers})
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        return opener.open(request, timeout=TIMEOUT)  # type: ignore[no-any-return]
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in PASSING_CODES:
            raise
        raise _Refused(error) from error


def _patiently(act: Callable[..., T], *arguments: Any) -> T:
    failures = 0
    while True:
        try:
            return act(*arguments)
        except PASSING as error:
            failures += 1
            _pause(failures, error)


def _pause(failures: int, error: Exception) -> None:
    """Longer every time, and of uneven length, so that many machines do not come back at once."""
    if failures >= ATTEMPTS:
        raise error
    log.warning("trying again", failures=failures, reason=str(error))
    time.sleep(FIRST_PAUSE * 2 ** (failures - 1) * random.uniform(0.5, 1))


def _unzip(target: Path) -> None:
    with tempfile.TemporaryDirectory() as aside:
        packed = shutil.move(target, Path(aside) / "packed")
        with gzip.open(packed) as reader, target.open("wb") as writer:
            shutil.copyfileobj(reader, writer, CHUNK)
