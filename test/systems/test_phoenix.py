"""L5: the server of the template migrates its database and asks for a key, and a client with the variables of a job sends a trace that comes back"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from http.cookiejar import CookieJar
from pathlib import Path

from servers import program, run, serve, status

TRACE = """
from phoenix.otel import register

provider = register(project_name="churn", protocol="http/protobuf", batch=False, verbose=False)
with provider.get_tracer("job").start_as_current_span("predict") as span:
    span.set_attribute("model.version", "3")
provider.shutdown()
"""


def test_a_trace_comes_back(tmp_path: Path, postgres: Callable[[str], str]) -> None:
    # The image has an entry point of its own, which is the package's.
    hosted = replace(program("gcp-integrations", "phoenix"), command=["phoenix", "serve"])
    with serve("phoenix", hosted, tmp_path, postgres("phoenix")) as server:
        assert status(f"{server.url}/v1/projects") == 401
        key = _api_key(server.url, server.values["PHOENIX_DEFAULT_ADMIN_INITIAL_PASSWORD"])
        run("phoenix", TRACE, {"PHOENIX_COLLECTOR_ENDPOINT": server.url, "PHOENIX_API_KEY": key}, tmp_path)
        request = urllib.request.Request(
            f"{server.url}/v1/projects/churn/spans", headers={"Authorization": f"Bearer {key}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert [span["name"] for span in json.load(answer)["data"]] == ["predict"]


def _api_key(url: str, password: str) -> str:
    """A key for jobs, which the administrator makes after the first start."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def post(path: str, body: object) -> bytes:
        request = urllib.request.Request(
            f"{url}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        return bytes(browser.open(request, timeout=20).read())

    post("/auth/login", {"email": "admin@localhost", "password": password})
    asked = 'mutation { createSystemApiKey(input: {name: "jobs"}) { jwt } }'
    return str(json.loads(post("/graphql", {"query": asked}))["data"]["createSystemApiKey"]["jwt"])
