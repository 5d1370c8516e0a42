"""What new objects start: one training for many of them, and one more when they come while one runs."""

from __future__ import annotations

import time

import pytest

from harness.cloud import Cloud
from harness.interpreter import Fault
from harness.template import ACCOUNT


class Intake:
    """The two workflows of a pipeline named `churn`, and what a bucket's events do to them."""

    def __init__(self, cloud: Cloud, forms: dict[str, str]) -> None:
        self.cloud = cloud
        cloud.client("sagemaker").create_pipeline(
            PipelineName="churn", PipelineDefinition="{}", ClientRequestToken="0" * 32, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/pipeline"
        )
        self.intake = cloud.machine("intake", forms["intake"])
        # moto runs a standard workflow as it would an express one, and only of those it says what became of them.
        self.collector = cloud.machine("collect", forms["collect"])

    def objects(self, count: int) -> None:
        """So many objects arrive within a minute."""
        for _ in range(count):
            execution = self.cloud.run(self.collector, {})
            assert (execution.status, execution.error) == ("SUCCEEDED", None)

    def a_minute_later(self) -> None:
        self.cloud.clock.advance(61)

    def executions(self, status: str | None = None) -> list[dict]:
        found = self.cloud.client("stepfunctions").list_executions(stateMachineArn=self.intake)["executions"]
        return [each for each in found if status is None or each["status"] == status]

    def settle(self, running: int = 0) -> None:
        """Until only so many intakes wait."""
        deadline = time.monotonic() + 30
        while len(self.executions("RUNNING")) > running:
            assert time.monotonic() < deadline, self.executions()
            time.sleep(0.02)
        assert self.executions("FAILED") == []

    def trainings(self) -> int:
        return len(self.cloud.client("sagemaker").list_pipeline_executions(PipelineName="churn")["PipelineExecutionSummaries"])


@pytest.fixture
def intake(cloud: Cloud, forms: dict[str, str]) -> Intake:
    return Intake(cloud, forms)


def test_the_objects_of_a_minute_start_one_training(intake: Intake, monkeypatch: pytest.MonkeyPatch):
    clock = intake.cloud.clock
    clock.advance(60 - clock.now().second)
    monkeypatch.setattr(clock, "advance", lambda seconds: None)
    intake.objects(25)
    intake.settle()
    assert len(intake.executions()) == 1
    assert intake.trainings() == 1
    (execution,) = intake.cloud.client("sagemaker").list_pipeline_executions(PipelineName="churn")["PipelineExecutionSummaries"]
    parameters = intake.cloud.client("sagemaker").list_pipeline_parameters_for_execution(PipelineExecutionArn=execution["PipelineExecutionArn"])
    assert parameters["PipelineParameters"] == [{"Name": "TriggeredBy", "Value": "new data"}]


def test_objects_of_later_days_start_one_each_time(intake: Intake):
    for day in range(3):
        intake.objects(1)
        intake.settle()
        assert intake.trainings() == day + 1
        intake.cloud.clock.advance(86_400)


def test_while_one_runs_one_waits_however_much_comes(intake: Intake):
    intake.cloud.sagemaker.training_status = "Executing"
    intake.objects(1)
    intake.settle()
    assert intake.trainings() == 1
    for _ in range(5):
        intake.a_minute_later()
        intake.objects(4)
        intake.settle(running=1)
    assert len(intake.executions("RUNNING")) == 1
    assert intake.trainings() == 1
    intake.cloud.sagemaker.training_status = "Succeeded"
    intake.settle()
    assert intake.trainings() == 2


@pytest.mark.parametrize("status", ["Failed", "Stopped"])
def test_what_waits_starts_after_a_training_that_did_not_end_well(intake: Intake, status: str):
    intake.cloud.client("sagemaker").start_pipeline_execution(PipelineName="churn", ClientRequestToken="2" * 32)
    intake.cloud.sagemaker.training_status = "Executing"
    intake.objects(1)
    intake.settle(running=1)
    intake.cloud.sagemaker.training_status = status
    intake.settle()
    assert intake.trainings() == 2


def test_intakes_that_have_seen_the_same_last_training_start_one_between_them(intake: Intake):
    """The list lags behind: each sees the training of last week as the newest."""
    client = intake.cloud.client("sagemaker")
    client.start_pipeline_execution(PipelineName="churn", ClientRequestToken="2" * 32)
    intake.objects(1)
    intake.settle()
    assert intake.trainings() == 2
    (token,) = set(intake.cloud.sagemaker.started) - {"2" * 32}
    first, _ = intake.cloud.sagemaker.started[token]
    again = client.start_pipeline_execution(
        PipelineName="churn", PipelineParameters=[{"Name": "TriggeredBy", "Value": "new data"}], ClientRequestToken=token
    )
    assert again["PipelineExecutionArn"] == first["PipelineExecutionArn"]
    assert intake.trainings() == 2


def test_a_start_that_is_refused_fails_and_says_why(intake: Intake):
    intake.cloud.sagemaker.refuse["StartPipelineExecution"] = ["You may not."] * 4
    intake.objects(1)
    deadline = time.monotonic() + 30
    while not (failed := intake.executions("FAILED")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    described = intake.cloud.client("stepfunctions").describe_execution(executionArn=failed[0]["executionArn"])
    assert "You may not." in described["cause"]


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 400, "code": "ThrottlingException"}, {"status": 500, "done": True}])
@pytest.mark.parametrize("name", ["ListPipelineExecutions", "StartPipelineExecution"])
def test_new_data_starts_a_training_after_minutes_in_which_a_service_did_not_answer(intake: Intake, name: str, fault: dict):
    intake.cloud.calls.fault = Fault(name=name, times=12, **fault)
    intake.objects(1)
    intake.settle()
    assert intake.trainings() == 1


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 500, "done": True}])
def test_new_data_is_collected_after_a_minute_in_which_step_functions_did_not_answer(intake: Intake, fault: dict):
    intake.cloud.calls.fault = Fault(name="StartExecution", times=8, **fault)
    intake.objects(1)
    intake.settle()
    assert intake.trainings() == 1


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 500, "done": True}])
def test_new_data_waits_for_the_training_that_runs_where_the_start_of_its_wait_was_not_answered(intake: Intake, fault: dict):
    intake.cloud.client("sagemaker").start_pipeline_execution(PipelineName="churn", ClientRequestToken="2" * 32)
    intake.cloud.sagemaker.training_status = "Executing"
    starts = []

    def begin() -> None:
        starts.append(None)
        intake.cloud.calls.fault = Fault(name="StartExecution", times=8, **fault)

    intake.cloud.calls.after = ("ListPipelineExecutions", begin)
    intake.objects(1)
    deadline = time.monotonic() + 30
    while not any(each["name"].startswith("after-") for each in intake.executions()):
        assert time.monotonic() < deadline, intake.executions()
        time.sleep(0.02)
    assert starts == [None] and intake.trainings() == 1
    # The training outlasts the tries of the intake that asks for the wait; else that one starts a training of its own.
    intake.settle(running=1)
    intake.cloud.sagemaker.training_status = "Succeeded"
    intake.settle()
    assert intake.trainings() == 2


def test_a_training_that_cannot_be_started_for_six_hours_fails(intake: Intake):
    intake.cloud.calls.fault = Fault(name="StartPipelineExecution", times=100_000)
    before = intake.cloud.clock.passed
    intake.objects(1)
    deadline = time.monotonic() + 60
    while not intake.executions("FAILED"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert 6 * 3600 <= intake.cloud.clock.passed - before < 9 * 3600
