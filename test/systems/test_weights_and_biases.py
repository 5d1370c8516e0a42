"""L5: an offline run of the real client, with the variables of a job, has the metrics"""

from __future__ import annotations

from pathlib import Path

from servers import connection, run

LOG = """
import wandb

with wandb.init() as active:
    active.log({"auc": 0.91})
    print(active.entity, active.project, active.settings.base_url)
"""


def test_a_run_has_the_metrics(tmp_path: Path) -> None:
    variables = connection("gcp-integrations", "WANDB_")
    assert "WANDB_API_KEY" not in variables
    shown = run("weights-and-biases", LOG, {**variables, "WANDB_MODE": "offline"}, tmp_path)
    expected = [variables[f"WANDB_{name}"] for name in ("ENTITY", "PROJECT", "BASE_URL")]
    assert " ".join(expected) in shown
    [written] = (tmp_path / "wandb").glob("offline-run-*/run-*.wandb")
    assert b"auc" in written.read_bytes()
