"""Fetching a model from Cloud Storage, against a local server that speaks as Google's do."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from google_stub import Google, Stored, google
from mlops_runtime import ContractError, fetching, gcs

BIG = bytes(range(256)) * 20_000


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.0)


@pytest.fixture
def cloud() -> Iterator[Google]:
    with google({"lake": {}}) as running:
        yield running


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put(cloud: Google, objects: dict[str, Stored]) -> None:
    cloud.buckets["lake"] = {f"run/model/{name}": stored for name, stored in objects.items()}


def test_a_folder_arrives_whole_over_several_pages_and_nothing_beside_it_does(cloud: Google) -> None:
    put(cloud, {"": Stored(b""), "schema.json": Stored(b"{}"), "variables/": Stored(b""), "assets/": Stored(b"")})
    put(cloud, {**{name[10:]: known for name, known in cloud.buckets["lake"].items()}, "variables/a b+ü": Stored(BIG)})
    cloud.buckets["lake"]["run/model-2/weights"] = Stored(b"another model")
    cloud.buckets["lake"]["run/modelled"] = Stored(b"a neighbour")
    folder = gcs.fetch("gs://lake/run/model", cloud.env)
    assert files(folder) == {"schema.json": b"{}", "variables/a b+ü": BIG}
    assert (folder / "assets").is_dir(), "an empty folder is part of a model"
    assert len(cloud.asked("/o?prefix=run%2Fmodel%2F")) == 3
    assert folder.stat().st_mode & 0o077 == 0, "nobody else reads the model"


def test_one_token_serves_all_requests(cloud: Google) -> None:
    put(cloud, {f"part-{number}": Stored(b"x") for number in range(20)})
    gcs.fetch("gs://lake/run/model/", cloud.env)
    assert cloud.tokens == 1
    assert {headers["authorization"] for headers in cloud.asked("/storage/v1/")} == {"Bearer token-1"}
    assert cloud.asked(gcs.TOKEN_PATH)[0]["metadata-flavor"] == "Google"
    assert "authorization" not in cloud.asked(gcs.TOKEN_PATH)[0]


def test_a_token_that_ran_out_is_renewed_and_a_new_one_that_is_refused_too_is_an_error(cloud: Google) -> None:
    put(cloud, {f"part-{number}": Stored(b"x") for number in range(20)})
    cloud.refused_tokens = {"token-1"}
    assert len(files(gcs.fetch("gs://lake/run/model", cloud.env))) == 20
    assert cloud.tokens == 2
    cloud.refused_tokens = {f"token-{number}" for number in range(10)}
    with pytest.raises(ContractError, match="/storage/v1/b/lake/o answers 401 Unauthorized; the service account must"):
        gcs.fetch("gs://lake/run/model", cloud.env)


def test_a_token_is_renewed_before_its_end(cloud: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    token = gcs.machine_token(f"127.0.0.1:{cloud.port}")
    now = 1000.0
    monkeypatch.setattr(fetching.time, "monotonic", lambda: now)
    assert (token.get(), token.get()) == ("token-1", "token-1")
    now += 3599 - fetching.RENEWAL
    assert token.get() == "token-2"


def test_what_passes_is_tried_again(cloud: Google) -> None:
    put(cloud, {"weights": Stored(BIG, faults=["503", "429"])})
    cloud.faults = ["500", "408"]
    assert files(gcs.fetch("gs://lake/run/model", cloud.env)) == {"weights": BIG}


def test_what_does_not_pass_in_time_is_given_up(cloud: Google) -> None:
    put(cloud, {"weights": Stored(BIG, faults=["503"] * fetching.ATTEMPTS)})
    with pytest.raises(OSError, match="HTTP Error 503"):
        gcs.fetch("gs://lake/run/model", cloud.env)
    assert len(cloud.asked("alt=media")) == fetching.ATTEMPTS


def test_an_interrupted_download_goes_on_where_it_was(cloud: Google) -> None:
    put(cloud, {"weights": Stored(BIG, faults=["cut"] * (fetching.ATTEMPTS + 3))})
    assert files(gcs.fetch("gs://lake/run/model", cloud.env)) == {"weights": BIG}
    ranges = [headers.get("range") for headers in cloud.asked("alt=media")]
    assert ranges[:3] == [None, f"bytes={len(BIG) // 2}-", f"bytes={len(BIG) * 3 // 4}-"], "progress is no failure"


def test_a_server_that_ignores_the_range_starts_the_file_again(cloud: Google) -> None:
    put(cloud, {"weights": Stored(BIG, faults=["cut", "ignores the range"])})
    assert files(gcs.fetch("gs://lake/run/model", cloud.env)) == {"weights": BIG}


def test_damage_is_found_by_the_sum_and_fetched_once_more(cloud: Google) -> None:
    put(cloud, {"weights": Stored(BIG, faults=["damaged"])})
    assert files(gcs.fetch("gs://lake/run/model", cloud.env)) == {"weights": BIG}
    put(cloud, {"weights": Stored(BIG, faults=["damaged", "damaged"])})
    with pytest.raises(OSError, match="run/model/weights arrives damaged: its MD5 is not the one that is stored"):
        gcs.fetch("gs://lake/run/model", cloud.env)


def test_a_composed_object_has_no_sum_and_is_judged_by_its_size(cloud: Google) -> None:
    put(cloud, {"weights": Stored(BIG, composed=True), "empty": Stored(b"", composed=True)})
    assert files(gcs.fetch("gs://lake/run/model", cloud.env)) == {"weights": BIG, "empty": b""}
    put(cloud, {"weights": Stored(BIG, composed=True, listed_size=100)})
    with pytest.raises(OSError, match="run/model/weights is larger than the 100 bytes of the listing"):
        gcs.fetch("gs://lake/run/model", cloud.env)
    put(cloud, {"weights": Stored(b"short", composed=True, listed_size=100)})
    with pytest.raises(OSError, match="run/model/weights ended after 5 of 100 bytes"):
        gcs.fetch("gs://lake/run/model", cloud.env)


def test_an_object_that_is_stored_packed_is_unpacked(cloud: Google) -> None:
    put(cloud, {"schema.json": Stored(gzip.compress(b"{}"), encoding="gzip"), "model.gz": Stored(gzip.compress(b"x"))})
    arrived = files(gcs.fetch("gs://lake/run/model", cloud.env))
    assert arrived["schema.json"] == b"{}"
    assert gzip.decompress(arrived["model.gz"]) == b"x", "a packed file that is no encoding stays one"


@pytest.mark.parametrize("name", ["../escaped", "a/../../escaped", "/etc/passwd", "a//b", "./a", "a/..", "../", "a\0b"])
def test_a_name_that_would_leave_the_folder_is_refused(cloud: Google, name: str) -> None:
    put(cloud, {"weights": Stored(b"x"), name: Stored(b"x")})
    with pytest.raises(ContractError, match="would leave the model's folder"):
        gcs.fetch("gs://lake/run/model", cloud.env)
    assert not cloud.asked("alt=media"), "nothing was fetched"


@pytest.mark.parametrize(
    "uri", ["gs://lake", "gs://lake/", "gs://lake//", "gs:///model", "gs://", "s3://lake/model", ""]
)
def test_a_place_that_is_no_folder_of_a_bucket_is_refused(uri: str) -> None:
    with pytest.raises(ContractError) as caught:
        gcs.fetch(uri, {})
    assert str(caught.value) == f"a model's place must be gs://<bucket>/<prefix>, got '{uri}'"


def test_a_place_without_a_file_or_a_bucket_is_an_error_that_names_it(cloud: Google) -> None:
    put(cloud, {"": Stored(b"")})
    with pytest.raises(ContractError, match="there is no file below gs://lake/run/model$"):
        gcs.fetch("gs://lake/run/model", cloud.env)
    with pytest.raises(ContractError, match="there is no file below gs://lake/elsewhere$"):
        gcs.fetch("gs://lake/elsewhere", cloud.env)
    with pytest.raises(ContractError, match="/storage/v1/b/river/o answers 404 Not Found; the service account must"):
        gcs.fetch("gs://river/run/model", cloud.env)


def test_a_forbidden_object_is_an_error_that_names_the_permission(cloud: Google) -> None:
    put(cloud, {"weights": Stored(BIG, faults=["403"])})
    with pytest.raises(ContractError) as caught:
        gcs.fetch("gs://lake/run/model", cloud.env)
    assert str(caught.value) == (
        f"http://127.0.0.1:{cloud.port}/storage/v1/b/lake/o/run%2Fmodel%2Fweights answers 403 Forbidden; "
        "the service account must be allowed storage.objects.list and storage.objects.get on the bucket"
    )


def test_a_redirect_is_not_followed_with_the_token(cloud: Google) -> None:
    with google({"lake": {}}) as other:
        cloud.faults = [f"redirect http://127.0.0.1:{other.port}/storage/v1/b/lake/o?prefix=x"]
        with pytest.raises(ContractError, match="answers 302 Found"):
            gcs.fetch("gs://lake/run/model", cloud.env)
        assert other.requests == []


def test_an_emulator_alone_is_spoken_to_without_a_token(cloud: Google) -> None:
    put(cloud, {"weights": Stored(b"x")})
    assert files(gcs.fetch("gs://lake/run/model", {"STORAGE_EMULATOR_HOST": f"127.0.0.1:{cloud.port}"}))
    assert cloud.tokens == 0
    assert not any("authorization" in headers for headers in cloud.asked("/storage/"))


def test_the_metadata_server_is_asked_directly_and_its_absence_is_an_error(
    cloud: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"127.0.0.1:{closed.getsockname()[1]}"
        monkeypatch.setenv("http_proxy", f"http://{nowhere}")
        assert gcs.machine_token(f"127.0.0.1:{cloud.port}").get() == "token-1"
        with pytest.raises(ContractError, match="no token from the metadata server: .*refused"):
            gcs.machine_token(nowhere).get()


def test_a_machine_without_a_service_account_is_an_error(cloud: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gcs, "TOKEN_PATH", "/computeMetadata/v1/instance/service-accounts/none/token")
    with pytest.raises(ContractError, match="no token from the metadata server: 404 Not Found"):
        gcs.fetch("gs://lake/run/model", cloud.env)


def test_without_other_hosts_it_is_googles_own_over_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(opener: object, url: str, headers: object, token: str) -> None:
        asked.append(url)
        raise OSError("nothing is asked in a test")

    monkeypatch.setattr(gcs, "send", refuse)
    storage = gcs.Storage({})
    assert storage._base == "https://storage.googleapis.com"
    assert storage._token is not None
    with pytest.raises(OSError, match="nothing is asked in a test"):
        storage._token.get()
    assert asked == ["http://metadata.google.internal" + gcs.TOKEN_PATH]
