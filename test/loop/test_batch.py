"""The batch run, executed."""

from __future__ import annotations

import pytest

from harness.cloud import Cloud
from harness.interpreter import Fault
from harness.sagemaker import JobFailed
from test_rollout import failed, succeeded


@pytest.fixture
def batch(cloud: Cloud, forms: dict[str, str]) -> str:
    return cloud.machine("batch", forms["batch"])


@pytest.fixture
def given(cloud: Cloud) -> None:
    cloud.put("lake", "to-predict/part-1.csv", "1,2\n")


def test_the_newest_approved_version_predicts(cloud: Cloud, batch: str, given):
    cloud.register()
    newest = cloud.register()
    cloud.register("PendingManualApproval")
    execution = succeeded(cloud.run(batch, {}), "predicted")
    assert execution.output["modelPackageArn"] == newest
    (job,) = cloud.calls.of("CreateTransformJob")
    assert job["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"] == "s3://lake/to-predict/"
    assert job["TransformOutput"]["S3OutputPath"] == execution.output["output"]
    assert execution.output["output"].startswith("s3://artifacts/predicted/")
    assert [(note["subject"], note["batch"]) for note in cloud.notifications()] == [("Batch predicted: churn-batch", "done")]


def test_a_second_run_takes_the_same_model_and_writes_elsewhere(cloud: Cloud, batch: str, given):
    cloud.register()
    first, second = (succeeded(cloud.run(batch, {}), "predicted") for _ in range(2))
    assert len(cloud.model_names()) == 1
    assert first.output["output"] != second.output["output"]


def test_by_hand_a_certain_version_predicts(cloud: Cloud, batch: str, given):
    first = cloud.register()
    cloud.register()
    assert succeeded(cloud.run(batch, {"modelPackageArn": first}), "predicted").output["modelPackageArn"] == first


def test_a_version_that_is_not_approved_does_not_predict(cloud: Cloud, batch: str, given):
    failed(cloud.run(batch, {"modelPackageArn": cloud.register("Rejected")}), "NotApproved")


def test_without_an_approved_version_the_run_ends_well(cloud: Cloud, batch: str, given):
    cloud.register("PendingManualApproval")
    succeeded(cloud.run(batch, {}), "nothing-approved")


def test_without_input_the_run_ends_well(cloud: Cloud, batch: str):
    cloud.register()
    succeeded(cloud.run(batch, {}), "nothing-to-predict")
    assert cloud.notifications() == []


def test_a_job_that_fails_is_a_failure_that_somebody_hears_of(cloud: Cloud, batch: str, given):
    cloud.register()

    def work(job: dict) -> None:
        raise JobFailed("the container answered 500")

    cloud.sagemaker.work = work
    failed(cloud.run(batch, {}), "TaskFailed")
    (note,) = cloud.notifications()
    assert note["subject"] == "Batch failed: churn-batch" and "answered 500" in note["reason"]


def test_a_job_whose_start_was_not_answered_is_waited_for(cloud: Cloud, batch: str, given):
    cloud.register()
    cloud.calls.fault = Fault(name="CreateTransformJob", done=True)
    execution = succeeded(cloud.run(batch, {}), "predicted")
    assert "LookAtTransformJob" in execution.states
    assert [note["batch"] for note in cloud.notifications()] == ["done"]


def test_a_job_that_fails_after_a_start_that_was_not_answered_is_a_failure_with_its_reason(cloud: Cloud, batch: str, given):
    cloud.register()

    def work(job: dict) -> None:
        raise JobFailed("the container answered 500")

    cloud.sagemaker.work = work
    cloud.calls.fault = Fault(name="CreateTransformJob", done=True)
    assert failed(cloud.run(batch, {}), "JobFailed").cause == "the container answered 500"


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 400, "code": "ThrottlingException"}, {"status": 500, "done": True}])
@pytest.mark.parametrize("name", ["ListObjectsV2", "ListModelPackages", "DescribeModelPackage", "CreateModel"])
def test_a_run_asks_for_minutes_where_a_service_does_not_answer(cloud: Cloud, batch: str, given, name: str, fault: dict):
    cloud.register()
    cloud.calls.fault = Fault(name=name, times=12, **fault)
    succeeded(cloud.run(batch, {}), "predicted")
    assert [note["batch"] for note in cloud.notifications()] == ["done"]


def test_a_run_that_may_not_list_versions_says_so_at_once(cloud: Cloud, batch: str, given):
    cloud.register()
    cloud.calls.fault = Fault(name="ListModelPackages", times=4, status=400, code="AccessDeniedException")
    before = cloud.clock.passed
    assert "AccessDenied" in cloud.run(batch, {}).cause
    assert cloud.clock.passed - before < 300
