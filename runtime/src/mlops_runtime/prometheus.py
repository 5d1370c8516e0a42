"""Write the numbers of a drift run to Prometheus by remote write, where the job has the address of one.

| variable | meaning |
|---|---|
| `MLOPS_PROMETHEUS_REMOTE_WRITE_URL` | address that takes samples; without it nothing is written |
| `MLOPS_PROMETHEUS_MODEL` | value of the label `ml_model` of every series |
| `MLOPS_PROMETHEUS_TOKEN` | bearer token of a server that asks for one |

Amazon Managed Service for Prometheus takes requests signed by the role of the job (the extra `aws`), a data collection
endpoint of Azure Monitor a token of the job's identity (the extra `azure`).

A series has no label for the version of the model: the last value of an old version would hold its alert on.

https://prometheus.io/docs/specs/prw/remote_write_spec/
"""

from __future__ import annotations

import re
import struct
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from . import log
from .connections import azure_token
from .errors import ContractError
from .fetching import PASSING_CODES, TIMEOUT, NoRedirect, Refused, patiently

Headers = dict[str, str]
Series = tuple[Mapping[str, str], float]
"""Labels, `__name__` among them, and a value."""

HEADERS = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "User-Agent": "mlops-runtime",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
AWS = re.compile(r"aps-workspaces(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)")
AZURE = re.compile(r"[a-z0-9.-]+\.ingest\.monitor\.(azure\.com|azure\.us|azure\.cn)")
LONGEST_LITERAL = 2**16


def write_drift(result: Mapping[str, Any], env: Mapping[str, str]) -> None:
    """Write what was measured. A Prometheus that does not answer fails no run: the numbers are in its report as well.

    `result` is the content of `drift.json`.
    """
    url = env.get("MLOPS_PROMETHEUS_REMOTE_WRITE_URL")
    if not url:
        return
    series = list(series_of(result, env.get("MLOPS_PROMETHEUS_MODEL", "")))
    try:
        _post(url, encode(series, time.time_ns() // 1_000_000), env)
    except Exception as error:
        # Of whatever kind: the run has measured, and its workflow waits for the report.
        log.warning("the numbers are not in Prometheus, only in the report", url=url, reason=str(error))
        return
    log.info("written to Prometheus", url=url, series=len(series))


def series_of(result: Mapping[str, Any], model: str) -> Iterable[Series]:
    """Rows always; drift and quality where they were measured, as the native metrics have them."""

    def one(name: str, value: Any, **labels: str) -> Series:
        return {"__name__": name, "ml_model": model, **labels}, float(value)

    yield one("mlops_captured_rows", result["rows"])
    if "reason" not in result:
        yield one("mlops_drift_share", result["driftShare"])
        yield one("mlops_drifted_features", result["driftedFeatures"])
    for metric, value in sorted(result.get("quality", {}).items()):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            yield one("mlops_quality", value, metric=metric)


def encode(series: Iterable[Series], milliseconds: int) -> bytes:
    """A compressed `WriteRequest` of one sample for each series."""
    request = b"".join(_field(1, _time_series(labels, value, milliseconds)) for labels, value in series)
    return _snappy(request)


def _time_series(labels: Mapping[str, str], value: float, milliseconds: int) -> bytes:
    # A receiver wants labels in the order of their names.
    pairs = (_field(1, name.encode()) + _field(2, text.encode()) for name, text in sorted(labels.items()))
    sample = b"\x09" + struct.pack("<d", value) + b"\x10" + _varint(milliseconds)
    return b"".join(_field(1, pair) for pair in pairs) + _field(2, sample)


def _field(number: int, content: bytes) -> bytes:
    """A field of Protocol Buffers with a length."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])


def _snappy(content: bytes) -> bytes:
    """Snappy's block format with literals alone: a handful of samples is not worth a library that packs them.

    https://github.com/google/snappy/blob/main/format_description.txt
    """
    pieces = (content[start : start + LONGEST_LITERAL] for start in range(0, len(content), LONGEST_LITERAL))
    return _varint(len(content)) + b"".join(b"\xf4" + struct.pack("<H", len(each) - 1) + each for each in pieces)


def _post(url: str, body: bytes, env: Mapping[str, str]) -> None:
    opener = urllib.request.build_opener(NoRedirect)

    def act() -> None:
        headers = _signed(url, body, env)
        try:
            opener.open(urllib.request.Request(url, body, headers, method="POST"), timeout=TIMEOUT).close()
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in PASSING_CODES:
                raise
            raise Refused(error) from error

    patiently(act)


def _signed(url: str, body: bytes, env: Mapping[str, str]) -> Headers:
    """The headers of a request, with what shows who asks."""
    host = urlsplit(url).hostname or ""
    for shape, sign in SIGNERS:
        if match := shape.fullmatch(host):
            return sign(match, url, body, env)
    token = env.get("MLOPS_PROMETHEUS_TOKEN")
    return {**HEADERS, "Authorization": f"Bearer {token}"} if token else HEADERS


def _by_aws(match: re.Match[str], url: str, body: bytes, env: Mapping[str, str]) -> Headers:
    try:
        import botocore.session  # type: ignore[import-untyped,unused-ignore]
        from botocore.auth import SigV4Auth  # type: ignore[import-untyped,unused-ignore]
        from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        raise ContractError("Amazon Managed Service for Prometheus needs boto3: install mlops-runtime[aws]") from None
    request = AWSRequest(method="POST", url=url, data=body, headers=HEADERS)
    SigV4Auth(botocore.session.Session().get_credentials(), "aps", match[1]).add_auth(request)
    return dict(request.headers.items())


def _by_azure(match: re.Match[str], url: str, body: bytes, env: Mapping[str, str]) -> Headers:
    return {**HEADERS, "Authorization": f"Bearer {azure_token(f'https://monitor.{match[1]}/.default', env)}"}


SIGNERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str, bytes, Mapping[str, str]], Headers]], ...] = (
    (AWS, _by_aws),
    (AZURE, _by_azure),
)
