"""The plumbing of the workload contract: write `train`, `evaluate`, `load` and `predict`; the clouds do the rest."""

from .cluster import Cluster
from .connections import connect
from .errors import BadRequest, ContractError
from .evaluation import Evaluation, passes_gate
from .job import Job
from .log import log_metrics
from .reference import Reference
from .schema import Feature, Schema
from .workload import Workload

__all__ = [
    "BadRequest",
    "Cluster",
    "ContractError",
    "Evaluation",
    "Feature",
    "Job",
    "Reference",
    "Schema",
    "Workload",
    "connect",
    "log_metrics",
    "passes_gate",
]
__version__ = "0.1.0"
