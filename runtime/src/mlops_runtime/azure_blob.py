"""Fetch a model's folder from Azure Blob Storage.

A container app is told where its model is (MLOPS_MODEL_DIR, an https:// place) and has to fetch it itself: mounting a
file share would take an account key. The platform gives a token of the app's managed identity, the REST API lists and
sends the blobs. AZURE_CLIENT_ID says which identity, where there are several. MLOPS_BLOB_ENDPOINT replaces the
account's address, for an emulator.

https://learn.microsoft.com/azure/container-apps/managed-identity#rest-endpoint-reference
https://learn.microsoft.com/rest/api/storageservices/list-blobs
"""

from __future__ import annotations

import base64
import json
import re
import time
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlencode

from .errors import ContractError
from .fetching import Store, StoredObject, Token, path_below, patiently, send

RESOURCE = "https://storage.azure.com/"
MACHINE = "http://169.254.169.254/metadata/identity/oauth2/token"
"""Where virtual machines ask; container apps have IDENTITY_ENDPOINT."""
VERSION = {"x-ms-version": "2023-11-03"}
SUFFIX = r"(?:core\.windows\.net|storage\.azure\.net|core\.usgovcloudapi\.net|core\.chinacloudapi\.cn)"
"""Of Azure's own hosts: nobody else is shown a token."""
PLACE = re.compile(
    rf"(https://[a-z0-9]{{3,24}}(?:\.z\d{{1,2}})?\.blob\.{SUFFIX})/([a-z0-9$][a-z0-9-]*)/([^?#]*[^/?#])/?"
)
NEEDED = "the identity needs the role Storage Blob Data Reader on the container, which may take ten minutes to count"


def fetch(uri: str, env: Mapping[str, str]) -> Path:
    """Download everything below <endpoint>/<container>/<prefix> into a folder of its own."""
    endpoint, container, prefix = parse(uri)
    return Storage(env.get("MLOPS_BLOB_ENDPOINT") or endpoint, env).fetch(uri, container, prefix)


def parse(uri: str) -> tuple[str, str, str]:
    """Endpoint, container and prefix, which ends in a slash. A whole container is never a model."""
    parts = PLACE.fullmatch(uri)
    if "?" in uri:
        # What follows may be a signature, which no log should have.
        raise ContractError("a model's place must be an address without a signature: the managed identity reads it")
    if parts is None:
        wanted = "https://<account>.blob.core.windows.net/<container>/<prefix>"
        raise ContractError(f"a model's place must be {wanted}, got '{uri}'")
    endpoint, container, prefix = parts.groups()
    return endpoint, container, f"{unquote(prefix)}/"


class Storage(Store):
    """Blob Storage's REST API."""

    def __init__(self, endpoint: str, env: Mapping[str, str]) -> None:
        super().__init__(machine_token(env), NEEDED)
        self._base = endpoint.rstrip("/")

    def list(self, bucket: str, prefix: str) -> Iterator[StoredObject]:
        query = {"restype": "container", "comp": "list", "include": "metadata", "prefix": prefix}
        while True:
            answer = patiently(self._xml, f"{self._base}/{quote(bucket, safe='$')}?{urlencode(query)}")
            for blob in answer.iterfind("Blobs/Blob"):
                yield _stored(blob, prefix)
            marker = answer.findtext("NextMarker")
            if not marker:
                return
            query["marker"] = marker

    def request(self, bucket: str, item: StoredObject) -> tuple[str, dict[str, str]]:
        url = f"{self._base}/{quote(bucket, safe='$')}/{quote(item.name, safe='/')}"
        return url, {**VERSION, "If-Match": item.version}

    def _xml(self, url: str) -> ET.Element:
        with self.open(url, VERSION) as answer:
            return ET.fromstring(answer.read())


def machine_token(env: Mapping[str, str]) -> Token:
    """Of the managed identity."""
    query = {"resource": RESOURCE, **({"client_id": env["AZURE_CLIENT_ID"]} if env.get("AZURE_CLIENT_ID") else {})}
    endpoint, secret = env.get("IDENTITY_ENDPOINT"), env.get("IDENTITY_HEADER")
    if endpoint and secret:
        url = f"{endpoint}?{urlencode({'api-version': '2019-08-01', **query})}"
        headers = {"X-IDENTITY-HEADER": secret}
    else:
        url = f"{MACHINE}?{urlencode({'api-version': '2018-02-01', **query})}"
        headers = {"Metadata": "true"}

    def ask(opener: urllib.request.OpenerDirector) -> tuple[str, float]:
        with send(opener, url, headers, "") as answer:
            given = json.load(answer)
        return str(given["access_token"]), float(given["expires_on"]) - time.time()

    return Token(ask, "the managed identity")


def _stored(blob: ET.Element, prefix: str) -> StoredObject:
    named = blob.find("Name")
    name = (named.text or "") if named is not None else ""
    if named is not None and named.get("Encoded") == "true":
        name = unquote(name)
    properties = {each.tag: each.text or "" for each in blob.iterfind("Properties/*")}
    return StoredObject(
        name=name,
        # A mount leaves a blob without content for the folder itself, named without the slash at its end.
        path=path_below(prefix, name),
        size=int(properties["Content-Length"]),
        version=properties["Etag"] if properties["Etag"].startswith('"') else f'"{properties["Etag"]}"',
        md5=base64.b64decode(properties["Content-MD5"]) if properties.get("Content-MD5") else None,
        gzipped=properties.get("Content-Encoding") == "gzip",
        folder=properties.get("ResourceType") == "directory"
        or (blob.findtext("Metadata/hdi_isfolder") or "").lower() == "true",
    )
