"""The machines of one training: which of them this is, and where the first one answers.

Vertex AI tells it in CLUSTER_SPEC, SageMaker in resourceconfig.json, Azure ML and torchrun in RANK and WORLD_SIZE.

https://cloud.google.com/vertex-ai/docs/training/distributed-training#cluster-variables
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import ContractError

TRAINERS = ("workerpool0", "workerpool1")
"""Vertex AI's pools: the primary, the workers; after them parameter servers and evaluators, which train nothing."""
PORT = 29500
"""Where nobody names a port: PyTorch's own choice."""


@dataclass(frozen=True)
class Cluster:
    """A training on one machine is a cluster of one."""

    rank: int = 0
    """This machine's number, from 0. Machines that train nothing (parameter servers, evaluators) have the highest."""
    world_size: int = 1
    """How many machines train."""
    master_address: str = "localhost"
    master_port: int = PORT

    @property
    def primary(self) -> bool:
        """The machine whose model is kept."""
        return self.rank == 0

    @staticmethod
    def of(env: Mapping[str, str], resource_config: Path) -> Cluster:
        try:
            if env.get("RANK") and env.get("WORLD_SIZE"):
                return _with_master(env, int(env["RANK"]), int(env["WORLD_SIZE"]), "localhost")
            if env.get("CLUSTER_SPEC"):
                return _vertex(env)
            if resource_config.is_file():
                return _sagemaker(env, resource_config)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise ContractError(f"the machines of this training cannot be told: {reason}") from error
        return Cluster()


def _vertex(env: Mapping[str, str]) -> Cluster:
    spec = json.loads(env["CLUSTER_SPEC"])
    pools = spec["cluster"]
    before = sum(len(pools[name]) for name in sorted(pools) if name < spec["task"]["type"])
    trainers = sum(len(pools.get(name, ())) for name in TRAINERS)
    return _with_master(env, before + int(spec["task"]["index"]), trainers, pools[TRAINERS[0]][0])


def _sagemaker(env: Mapping[str, str], path: Path) -> Cluster:
    config = json.loads(path.read_text(encoding="utf-8"))
    hosts = config["hosts"]
    return _with_master(env, hosts.index(config["current_host"]), len(hosts), hosts[0])


def _with_master(env: Mapping[str, str], rank: int, world_size: int, known: str) -> Cluster:
    """MASTER_ADDR and MASTER_PORT, where they are set, are nearer to the truth than what was written down before."""
    address, _, port = known.partition(":")
    return Cluster(rank, world_size, env.get("MASTER_ADDR") or address, int(env.get("MASTER_PORT") or port or PORT))
