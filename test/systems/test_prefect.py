"""L5: the server of the template migrates its database, refuses strangers, and a client with the variables of a job runs a flow"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from servers import PIPELINE, RUNS, flow, program, run, serve, status

FLOW = """
from prefect import flow

@flow(name="churn")
def churn() -> str:
    return "trained"

assert churn() == "trained"
from prefect.client.orchestration import get_client
with get_client(sync_client=True) as client:
    print([run.state_name for run in client.read_flow_runs()])
"""

TRAINING = """
from training import breast_cancer_training
assert ":pipeline/" in breast_cancer_training()
breast_cancer_training.to_deployment(name="training").apply()
from prefect.client.orchestration import get_client
with get_client(sync_client=True) as client:
    assert client.read_deployment_by_name("breast_cancer_training/training").name == "training"
"""


def test_a_flow_is_recorded(tmp_path: Path, postgres: Callable[[str], str], aws: dict[str, str]) -> None:
    hosted = program("gcp-integrations", "prefect")
    with serve("prefect", hosted, tmp_path, postgres("prefect")) as server:
        assert status(f"{server.url}/api/flows/filter", {"Content-Type": "application/json"}, b"{}") == 401
        client = {
            "PREFECT_API_URL": f"{server.url}/api",
            "PREFECT_API_AUTH_STRING": server.values["PREFECT_SERVER_API_AUTH_STRING"],
        }
        assert "['Completed']" in run("prefect", FLOW, client, tmp_path)

        (tmp_path / "training.py").write_text(flow("prefect"))
        run("prefect", PIPELINE, aws, tmp_path)
        run("prefect", TRAINING, {**client, **aws}, tmp_path)
        assert run("prefect", RUNS, aws, tmp_path).strip() == "['Succeeded']"
