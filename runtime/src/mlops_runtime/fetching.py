"""Fetch a model's folder from a cloud's object storage, with the standard library and the machine's own identity.

`gcs` and `azure_blob` say how each storage lists and sends its objects; what is the same is here: several downloads at
a time, patience, going on after an interruption, sums, and the refusal of names that would leave the folder.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import random
import shutil
import tempfile
import threading
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from . import log
from .errors import ContractError

PARALLEL = 8
CHUNK = 2**20
ATTEMPTS = 6
FIRST_PAUSE = 0.5
TIMEOUT = 60.0
RENEWAL = 240.0
"""A token is renewed this many seconds before its end."""
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
    version: str
    """Which version of it was listed: what is downloaded is that one."""
    md5: bytes | None
    """An object that was uploaded in parts may have none."""
    gzipped: bool
    folder: bool
    """A placeholder, as mounts and consoles write it for a folder."""


def path_below(prefix: str, name: str) -> Path:
    """Where an object belongs in the model's folder."""
    below = name[len(prefix) :]
    parts = below.removesuffix("/").split("/") if below else []
    if not name.startswith(prefix) or any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise ContractError(f"the object '{name}' would leave the model's folder")
    return Path(*parts)


class Store(ABC):
    """The part of a storage's API that reading a folder needs."""

    def __init__(self, token: Token | None, needed: str) -> None:
        self._token = token
        self._needed = needed
        """The permission that an answer of 403 or 404 is about."""
        # Whoever redirects is not the one to show a token to.
        self._opener = urllib.request.build_opener(NoRedirect)

    @abstractmethod
    def list(self, bucket: str, prefix: str) -> Iterator[StoredObject]:
        """Everything below a prefix."""

    @abstractmethod
    def request(self, bucket: str, item: StoredObject) -> tuple[str, dict[str, str]]:
        """Address and headers of a download."""

    def fetch(self, uri: str, bucket: str, prefix: str) -> Path:
        """Download everything below the prefix into a folder of its own."""
        began = time.monotonic()
        target = Path(tempfile.mkdtemp(prefix="model-"))
        objects = list(self.list(bucket, prefix))
        files = [item for item in objects if not item.folder]
        if not files:
            raise ContractError(f"there is no file below {uri}")
        for item in objects:
            (target / item.path if item.folder else (target / item.path).parent).mkdir(parents=True, exist_ok=True)
        pool = ThreadPoolExecutor(PARALLEL)
        try:
            for _ in pool.map(lambda item: self.download(bucket, item, target / item.path), files):
                pass
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        size = sum(item.size for item in files)
        log.info("fetched", uri=uri, files=len(files), bytes=size, seconds=round(time.monotonic() - began, 1))
        return target

    def download(self, bucket: str, item: StoredObject, target: Path) -> None:
        """The object as it is stored, its size and sum compared with the listing; then its gzip encoding is undone."""
        if self._receive(bucket, item, target) != (item.md5 or b""):
            log.warning("a damaged object is fetched again", object=item.name)
            if self._receive(bucket, item, target) != item.md5:
                raise OSError(f"{item.name} arrives damaged: its MD5 is not the one that is stored")
        if item.gzipped:
            _unzip(target)

    def _receive(self, bucket: str, item: StoredObject, target: Path) -> bytes:
        """Write the bytes, going on after an interruption where it was. Returns their MD5, if the listing has one."""
        failures = 0
        with target.open("wb") as file:
            part = _Part(file)
            while part.have < item.size:
                before = part.have
                try:
                    self._append(bucket, item, part)
                except PASSING as error:
                    failures = 1 if part.have > before else failures + 1
                    pause(failures, error)
            return part.digest.digest() if item.md5 else b""

    def _append(self, bucket: str, item: StoredObject, part: _Part) -> None:
        url, headers = self.request(bucket, item)
        # With this header the stored bytes come, not unpacked on the way: their size and sum are the listing's.
        headers = {**headers, "Accept-Encoding": "gzip", **({"Range": f"bytes={part.have}-"} if part.have else {})}
        with self.open(url, headers) as answer:
            if part.have and answer.status != http.client.PARTIAL_CONTENT:
                part.restart()
            while chunk := answer.read(CHUNK):
                part.add(chunk)
                if part.have > item.size:
                    raise OSError(f"{item.name} is larger than the {item.size} bytes of the listing")
        if part.have < item.size:
            raise ConnectionError(f"{item.name} ended after {part.have} of {item.size} bytes")

    def open(self, url: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        """An answer, with a token where there is an identity."""
        token = self._token.get() if self._token else ""
        try:
            return send(self._opener, url, headers, token)
        except Refused as refused:
            if not self._token or refused.code != http.HTTPStatus.UNAUTHORIZED:
                raise self._forbidden(url, refused) from refused
        try:
            return send(self._opener, url, headers, self._token.get(refused=token))
        except Refused as refused:
            raise self._forbidden(url, refused) from refused

    def _forbidden(self, url: str, refused: Refused) -> ContractError:
        return ContractError(f"{url.partition('?')[0]} answers {refused}; {self._needed}")


class Token:
    """An access token of the machine's identity, renewed in time."""

    def __init__(self, ask: Callable[[urllib.request.OpenerDirector], tuple[str, float]], whose: str) -> None:
        self._ask = ask
        """Returns a token and the seconds that it is good for."""
        self._whose = whose
        # A proxy must never see a token, and whoever gives them is next door.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)
        self._lock = threading.Lock()
        self._value = ""
        self._until = 0.0

    def get(self, refused: str = "") -> str:
        """The token, a new one if this one was refused."""
        with self._lock:
            if self._value in ("", refused) or time.monotonic() >= self._until:
                try:
                    self._value, seconds = patiently(self._ask, self._opener)
                except (Refused, *PASSING) as error:
                    raise ContractError(f"no token from {self._whose}: {error}") from error
                self._until = time.monotonic() + seconds - RENEWAL
            return self._value


class Refused(Exception):
    """An answer that trying again does not change."""

    def __init__(self, error: urllib.error.HTTPError) -> None:
        super().__init__(f"{error.code} {error.reason}")
        self.code = error.code


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """No storage redirects; whoever does so is not the one to show a token to."""

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


def send(
    opener: urllib.request.OpenerDirector, url: str, headers: Mapping[str, str], token: str
) -> http.client.HTTPResponse:
    """One request; an answer that trying again does not change is `Refused`."""
    request = urllib.request.Request(url, headers={"User-Agent": "mlops-runtime", **headers})
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        return opener.open(request, timeout=TIMEOUT)  # type: ignore[no-any-return]
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in PASSING_CODES:
            raise
        raise Refused(error) from error


def patiently(act: Callable[..., T], *arguments: Any) -> T:
    """What passes is tried again."""
    failures = 0
    while True:
        try:
            return act(*arguments)
        except PASSING as error:
            failures += 1
            pause(failures, error)


def pause(failures: int, error: Exception) -> None:
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
