"""Which machine of a training this is, as each cloud tells it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mlops_runtime import Cluster, ContractError, Job

NONE = Path("/nonexistent")


def vertex(pool: str, index: int) -> dict[str, str]:
    """CLUSTER_SPEC as Vertex AI documents it."""
    pools = {
        "workerpool0": ["cmle-training-workerpool0-ab-0:2222"],
        "workerpool1": ["cmle-training-workerpool1-ab-0:2222", "cmle-training-workerpool1-ab-1:2222"],
        "workerpool2": ["cmle-training-workerpool2-ab-0:2222"],
        "workerpool3": ["cmle-training-workerpool3-ab-0:2222", "cmle-training-workerpool3-ab-1:2222"],
    }
    task = {"type": pool, "index": index, "trial": "1"}
    return {"CLUSTER_SPEC": json.dumps({"cluster": pools, "environment": "cloud", "task": task, "job": {}})}


def test_a_training_without_a_word_about_machines_has_one() -> None:
    assert Cluster.of({}, NONE) == Cluster(0, 1, "localhost", 29500)
    assert Cluster().primary


@pytest.mark.parametrize(
    ("pool", "index", "rank"),
    [
        ("workerpool0", 0, 0),
        ("workerpool1", 0, 1),
        ("workerpool1", 1, 2),
        ("workerpool2", 0, 3),
        ("workerpool3", 1, 5),
    ],
)
def test_vertex_counts_its_pools_and_the_first_two_train(pool: str, index: int, rank: int) -> None:
    cluster = Cluster.of(vertex(pool, index), NONE)
    assert cluster == Cluster(rank, 3, "cmle-training-workerpool0-ab-0", 2222)
    assert cluster.primary is (rank == 0)


def test_one_replica_of_vertex_is_a_cluster_of_one() -> None:
    spec = {"cluster": {"workerpool0": ["a:2222"]}, "environment": "cloud", "task": {"type": "workerpool0", "index": 0}}
    assert Cluster.of({"CLUSTER_SPEC": json.dumps(spec)}, NONE) == Cluster(0, 1, "a", 2222)


def test_sagemaker_names_its_hosts_in_a_file(tmp_path: Path) -> None:
    config = tmp_path / "input" / "config" / "resourceconfig.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"current_host": "algo-2", "hosts": ["algo-1", "algo-2"]}))
    assert Job.of("train", {"MLOPS_SAGEMAKER_ROOT": str(tmp_path)}).cluster == Cluster(1, 2, "algo-1", 29500)


def test_a_launchers_variables_win(tmp_path: Path) -> None:
    launcher = {"RANK": "3", "WORLD_SIZE": "8", "MASTER_ADDR": "10.0.0.4", "MASTER_PORT": "6105"}
    assert Cluster.of({**vertex("workerpool0", 0), **launcher}, NONE) == Cluster(3, 8, "10.0.0.4", 6105)
    near = {**vertex("workerpool1", 0), "MASTER_ADDR": "10.0.0.4", "MASTER_PORT": "3333"}
    assert Cluster.of(near, NONE) == Cluster(1, 3, "10.0.0.4", 3333)


def test_azure_ml_starts_one_process_a_machine_and_counts_them_as_torchrun_does() -> None:
    azure = {"NODE_RANK": "1", "RANK": "1", "LOCAL_RANK": "0", "WORLD_SIZE": "2"}
    azure |= {"MASTER_ADDR": "10.0.0.5", "MASTER_PORT": "6105", "AZUREML_NODE_COUNT": "2"}
    assert Cluster.of(azure, NONE) == Cluster(1, 2, "10.0.0.5", 6105)


@pytest.mark.parametrize("spec", ["{", "[]", "{}", '{"cluster": {}, "task": {"type": "workerpool0", "index": 0}}'])
def test_machines_that_cannot_be_told_are_an_error(spec: str) -> None:
    with pytest.raises(ContractError, match="the machines of this training cannot be told: "):
        Cluster.of({"CLUSTER_SPEC": spec}, NONE)
