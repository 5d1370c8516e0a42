"""The closed loop of a synthesized stack: approval -> rollout -> captured data -> drift -> training, and an alarm.

Everything is found in the template by what it is: state machines by what they say they do, rules by where they lead, alarms by
the metric that the drift run has really published, captured data by the endpoint config that the rollout has really written.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator

import pytest

from harness import alarms
from harness.cloud import Cloud
from harness.events import alarm_event, matches, model_package_event, object_event, reached
from harness.sagemaker import Outcome
from harness.stack import Stack
from harness.template import ACCOUNT, REGION, Resource, Template

DRIFT = {"driftShare": 0.9, "driftedFeatures": 9, "features": {}, "rows": 500, "referenceRows": 400}


@pytest.fixture(scope="session")
def rollout(template: Template) -> Resource:
    return template.machine("Rolls out approved model versions")


@pytest.fixture(scope="session")
def drift(template: Template) -> Resource:
    return template.machine("Measures drift")


@pytest.fixture(scope="session")
def pipeline(template: Template) -> Resource:
    (found,) = template.all("AWS::SageMaker::Pipeline")
    return found


@pytest.fixture
def stack(cloud: Cloud, template: Template, events: dict[str, dict]) -> Iterator[Stack]:
    yield Stack(cloud, template, events)


# --- approval -> rollout ----------------------------------------------------------------------------------------------


def test_the_first_approval_creates_the_endpoint(stack: Stack, rollout: Resource):
    package = stack.register()
    execution = stack.approve(package)
    assert execution.status == "SUCCEEDED", (execution.error, execution.cause, execution.states)
    assert stack.live() == package
    assert stack.refused(rollout) == []


def test_the_second_approval_updates_it_with_the_deployment_policy_and_alarms_of_the_template(stack: Stack, template: Template, rollout: Resource):
    stack.approve(stack.register())
    second = stack.register()
    assert stack.approve(second).status == "SUCCEEDED"
    assert stack.live() == second
    (update,) = stack.cloud.calls.of("UpdateEndpoint")
    names = [alarm["AlarmName"] for alarm in update["DeploymentConfig"]["AutoRollbackConfiguration"]["Alarms"]]
    known = [alarm.name for type_ in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm") for alarm in template.all(type_)]
    (made,) = [alarm["AlarmName"] for alarm in stack.cloud.calls.of("PutMetricAlarm") if alarm["AlarmName"].endswith("-stop")]
    assert len(names) > 1 and set(names) <= {*known, made}
    assert stack.refused(rollout) == []


@pytest.mark.parametrize("outcome", [Outcome(rolls_back=True, reason="an alarm went off"), Outcome(rolls_back=True)], ids=["by an alarm", "silently"])
def test_a_failing_rollout_leaves_the_first_live_and_notifies(stack: Stack, rollout: Resource, outcome: Outcome):
    first = stack.register()
    stack.approve(first)
    stack.cloud.notifications()
    stack.cloud.sagemaker.outcomes = [outcome]
    execution = stack.approve(stack.register())
    assert (execution.status, execution.error) == ("FAILED", "RolledBack")
    assert stack.live() == first
    (note,) = stack.cloud.notifications()
    assert note["rollout"] == "failed" and note["error"] == "RolledBack"
    assert stack.refused(rollout) == []


def test_only_the_approval_of_this_group_reaches_the_rollout(template: Template, rollout: Resource, events: dict[str, dict]):
    rules = template.rules_to(rollout.arn)
    assert rules
    (group,) = template.all("AWS::SageMaker::ModelPackageGroup")
    recorded = events["model-package-state-change"]
    package = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/{group.name}/7"

    def reaches(event: dict) -> bool:
        return any(matches(rule, event) for rule in rules)

    assert reaches(model_package_event(recorded, package, "Approved"))
    for status in ("Rejected", "PendingManualApproval"):
        assert not reaches(model_package_event(recorded, package, status))
    for other in ("another", f"{group.name}-2"):
        assert not reaches(model_package_event(recorded, package.replace(f"/{group.name}/", f"/{other}/"), "Approved"))
    # What came later than the recorded example: an approved version of which something else has changed.
    assert reaches(model_package_event(recorded, package, "Approved", UpdatedModelPackageFields=["ModelApprovalStatus"]))
    assert not reaches(model_package_event(recorded, package, "Approved", UpdatedModelPackageFields=["CustomerMetadataProperties"]))
    assert not reaches({**model_package_event(recorded, package, "Approved"), "source": "mine.sagemaker"})
    assert not reaches({**model_package_event(recorded, package, "Approved"), "detail-type": "SageMaker Model State Change"})


def test_an_update_of_this_stack_and_nothing_less_reaches_the_rollout(template: Template, rollout: Resource):
    (rule,) = [each for each in template.rules_to(rollout.arn) if each.properties["EventPattern"]["source"] == ["aws.cloudformation"]]
    (stack_id,) = template.resolve(rule.properties["EventPattern"])["detail"]["stack-id"]

    def reaches(stack: str, status: str) -> bool:
        detail = {"stack-id": stack, "status-details": {"status": status, "status-reason": ""}, "client-request-token": ""}
        return matches(rule, {"source": "aws.cloudformation", "detail-type": "CloudFormation Stack Status Change", "detail": detail})

    assert reaches(stack_id, "UPDATE_COMPLETE") and reaches(stack_id, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    for status in ("CREATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", "DELETE_COMPLETE"):
        assert not reaches(stack_id, status)
    assert not reaches(f"{stack_id}-2", "UPDATE_COMPLETE")


# --- captured data -> drift -> training, and an alarm -----------------------------------------------------------------


@pytest.fixture
def serving(stack: Stack) -> Stack:
    """A version serves, and yesterday it was asked something: the capture lies where its endpoint config says."""
    assert stack.approve(stack.register()).status == "SUCCEEDED"
    (config,) = stack.cloud.calls.of("CreateEndpointConfig")
    (created,) = stack.cloud.calls.of("CreateEndpoint")
    bucket, _, prefix = config["DataCaptureConfig"]["DestinationS3Uri"].removeprefix("s3://").partition("/")
    yesterday = stack.cloud.clock.now() - datetime.timedelta(days=1)
    folder = f"{prefix}/{created['EndpointName']}/{config['ProductionVariants'][0]['VariantName']}/{yesterday:%Y/%m/%d/%H}".lstrip("/")
    stack.cloud.put(bucket, f"{folder}/12-34-567-0a1b2c3d.jsonl", "{}\n")
    stack.cloud.calls.calls.clear()
    return stack


def measure(stack: Stack, drift: Resource, result: dict) -> str:
    """One drift run with this result of the job; gives what it says about a training."""

    def work(job: dict) -> None:
        uri = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
        bucket, _, folder = uri.removeprefix("s3://").partition("/")
        stack.cloud.put(bucket, f"{folder}/drift.json", json.dumps(result))

    stack.cloud.sagemaker.work = work
    execution = stack.cloud.run(stack.machines[drift.arn], {})
    assert (execution.status, execution.output["status"]) == ("SUCCEEDED", "measured"), (execution.error, execution.cause, execution.states)
    return execution.output["training"]


def started(stack: Stack, pipeline: Resource) -> list[dict]:
    return stack.cloud.client("sagemaker").list_pipeline_executions(PipelineName=pipeline.name)["PipelineExecutionSummaries"]


def alarmed(stack: Stack) -> list[str]:
    """The alarms that go off on what was published."""
    points = alarms.published(stack.cloud.calls.of("PutMetricData"))
    published = {metric for metric, _ in points}
    watching = [alarm for alarm in stack.template.all("AWS::CloudWatch::Alarm") if alarms.metric_of(alarm) in published]
    assert watching, f"no alarm watches any of {sorted(published)}"
    return [alarm.name for alarm in watching if alarms.state_of(alarm, points) == "ALARM"]


def recapture(stack: Stack, days: float) -> None:
    """Days later, the endpoint was asked something on the day before."""
    before = stack.cloud.clock.now() - datetime.timedelta(days=1)
    stack.cloud.clock.advance(days * 86_400)
    after = stack.cloud.clock.now() - datetime.timedelta(days=1)
    client = stack.cloud.client("s3")
    for bucket in client.list_buckets()["Buckets"]:
        for each in client.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            if f"{before:%Y/%m/%d}" in each["Key"]:
                stack.cloud.put(bucket["Name"], each["Key"].replace(f"{before:%Y/%m/%d}", f"{after:%Y/%m/%d}"), "{}\n")


def test_drift_above_the_threshold_starts_the_pipeline_and_tells_people(serving: Stack, drift: Resource, pipeline: Resource):
    said = [measure(serving, drift, DRIFT) for _ in range(3)]
    assert said == ["started", "too-soon", "too-soon"]
    assert len(alarmed(serving)) == 1
    assert len(started(serving, pipeline)) == 1
    assert serving.refused(drift) == []


def test_drift_that_stays_starts_a_second_training_after_the_first_has_failed(serving: Stack, drift: Resource, pipeline: Resource):
    measure(serving, drift, DRIFT)
    serving.cloud.sagemaker.training_status = "Failed"
    recapture(serving, 7)
    assert measure(serving, drift, DRIFT) == "started"
    assert len(started(serving, pipeline)) == 2
    assert serving.refused(drift) == []


def test_while_a_training_runs_drift_starts_none(serving: Stack, drift: Resource, pipeline: Resource):
    measure(serving, drift, DRIFT)
    serving.cloud.sagemaker.training_status = "Executing"
    recapture(serving, 8)
    assert measure(serving, drift, DRIFT) == "running"
    assert len(started(serving, pipeline)) == 1


def test_while_a_version_waits_for_approval_drift_starts_none(serving: Stack, drift: Resource, pipeline: Resource):
    waiting = serving.register()
    assert measure(serving, drift, DRIFT) == "approval-pending"
    assert started(serving, pipeline) == []
    serving.cloud.approve(waiting, "Rejected")
    assert measure(serving, drift, DRIFT) == "started"
    assert serving.refused(drift) == []


def test_drift_below_the_threshold_does_not(serving: Stack, drift: Resource, pipeline: Resource):
    for _ in range(3):
        assert measure(serving, drift, {**DRIFT, "driftShare": 0.1, "driftedFeatures": 1}) == "not-needed"
    assert alarmed(serving) == []
    assert started(serving, pipeline) == []


def test_quality_below_its_gate_sets_off_an_alarm_of_its_own(serving: Stack, drift: Resource):
    calm = {**DRIFT, "driftShare": 0.0, "driftedFeatures": 0}
    for _ in range(3):
        measure(serving, drift, {**calm, "quality": {"accuracy": 0.95}})
    assert alarmed(serving) == []
    serving.cloud.calls.calls.clear()
    for _ in range(3):
        measure(serving, drift, {**calm, "quality": {"accuracy": 0.5}})
    assert len(alarmed(serving)) == 1


def test_no_alarm_reaches_the_pipeline(serving: Stack, template: Template, pipeline: Resource, events: dict[str, dict]):
    for alarm in template.all("AWS::CloudWatch::Alarm"):
        event = alarm_event(events["alarm-state-change"], alarm, "ALARM")
        assert pipeline.arn not in [target["Arn"] for _, target in reached(template, event)], f"{alarm.name} must not start a training"


def test_new_data_reaches_the_pipeline_when_it_is_complete(template: Template, pipeline: Resource, events: dict[str, dict]):
    (collector,) = [each for each in template.all("AWS::StepFunctions::StateMachine") if each.properties.get("StateMachineType") == "EXPRESS"]
    (rule,) = [each for each in template.rules_to(collector.arn) if "aws.s3" in each.properties["EventPattern"]["source"]]
    (bucket,) = rule.properties["EventPattern"]["detail"]["bucket"]["name"]
    recorded = events["object-created"]
    assert bucket in [each.name for each in template.all("AWS::S3::Bucket")]
    assert matches(rule, object_event(recorded, bucket, "incoming/_SUCCESS"))
    assert not matches(rule, object_event(recorded, bucket, "incoming/part-1.csv"))
    assert not matches(rule, object_event(recorded, bucket, "labels/_SUCCESS"))
    assert not matches(rule, object_event(recorded, f"{bucket}-2", "incoming/_SUCCESS"))
    assert not matches(rule, {**object_event(recorded, bucket, "incoming/_SUCCESS"), "detail-type": "Object Deleted"})


def test_without_an_endpoint_the_drift_run_ends_well(stack: Stack, drift: Resource):
    execution = stack.cloud.run(stack.machines[drift.arn], {})
    assert (execution.status, execution.output["status"]) == ("SUCCEEDED", "nothing-serves")
    assert stack.refused(drift) == []
