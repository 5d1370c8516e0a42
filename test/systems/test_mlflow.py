"""L5: the server of the Google Cloud template migrates its database, refuses other hosts, and a client logs, registers, names and loads a model"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from servers import program, run, serve, status

ROUND_TRIP = """
import mlflow
from mlflow import MlflowClient

with mlflow.start_run() as active:
    mlflow.log_param("depth", 3)
    mlflow.log_metric("auc", 0.91)
    mlflow.log_text("weights", "model/weights.txt")
client = MlflowClient()
client.create_registered_model("churn")
version = client.create_model_version("churn", f"{active.info.artifact_uri}/model", active.info.run_id)
client.set_registered_model_alias("churn", "champion", version.version)
found = client.get_model_version_by_alias("churn", "champion")
run = client.get_run(found.run_id)
print(run.data.params["depth"], run.data.metrics["auc"], mlflow.artifacts.load_text(f"{run.info.artifact_uri}/model/weights.txt"))
"""


def test_a_run_and_a_version_come_back(tmp_path: Path, postgres: Callable[[str], str]) -> None:
    hosted = program("gcp-level1", "mlflow")
    host = hosted.variables["MLFLOW_SERVER_ALLOWED_HOSTS"]
    store = hosted.variables["MLFLOW_ARTIFACTS_DESTINATION"]
    (tmp_path / "lake").mkdir()
    places = {store: f"file://{tmp_path / 'lake'}", host: "127.0.0.1:*"}
    with serve("mlflow", hosted, tmp_path, postgres("mlflow"), places) as server:
        spoofed = {"Host": "evil.example", "Content-Type": "application/json"}
        assert status(f"{server.url}/api/2.0/mlflow/experiments/search?max_results=1", spoofed) == 403
        assert urlsplit(server.url).hostname == "127.0.0.1"
        env = {"MLFLOW_TRACKING_URI": server.url, "GIT_PYTHON_REFRESH": "quiet"}
        assert "3 0.91 weights" in run("mlflow", ROUND_TRIP, env, tmp_path)
