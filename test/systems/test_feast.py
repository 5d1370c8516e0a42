"""L5: the real server applies the definitions of the template, the job fills the online store, and features over HTTP equal the offline ones"""

from __future__ import annotations

import json
import re
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

from servers import ROOT, program, run, serve, stack

ROWS = """
import datetime, pandas
now = datetime.datetime.now(datetime.timezone.utc)
ago = lambda hours: pandas.Timestamp(now - datetime.timedelta(hours=hours))
rows = [("b1", ago(48), 10.5, 1.0), ("b1", ago(3), 11.5, 2.0), ("b2", ago(5), 20.25, 3.0), ("b3", ago(4800), 30.0, 4.0)]
pandas.DataFrame(rows, columns=["biopsy_id", "measured_at", "mean_radius", "mean_texture"]).to_parquet("rows.parquet")
"""
OFFLINE = """
import datetime, json, pandas
from feast import FeatureStore
now = datetime.datetime.now(datetime.timezone.utc)
entities = pandas.DataFrame({"biopsy_id": ["b1", "b2", "b3"], "event_timestamp": [now] * 3})
found = FeatureStore().get_historical_features(entities, ["biopsies:mean_radius", "biopsies:mean_texture"]).to_df()
print(found.set_index("biopsy_id")[["mean_radius", "mean_texture"]].T.to_json(orient="columns"))
"""


def here(configuration: str, home: Path) -> str:
    """The configuration with stores of this machine in the places of Google's."""
    for section, local in {
        "registry": f"  path: {home}/registry.db\n  cache_ttl_seconds: 60\n",
        "offline_store": "  type: dask\n",
        "online_store": f"  type: sqlite\n  path: {home}/online.db\n",
    }.items():
        configuration, count = re.subn(rf"^{section}:\n(?:  .*\n)+", f"{section}:\n{local}", configuration, flags=re.M)
        assert count == 1, section
    return configuration.replace("provider: gcp", "provider: local")


def test_features_online_are_those_offline(tmp_path: Path) -> None:
    hosted = program("gcp-integrations", "feast")
    configuration, definitions = hosted.variables["FEAST_CONFIGURATION"], hosted.variables["FEAST_DEFINITIONS"]
    resources = stack("gcp-integrations")["resource"]
    [client] = [
        each["content"]
        for each in resources["google_storage_bucket_object"].values()
        if each["name"].endswith("/.feast/feature_store.yaml")
    ]
    assert client == configuration
    run("feast", ROWS, {}, tmp_path)
    local, sources = re.subn(r"table=\"[^\n]*\",", f'path="{tmp_path}/rows.parquet",', definitions)
    assert sources == 1
    hosted.variables["FEAST_CONFIGURATION"] = here(configuration, tmp_path)
    hosted.variables["FEAST_DEFINITIONS"] = local.replace("BigQuerySource", "FileSource")
    folder = {"/tmp/feast": str(tmp_path / "feast")}

    with serve("feast", hosted, tmp_path, "127.0.0.1:5432", folder) as server:
        assert online(server.url) == [[None, None]] * 3
        materialize(resources, hosted.variables, tmp_path)
        found = online(server.url)
    assert found == [[11.5, 2.0], [20.25, 3.0], [None, None]]

    (tmp_path / ".feast").mkdir()
    (tmp_path / ".feast" / "feature_store.yaml").write_text(here(client, tmp_path))
    variables = {"FEAST_FS_YAML_FILE_PATH": str(tmp_path / ".feast" / "feature_store.yaml")}
    offline = json.loads(run("feast", OFFLINE, variables, tmp_path).splitlines()[-1])
    # Rows that are older than their time to live are not found.
    nothing = {"mean_radius": None, "mean_texture": None}
    assert [list(offline.get(biopsy, nothing).values()) for biopsy in ("b1", "b2", "b3")] == found


def materialize(resources: dict[str, Any], variables: dict[str, str], home: Path) -> None:
    """Run the container of the scheduled job."""
    [job] = resources["google_cloud_run_v2_job"].values()
    [container] = job["template"]["template"]["containers"]
    command = [part.replace("/tmp/feast", str(home / "feast")) for part in [*container["command"], *container["args"]]]
    path = f"{ROOT / '.venv' / 'feast' / 'bin'}:/usr/bin:/bin"
    ended = subprocess.run(
        command,
        env={"PATH": path, "HOME": str(home), **variables},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def online(url: str) -> list[list[float | None]]:
    """Both features of the three biopsies, as the server answers."""
    asked = {
        "features": ["biopsies:mean_radius", "biopsies:mean_texture"],
        "entities": {"biopsy_id": ["b1", "b2", "b3"]},
    }
    request = urllib.request.Request(
        f"{url}/get-online-features", json.dumps(asked).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        found = json.load(answer)
    values = dict(zip(found["metadata"]["feature_names"], (each["values"] for each in found["results"]), strict=True))
    return [list(pair) for pair in zip(values["mean_radius"], values["mean_texture"], strict=True)]
