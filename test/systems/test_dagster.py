"""L5: the real framework loads the job out of the template, and a run of it starts and follows the training"""

from __future__ import annotations

from pathlib import Path

from servers import PIPELINE, RUNS, flow, run

RUN = """
from training import defs
result = defs.resolve_job_def("breast_cancer_training").execute_in_process()
print(result.success, sorted(result.output_for_node("start").split("/")[-2:-1]))
"""


def test_a_run_of_the_job_trains(tmp_path: Path, aws: dict[str, str]) -> None:
    (tmp_path / "training.py").write_text(flow("dagster"))
    run("dagster", PIPELINE, aws, tmp_path)
    assert run("dagster", RUN, aws, tmp_path).startswith("True")
    assert run("dagster", RUNS, aws, tmp_path).strip() == "['Succeeded']"
