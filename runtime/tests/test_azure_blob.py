"""Fetching a model from Blob Storage, against a local server that speaks as Azure's do."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure_stub import Azure, Blob, azure
from mlops_runtime import ContractError, azure_blob, fetching
from mlops_runtime.serving import model_dir

PLACE = "https://lakeaccount.blob.core.windows.net/artifacts/run/model"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.0)


@pytest.fixture
def cloud() -> Iterator[Azure]:
    with azure({"artifacts": {}}) as running:
        yield running


def put(cloud: Azure, blobs: dict[str, Blob]) -> None:
    cloud.containers["artifacts"].update({f"run/model/{name}": blob for name, blob in blobs.items()})


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_arrives_whole_over_several_pages_and_nothing_beside_it_does(cloud: Azure) -> None:
    big = bytes(range(256)) * 20_000
    put(cloud, {"schema.json": Blob(b"{}"), "variables": Blob(b"", folder=True), "variables/a b+ü&": Blob(big)})
    cloud.containers["artifacts"]["run/model-2/weights"] = Blob(b"another model")
    cloud.containers["artifacts"]["run/model"] = Blob(b"", folder=True)
    folder = azure_blob.fetch(PLACE, cloud.env)
    assert files(folder) == {"schema.json": b"{}", "variables/a b+ü&": big}
    assert len(cloud.asked("prefix=run%2Fmodel%2F")) == 2
    assert cloud.tokens == 1
    assert {headers["authorization"] for headers in cloud.asked("/artifacts")} == {"Bearer token-1"}


def test_serve_fetches_what_the_variable_names(cloud: Azure) -> None:
    put(cloud, {"weights": Blob(b"x")})
    assert files(model_dir({**cloud.env, "MLOPS_MODEL_DIR": PLACE})) == {"weights": b"x"}


def test_the_identity_is_named_where_there_are_several(cloud: Azure) -> None:
    put(cloud, {"weights": Blob(b"x")})
    azure_blob.fetch(PLACE, {**cloud.env, "AZURE_CLIENT_ID": "some-id"})
    assert len(cloud.asked("client_id=some-id")) == 1
    azure_blob.fetch(f"{PLACE}/", cloud.env)
    assert len(cloud.asked("client_id=")) == 1


def test_a_virtual_machine_asks_its_own_metadata_service(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, object]] = []

    def refuse(opener: object, url: str, headers: object, token: str) -> None:
        asked.append((url, headers))
        raise OSError("nothing is asked in a test")

    monkeypatch.setattr(azure_blob, "send", refuse)
    with pytest.raises(OSError, match="nothing is asked in a test"):
        azure_blob.machine_token({}).get()
    url = "http://169.254.169.254/metadata/identity/oauth2/token"
    query = "api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com%2F"
    assert asked == [(f"{url}?{query}", {"Metadata": "true"})]


def test_what_passes_is_tried_again_and_a_token_that_ran_out_is_renewed(cloud: Azure) -> None:
    put(cloud, {"weights": Blob(b"x" * 100, faults=[503, 429])})
    cloud.refused_tokens = {"token-1"}
    assert files(azure_blob.fetch(PLACE, cloud.env)) == {"weights": b"x" * 100}
    assert cloud.tokens == 2


def test_a_blob_of_blocks_has_no_sum_and_one_that_is_stored_packed_is_unpacked(cloud: Azure) -> None:
    put(cloud, {"weights": Blob(b"abc", in_blocks=True), "notes": Blob(gzip.compress(b"text"), encoding="gzip")})
    assert files(azure_blob.fetch(PLACE, cloud.env)) == {"weights": b"abc", "notes": b"text"}


def test_a_name_that_xml_cannot_hold_comes_encoded(cloud: Azure) -> None:
    put(cloud, {"a\x01b": Blob(b"x")})
    assert files(azure_blob.fetch(PLACE, cloud.env)) == {"a\x01b": b"x"}


def test_a_refusal_names_the_role_that_is_missing(cloud: Azure) -> None:
    put(cloud, {"weights": Blob(b"x", faults=[403])})
    with pytest.raises(ContractError) as caught:
        azure_blob.fetch(PLACE, cloud.env)
    assert str(caught.value) == (
        f"http://127.0.0.1:{cloud.port}/artifacts/run/model/weights answers 403 Forbidden; the identity needs the role "
        "Storage Blob Data Reader on the container, which may take ten minutes to count"
    )
    with pytest.raises(ContractError, match="no token from the managed identity: 403 Forbidden"):
        azure_blob.fetch(PLACE, {**cloud.env, "IDENTITY_HEADER": "another"})


def test_an_empty_place_and_a_name_that_leaves_the_folder_are_refused(cloud: Azure) -> None:
    with pytest.raises(ContractError, match=f"there is no file below {PLACE}$"):
        azure_blob.fetch(PLACE, cloud.env)
    put(cloud, {"../escaped": Blob(b"x")})
    with pytest.raises(ContractError, match="would leave the model's folder"):
        azure_blob.fetch(PLACE, cloud.env)


@pytest.mark.parametrize(
    "uri",
    [
        "https://lakeaccount.blob.core.windows.net/artifacts",
        "https://lakeaccount.blob.core.windows.net/artifacts/",
        "https://example.com/artifacts/model",
        "https://lakeaccount.blob.example.com/artifacts/model",
        "https://lakeaccount.blob.core.windows.net.example.com/artifacts/model",
        "https://user@lakeaccount.blob.core.windows.net/artifacts/model",
        "http://lakeaccount.blob.core.windows.net/artifacts/model",
    ],
)
def test_a_place_that_is_no_folder_of_a_container_is_refused(uri: str) -> None:
    with pytest.raises(ContractError, match="a model's place must be https://<account>.blob.core.windows.net/"):
        azure_blob.fetch(uri, {})


def test_a_signature_is_refused_and_not_repeated() -> None:
    with pytest.raises(ContractError) as caught:
        azure_blob.fetch(f"{PLACE}?sv=2021&sig=verysecret", {})
    assert str(caught.value) == (
        "a model's place must be an address without a signature: the managed identity reads it"
    )


@pytest.mark.parametrize("host", ["a23.z1.blob.storage.azure.net", "abc.blob.core.usgovcloudapi.net"])
def test_other_hosts_of_azure_are_storage_too(host: str) -> None:
    assert azure_blob.parse(f"https://{host}/artifacts/run/model/") == (f"https://{host}", "artifacts", "run/model/")
