"""A managed identity's endpoint and Blob Storage in one local HTTP server: what a model's download asks of them."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

SECRET = "only the container knows it"


@dataclass
class Blob:
    """A blob; `faults` are the statuses of its downloads in turn, before one succeeds."""

    data: bytes
    folder: bool = False
    in_blocks: bool = False
    encoding: str = ""
    faults: list[int] = field(default_factory=list)

    def listed(self, name: str) -> str:
        sum_ = "" if self.in_blocks else base64.b64encode(hashlib.md5(self.data).digest()).decode()
        metadata = "<Metadata><hdi_isfolder>true</hdi_isfolder></Metadata>" if self.folder else "<Metadata />"
        plain = all(character >= " " for character in name)
        named = f"<Name>{escape(name)}</Name>" if plain else f'<Name Encoded="true">{quote(name)}</Name>'
        return (
            f"<Blob>{named}<Properties><Etag>0x8D</Etag><Content-Length>{len(self.data)}</Content-Length>"
            f"<Content-Encoding>{self.encoding}</Content-Encoding><Content-MD5>{sum_}</Content-MD5></Properties>"
            f"{metadata}</Blob>"
        )


@dataclass
class Azure:
    """Containers with their blobs, the requests that came, and the tokens that are still good."""

    containers: dict[str, dict[str, Blob]]
    page: int = 2
    refused_tokens: set[str] = field(default_factory=set)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    tokens: int = 0
    port: int = 0

    @property
    def env(self) -> dict[str, str]:
        host = f"http://127.0.0.1:{self.port}"
        return {"IDENTITY_ENDPOINT": f"{host}/msi/token", "IDENTITY_HEADER": SECRET, "MLOPS_BLOB_ENDPOINT": host}

    def asked(self, what: str) -> list[dict[str, str]]:
        """Headers of the requests whose path and query contain the text."""
        return [headers for path, headers in list(self.requests) if what in path]


@contextmanager
def azure(containers: dict[str, dict[str, Blob]]) -> Iterator[Azure]:
    state = Azure(containers)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            state.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            url = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(url.query).items()}
            container, _, name = unquote(url.path).removeprefix("/").partition("/")
            if url.path == "/msi/token":
                self._token(query)
            elif state.refused_tokens & {self.headers.get("Authorization", "")[7:]}:
                self._send(401, b"")
            elif not self.headers.get("Authorization", "").startswith("Bearer token-"):
                self._send(403, b"")
            elif container not in state.containers:
                self._send(404, b"")
            elif query.get("comp") == "list":
                self._list(state.containers[container], query)
            else:
                self._media(state.containers[container][name])

        def _token(self, query: dict[str, str]) -> None:
            assert query["resource"] == "https://storage.azure.com/" and query["api-version"] == "2019-08-01"
            if self.headers.get("X-IDENTITY-HEADER") != SECRET:
                self._send(403, b"")
                return
            state.tokens += 1
            given = {"access_token": f"token-{state.tokens}", "expires_on": str(int(time.time()) + 3600)}
            self._send(200, json.dumps(given).encode())

        def _list(self, blobs: dict[str, Blob], query: dict[str, str]) -> None:
            assert query["include"] == "metadata" and query["restype"] == "container"
            names = [name for name in sorted(blobs) if name.startswith(query["prefix"])]
            start = int(query.get("marker", 0))
            page = names[start:][: state.page]
            more = str(start + state.page) if start + state.page < len(names) else ""
            listed = "".join(blobs[name].listed(name) for name in page)
            body = f"<EnumerationResults><Blobs>{listed}</Blobs><NextMarker>{more}</NextMarker></EnumerationResults>"
            self._send(200, b"\xef\xbb\xbf" + f'<?xml version="1.0" encoding="utf-8"?>{body}'.encode())

        def _media(self, blob: Blob) -> None:
            assert self.headers["If-Match"] == '"0x8D"' and self.headers["x-ms-version"]
            if blob.faults:
                self._send(blob.faults.pop(0), b"")
                return
            start = int(self.headers.get("Range", "")[len("bytes=") : -1] or 0)
            self._send(206 if start else 200, blob.data[start:])

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
