"""L5: the scheduler's own parser takes the DAG out of the template without an error, and a run of it starts and follows the training"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from servers import PIPELINE, ROOT, RUNS, flow, run, stack

BIN = ROOT / ".venv" / "airflow" / "bin"


def test_a_run_of_the_dag_trains(tmp_path: Path, aws: dict[str, str]) -> None:
    dags = tmp_path / "dags"
    dags.mkdir()
    (dags / "training.py").write_text(flow("airflow"))
    run("airflow", PIPELINE, aws, tmp_path)
    env = {
        **aws,
        "PATH": f"{BIN}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    }

    def airflow(*arguments: str) -> str:
        ended = subprocess.run([BIN / "airflow", *arguments], env=env, capture_output=True, text=True, timeout=300)
        assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
        return ended.stdout

    airflow("db", "migrate")
    assert "No data found" in airflow("dags", "list-import-errors")
    airflow("dags", "test", "breast_cancer_training")
    assert run("airflow", RUNS, aws, tmp_path).strip() == "['Succeeded']"


STAND_INS = """
import sys, types
ANSWERS = iter({answers})
CALLS = []
class Answer:
    def __init__(self, body): self.body = body
    def raise_for_status(self): pass
    def json(self): return self.body
class Session:
    def __init__(self, *_): pass
    def post(self, url, **more): CALLS.append(("POST", url)); return Answer(next(ANSWERS))
    def get(self, url, **more): CALLS.append(("GET", url)); return Answer(next(ANSWERS))
for name in ("google", "google.auth", "google.auth.transport", "google.auth.transport.requests", "azure", "azure.identity", "requests"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["google"].auth = sys.modules["google.auth"]
sys.modules["google.auth"].default = lambda scopes: (None, None)
sys.modules["google.auth.transport.requests"].AuthorizedSession = Session
sys.modules["requests"].post, sys.modules["requests"].get = Session().post, Session().get
class Credential:
    def get_token(self, scope): return types.SimpleNamespace(token="t")
sys.modules["azure.identity"].DefaultAzureCredential = Credential
from training import start_training, training_ended
run = start_training()
assert [training_ended(run), training_ended(run)] == [False, True]
try:
    training_ended(run)
except RuntimeError as error:
    print(error, [verb for verb, _ in CALLS])
"""


@pytest.mark.parametrize(
    ("cloud", "answers", "told"),
    [
        ("gcp", [{"name": "e/1"}, *({"state": state} for state in ("ACTIVE", "SUCCEEDED", "FAILED"))], "e/1: FAILED"),
        (
            "azure",
            [
                {},
                {"value": []},
                *(
                    {"value": [{"name": "r", "properties": {"status": status, "startTime": "2026"}}]}
                    for status in ("Succeeded", "Failed")
                ),
            ],
            "r: Failed",
        ),
    ],
)
def test_the_files_of_the_other_clouds_follow_a_run(tmp_path: Path, cloud: str, answers: list[object], told: str) -> None:
    config = stack(f"{cloud}-integrations")
    if cloud == "gcp":
        objects = config["resource"]["google_storage_bucket_object"].values()
        [content] = [each["content"] for each in objects if "/airflow/" in each["name"]]
    else:
        content = config["output"]["MlopsAirflowFlow"]["value"]
    (tmp_path / "training.py").write_text(content)
    said = run("airflow", STAND_INS.replace("{answers}", repr(answers)), {"AIRFLOW_HOME": str(tmp_path)}, tmp_path)
    assert said.strip().endswith("['POST', 'GET', 'GET', 'GET']") and told in said
