"""Google's metadata server and Cloud Storage in one local HTTP server: what a model's download asks of them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "/computeMetadata/v1/instance/service-accounts/default/token"


@dataclass
class Stored:
    """An object; `faults` are what happens to its downloads in turn, before one succeeds."""

    data: bytes
    composed: bool = False
    encoding: str = ""
    listed_size: int | None = None
    faults: list[str] = field(default_factory=list)

    def listed(self, name: str) -> dict[str, str]:
        """The object in a listing. A composed object has no MD5."""
        item = {"name": name, "size": str(len(self.data) if self.listed_size is None else self.listed_size)}
        item["generation"] = "17"
        if not self.composed:
            item["md5Hash"] = base64.b64encode(hashlib.md5(self.data).digest()).decode()
        if self.encoding:
            item["contentEncoding"] = self.encoding
        return item


@dataclass
class Google:
    """Buckets with their objects, the requests that came, and the tokens that are still good."""

    buckets: dict[str, dict[str, Stored]]
    page: int = 2
    faults: list[str] = field(default_factory=list)
    """What happens to listings in turn, before one succeeds."""
    refused_tokens: set[str] = field(default_factory=set)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    tokens: int = 0
    port: int = 0
    closed: bool = False
    """Hold listings back until `opened` is set."""
    opened: Event = field(default_factory=Event)

    @property
    def env(self) -> dict[str, str]:
        host = f"127.0.0.1:{self.port}"
        return {"GCE_METADATA_HOST": host, "STORAGE_EMULATOR_HOST": f"http://{host}"}

    def asked(self, what: str) -> list[dict[str, str]]:
        """Headers of the requests whose path and query contain the text."""
        return [headers for path, headers in list(self.requests) if what in path]

    def put_folder(self, bucket: str, prefix: str, folder: Path) -> None:
        """Upload a folder, with the placeholders that Cloud Storage FUSE leaves for folders."""
        objects = self.buckets.setdefault(bucket, {})
        objects[f"{prefix}/"] = Stored(b"")
        for path in sorted(folder.rglob("*")):
            name = f"{prefix}/{path.relative_to(folder).as_posix()}"
            objects[f"{name}/" if path.is_dir() else name] = Stored(b"" if path.is_dir() else path.read_bytes())


@contextmanager
def google(buckets: dict[str, dict[str, Stored]] | None = None) -> Iterator[Google]:
    state = Google(buckets if buckets is not None else {})

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            state.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            url = urlsplit(self.path)
            if url.path == TOKEN:
                self._token()
            elif state.refused_tokens & {self.headers.get("Authorization", "")[7:]}:
                self._send(401, b"{}")
            elif url.path.startswith("/storage/v1/b/"):
                bucket, _, name = url.path.removeprefix("/storage/v1/b/").partition("/o")
                query = {key: values[0] for key, values in parse_qs(url.query).items()}
                objects = state.buckets.get(unquote(bucket))
                if objects is None:
                    self._send(404, b"{}")
                elif not name:
                    self._list(objects, query)
                else:
                    self._media(objects[unquote(name[1:])], query)
            else:
                self._send(404, b"{}")

        def _token(self) -> None:
            if self.headers.get("Metadata-Flavor") != "Google":
                self._send(403, b"{}")
                return
            state.tokens += 1
            answer = {"access_token": f"token-{state.tokens}", "expires_in": 3599, "token_type": "Bearer"}
            self._send(200, json.dumps(answer).encode())

        def _list(self, objects: dict[str, Stored], query: dict[str, str]) -> None:
            if state.closed:
                state.opened.wait(60)
            if state.faults:
                self._fault(state.faults.pop(0))
                return
            names = [name for name in sorted(objects) if name.startswith(query["prefix"])]
            start = int(query.get("pageToken", 0))
            answer: dict[str, object] = {"items": [objects[name].listed(name) for name in names[start:][: state.page]]}
            if start + state.page < len(names):
                answer["nextPageToken"] = str(start + state.page)
            if not names:
                answer = {}  # Cloud Storage leaves `items` out
            self._send(200, json.dumps(answer).encode())

        def _media(self, stored: Stored, query: dict[str, str]) -> None:
            assert query["alt"] == "media" and query["generation"] == "17"
            fault = stored.faults.pop(0) if stored.faults else ""
            wanted = self.headers.get("Range", "")
            start = 0 if fault == "ignores the range" else int(wanted[len("bytes=") : -1] or 0)
            data = stored.data[start:]
            if fault == "damaged":
                data = bytes(255 - byte for byte in data)
            elif fault == "cut":
                self._send(206 if start else 200, data, sent=len(data) // 2)
                return
            elif fault not in ("", "ignores the range"):
                self._fault(fault)
                return
            self._send(206 if start else 200, data, stored.encoding)

        def _fault(self, fault: str) -> None:
            if fault.startswith("redirect"):
                self.send_response(302)
                self.send_header("Location", fault.partition(" ")[2])
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._send(int(fault), b"{}")

        def _send(self, status: int, body: bytes, encoding: str = "", sent: int | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if encoding:
                self.send_header("Content-Encoding", encoding)
            self.end_headers()
            self.wfile.write(body[:sent])

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
