"""The drift run in all its forms, executed on captured data of the days before."""

from __future__ import annotations

import datetime
import json
import uuid

import pytest

from harness.cloud import Cloud
from harness.interpreter import Fault
from harness.sagemaker import JobFailed, Outcome
from test_rollout import approval, failed, succeeded

DRIFT = {"driftShare": 0.4, "driftedFeatures": 4, "features": {"age": {"score": 0.42, "drifted": True, "method": "K-S distance"}}, "rows": 120, "referenceRows": 400}
TIME = "2026-11-21T06:30:00Z"


@pytest.fixture
def serving(cloud: Cloud, forms: dict[str, str]) -> str:
    """A version that serves."""
    package = cloud.register()
    succeeded(cloud.run(cloud.machine("rollout", forms["rollout"]), approval(package)))
    cloud.notifications()
    cloud.calls.calls.clear()
    return package


def captured(cloud: Cloud, hour: str) -> None:
    """One file of captured requests, where SageMaker files it."""
    cloud.put("lake", f"capture/churn/AllTraffic/{hour}/30-12-345-0a1b2c3d.jsonl", "{}\n")


def monitor(cloud: Cloud, drift: dict):
    """The job's work: what the image's `monitor` verb would write."""

    def work(job: dict) -> None:
        uri = job["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
        bucket, _, folder = uri.removeprefix("s3://").partition("/")
        cloud.put(bucket, f"{folder}/drift.json", json.dumps(drift))

    return work


def metrics(cloud: Cloud) -> dict[str, float]:
    (published,) = cloud.calls.of("PutMetricData")
    assert published["Namespace"] == "MLOps"
    return {
        " ".join([each["MetricName"], *(dimension["Value"] for dimension in each["Dimensions"][1:])]): each["Value"] for each in published["MetricData"]
    }


def inputs(cloud: Cloud) -> dict[str, tuple[str, str]]:
    (job,) = cloud.calls.of("CreateProcessingJob")
    return {each["InputName"]: (each["S3Input"]["S3Uri"], each["S3Input"]["LocalPath"]) for each in job["ProcessingInputs"]}


def test_the_captured_day_becomes_metrics(cloud: Cloud, forms, serving):
    captured(cloud, "2026/11/20/23")
    cloud.sagemaker.work = monitor(cloud, DRIFT)
    execution = succeeded(cloud.run(cloud.machine("drift", forms["drift"]), {"time": TIME}), "measured")
    assert metrics(cloud) == {"DriftShare": 0.4, "DriftedFeatures": 4, "CapturedRows": 120}
    assert inputs(cloud) == {
        "captured-1": ("s3://lake/capture/churn/AllTraffic/2026/11/20/", "/opt/ml/processing/captured/1"),
        "reference": ("s3://artifacts/reference/", "/opt/ml/processing/reference"),
    }
    assert execution.output["report"].startswith("s3://artifacts/drift/2026-11-21-0630-")
    assert execution.output["version"] == 1
    assert cloud.notifications() == []


def test_too_few_rows_are_counted_and_say_nothing_about_drift(cloud: Cloud, forms, serving):
    captured(cloud, "2026/11/20/23")
    few = {"driftShare": 0.0, "driftedFeatures": 0, "features": {}, "rows": 7, "referenceRows": 400, "reason": "7 rows are too few to judge drift"}
    cloud.sagemaker.work = monitor(cloud, few)
    succeeded(cloud.run(cloud.machine("drift", forms["drift"]), {"time": TIME}), "measured")
    assert metrics(cloud) == {"CapturedRows": 7}


def test_the_image_is_asked_in_the_words_of_the_workload_contract(cloud: Cloud, forms, serving):
    captured(cloud, "2026/11/20/23")
    cloud.sagemaker.work = monitor(cloud, DRIFT)
    cloud.run(cloud.machine("drift", forms["drift"]), {"time": TIME})
    (job,) = cloud.calls.of("CreateProcessingJob")
    assert job["AppSpecification"]["ContainerArguments"] == ["monitor"]
    assert job["Environment"] == {
        "MLOPS_MODEL_NAME": "churn",
        "MLOPS_MODEL_VERSION": "1",
        "MLOPS_ENDPOINT_NAME": "churn",
        "MLOPS_REPORT_WINDOW": "2026-11-20 00:00 to 2026-11-21 00:00 UTC",
        "MLOPS_CAPTURED_DIR": "/opt/ml/processing/captured",
        "MLOPS_REFERENCE_DIR": "/opt/ml/processing/reference",
        "MLOPS_OUTPUT_DIR": "/opt/ml/processing/output",
        "MLOPS_CAPTURE_FORMAT": "sagemaker",
    }
    assert job["NetworkConfig"]["EnableNetworkIsolation"] is True


def test_without_a_time_it_looks_at_yesterday(cloud: Cloud, forms, serving):
    yesterday = cloud.clock.now() - datetime.timedelta(days=1)
    captured(cloud, yesterday.strftime("%Y/%m/%d/%H"))
    cloud.sagemaker.work = monitor(cloud, DRIFT)
    succeeded(cloud.run(cloud.machine("drift", forms["drift"]), {}), "measured")
    assert inputs(cloud)["captured-1"][0] == f"s3://lake/capture/churn/AllTraffic/{yesterday:%Y/%m/%d}/"


def test_days_without_data_are_left_out_and_labels_come_along(cloud: Cloud, forms, serving):
    for hour in ("2026/11/18/00", "2026/11/20/12", "2026/11/21/06", "2026/11/17/23"):
        captured(cloud, hour)
    cloud.put("lake", "labels/2026-11-20.jsonl", "{}\n")
    cloud.sagemaker.work = monitor(cloud, {**DRIFT, "quality": {"accuracy": 0.93, "recall": 0.5}})
    succeeded(cloud.run(cloud.machine("drift", forms["drift of three days with labels"]), {"time": TIME}), "measured")
    assert inputs(cloud) == {
        "captured-1": ("s3://lake/capture/churn/AllTraffic/2026/11/18/", "/opt/ml/processing/captured/1"),
        "captured-3": ("s3://lake/capture/churn/AllTraffic/2026/11/20/", "/opt/ml/processing/captured/3"),
        "labels": ("s3://lake/labels/", "/opt/ml/processing/labels"),
        "reference": ("s3://artifacts/reference/", "/opt/ml/processing/reference"),
    }
    assert metrics(cloud) == {
        "DriftShare": 0.4, "DriftedFeatures": 4, "CapturedRows": 120, "Quality.accuracy": 0.93, "Quality.recall": 0.5, "FeatureDrift age": 0.42,
    }


def test_labels_that_have_not_come_are_no_input(cloud: Cloud, forms, serving):
    captured(cloud, "2026/11/20/12")
    cloud.sagemaker.work = monitor(cloud, DRIFT)
    succeeded(cloud.run(cloud.machine("drift", forms["drift of three days with labels"]), {"time": TIME}), "measured")
    assert set(inputs(cloud)) == {"captured-3", "reference"}
    assert not [name for name in metrics(cloud) if name.startswith("Quality")]


def environment(cloud: Cloud) -> dict[str, str]:
    (job,) = cloud.calls.of("CreateProcessingJob")
    return job["Environment"]


def test_labels_that_take_a_month_are_about_what_was_asked_a_month_ago(cloud: Cloud, forms, serving):
    for hour in ("2026/11/20/12", "2026/11/19/12", "2026/10/21/12", "2026/10/22/12"):
        captured(cloud, hour)
    cloud.put("lake", "labels/2026-11-20.jsonl", "{}\n")
    cloud.sagemaker.work = monitor(cloud, DRIFT)
    succeeded(cloud.run(cloud.machine("drift", forms["drift with labels after a month"]), {"time": TIME}), "measured")
    assert inputs(cloud) == {
        "captured-1": ("s3://lake/capture/churn/AllTraffic/2026/11/20/", "/opt/ml/processing/captured/1"),
        "captured-2": ("s3://lake/capture/churn/AllTraffic/2026/10/21/", "/opt/ml/processing/captured/2"),
        "labels": ("s3://lake/labels/", "/opt/ml/processing/labels"),
        "reference": ("s3://artifacts/reference/", "/opt/ml/processing/reference"),
    }
    told = environment(cloud)
    assert told["MLOPS_WINDOW_START"] == "2026-11-20T00:00:00.000Z"
    assert told["MLOPS_WINDOW_END"] == "2026-11-21T00:00:00.000Z"
    assert told["MLOPS_REPORT_WINDOW"] == "2026-11-20 00:00 to 2026-11-21 00:00 UTC"
    assert datetime.datetime.fromisoformat(told["MLOPS_LIVE_SINCE"]) <= cloud.clock.now()


def test_where_nothing_was_asked_yesterday_the_labels_of_a_month_ago_are_measured(cloud: Cloud, forms, serving):
    captured(cloud, "2026/10/21/12")
    cloud.sagemaker.work = monitor(cloud, {**DRIFT, "rows": 0, "reason": "no request", "quality": {"accuracy": 0.9}})
    succeeded(cloud.run(cloud.machine("drift", forms["drift with labels after a month"]), {"time": TIME}), "measured")
    assert set(inputs(cloud)) == {"captured-2", "reference"}
    assert metrics(cloud) == {"CapturedRows": 0, "Quality.accuracy": 0.9}


@pytest.mark.parametrize(
    ("form", "time", "hours", "expected"),
    [
        (
            "drift of a week with labels after three days",
            "2026-11-03T06:00:00Z",
            ["2026/10/24/00", "2026/10/30/00", "2026/11/02/23"],
            ["2026/10/2", "2026/10/3", "2026/11/0"],
        ),
        (
            "drift of eight hours with labels after a day",
            "2026-11-21T03:10:00Z",
            ["2026/11/20/19", "2026/11/20/21", "2026/11/21/02", "2026/11/19/20", "2026/11/20/01"],
            ["2026/11/19/2", "2026/11/20/0", "2026/11/20/1", "2026/11/20/2", "2026/11/21/0"],
        ),
    ],
)
def test_two_windows_of_many_folders_are_handed_over_in_as_few_inputs_as_a_job_may_have(cloud: Cloud, forms, serving, form, time, hours, expected):
    for hour in hours:
        captured(cloud, hour)
    cloud.put("lake", "labels/x.jsonl", "{}\n")
    cloud.sagemaker.work = monitor(cloud, DRIFT)
    succeeded(cloud.run(cloud.machine("drift", forms[form]), {"time": time}), "measured")
    places = [uri for name, (uri, _) in inputs(cloud).items() if name.startswith("captured")]
    assert sorted(places) == [f"s3://lake/capture/churn/AllTraffic/{place}" for place in expected]
    assert len(inputs(cloud)) <= 10
    assert "MLOPS_WINDOW_START" in environment(cloud)


def test_a_quality_of_too_few_labels_is_no_metric_and_trains_nothing(cloud: Cloud, forms, serving):
    captured(cloud, "2026/11/20/12")
    few = {**DRIFT, "driftShare": 0.1, "labelledRows": 1, "qualityReason": "1 labelled rows are too few to judge quality, at least 100 are needed"}
    cloud.sagemaker.work = monitor(cloud, few)
    execution = succeeded(cloud.run(cloud.machine("drift", forms["drift that retrains"]), {"time": TIME}), "measured")
    assert metrics(cloud) == {"DriftShare": 0.1, "DriftedFeatures": 4, "CapturedRows": 120}
    assert execution.output["training"] == "not-needed"
    assert cloud.calls.of("StartPipelineExecution") == []


def test_a_window_of_hours_ends_with_the_last_full_hour_and_crosses_midnight(cloud: Cloud, forms, serving):
    for hour in ("2026/11/20/20", "2026/11/20/21", "2026/11/21/02", "2026/11/21/03"):
        captured(cloud, hour)
    cloud.sagemaker.work = monitor(cloud, DRIFT)
    succeeded(cloud.run(cloud.machine("drift", forms["drift of six hours"]), {"time": "2026-11-21T03:10:00Z"}), "measured")
    assert [uri[-14:] for name, (uri, _) in inputs(cloud).items() if name != "reference"] == ["2026/11/20/21/", "2026/11/21/02/"]


def test_without_an_endpoint_the_run_ends_well(cloud: Cloud, forms):
    succeeded(cloud.run(cloud.machine("drift", forms["drift"]), {"time": TIME}), "nothing-serves")
    assert cloud.notifications() == [] and "PutMetricData" not in cloud.calls.names()


@pytest.mark.parametrize("form", ["drift", "drift of a component"])
@pytest.mark.parametrize("approved", ["PendingManualApproval", "Rejected"])
def test_before_the_first_approval_nothing_can_serve(cloud: Cloud, forms, form: str, approved: str):
    cloud.register(approval=approved)
    succeeded(cloud.run(cloud.machine("drift", forms[form]), {"time": TIME}), "nothing-serves")
    assert cloud.notifications() == []


@pytest.mark.parametrize("form", ["drift", "drift of a component"])
def test_that_nothing_serves_although_a_version_is_approved_is_a_failure_that_somebody_hears_of(cloud: Cloud, forms, form: str):
    cloud.register()
    cloud.register(approval="Rejected")
    cloud.sagemaker.page_size = 1
    failed(cloud.run(cloud.machine("drift", forms[form]), {"time": TIME}), "NothingServes")
    (note,) = cloud.notifications()
    assert (note["subject"], note["reason"]) == (
        "Drift run failed: churn", "nothing serves although version 1 is approved. Look at its rollout, and start it again by hand"
    )


def test_an_endpoint_that_has_failed_serves_nothing(cloud: Cloud, forms, serving):
    cloud.sagemaker.outcomes = [Outcome(status="Failed", reason="no capacity")]
    cloud.client("sagemaker").update_endpoint(EndpointName="churn", EndpointConfigName=cloud.config_names()[0])
    cloud.clock.advance(3600)
    failed(cloud.run(cloud.machine("drift", forms["drift"]), {"time": TIME}), "NothingServes")
    assert "the status is Failed" in cloud.notifications()[0]["reason"]


def test_a_stage_waits_for_its_first_promotion(cloud: Cloud, forms):
    cloud.register()
    succeeded(cloud.run(cloud.machine("drift", forms["drift of a stage"]), {"time": TIME}), "nothing-serves")


#: The calls of a drift run that starts a training, but for the start of the job, which has tests of its own.
CALLS = [
    "DescribeEndpoint", "DescribeEndpointConfig", "DescribeModel", "DescribeModelPackage", "ListObjectsV2", "GetObject", "PutMetricData",
    "ListPipelineExecutions", "ListModelPackages", "StartPipelineExecution",
]


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 400, "code": "ThrottlingException"}, {"status": 500, "done": True}])
@pytest.mark.parametrize("name", CALLS)
def test_a_drift_run_asks_for_minutes_where_a_service_does_not_answer(cloud: Cloud, machine: str, name: str, fault: dict):
    cloud.calls.fault = Fault(name=name, times=12, **fault)
    assert training(cloud, machine) in ("started", "running")
    assert len(trainings(cloud)) == 1 and cloud.notifications() == []


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_a_drift_run_may_not_make_is_a_failure_at_once(cloud: Cloud, machine: str, name: str):
    cloud.calls.fault = Fault(name=name, times=4, status=400, code="AccessDeniedException")
    before = cloud.clock.passed
    assert cloud.run(machine, {"time": TIME}).status == "FAILED"
    assert cloud.clock.passed - before < 300
    assert len(cloud.notifications()) == 1


@pytest.mark.parametrize(("name", "least", "most"), [("DescribeModel", 1800, 2000), ("PutMetricData", 5400, 6700)])
def test_a_drift_run_gives_up_in_time_to_say_so(cloud: Cloud, machine: str, name: str, least: int, most: int):
    cloud.calls.blind = {name}
    before = cloud.clock.passed
    assert cloud.run(machine, {"time": TIME}).status == "FAILED"
    assert least <= cloud.clock.passed - before < most
    assert len(cloud.notifications()) == 1


def test_without_captured_data_the_run_ends_well(cloud: Cloud, forms, serving):
    captured(cloud, "2026/11/19/23")
    captured(cloud, "2026/11/21/00")
    succeeded(cloud.run(cloud.machine("drift", forms["drift"]), {"time": TIME}), "nothing-captured")
    assert cloud.notifications() == [] and "PutMetricData" not in cloud.calls.names()


def test_a_version_without_a_reference_is_a_failure_that_says_so(cloud: Cloud, forms):
    package = cloud.register(metadata={"evaluation": "s3://artifacts/evaluation.json"})
    succeeded(cloud.run(cloud.machine("rollout", forms["rollout"]), approval(package)))
    cloud.notifications()
    failed(cloud.run(cloud.machine("drift", forms["drift"]), {"time": TIME}), "NoReference")
    assert [note["error"] for note in cloud.notifications()] == ["NoReference"]


def test_a_job_that_fails_is_a_failure_that_somebody_hears_of(cloud: Cloud, forms, serving):
    captured(cloud, "2026/11/20/12")

    def work(job: dict) -> None:
        raise JobFailed('the reference has no column "age"')

    cloud.sagemaker.work = work
    execution = failed(cloud.run(cloud.machine("drift", forms["drift"]), {"time": TIME}), "TaskFailed")
    assert json.loads(execution.cause)["FailureReason"] == 'the reference has no column "age"'
    (note,) = cloud.notifications()
    assert note["subject"] == "Drift run failed: churn" and "has no column" in note["reason"]
    assert "PutMetricData" not in cloud.calls.names()


def test_a_job_that_is_turned_away_is_asked_for_again(cloud: Cloud, forms, serving):
    captured(cloud, "2026/11/20/12")
    cloud.sagemaker.work = monitor(cloud, DRIFT)
    cloud.sagemaker.refuse = {"CreateProcessingJob": ["Rate exceeded"]}
    succeeded(cloud.run(cloud.machine("drift", forms["drift"]), {"time": TIME}), "measured")


def test_a_job_whose_start_was_not_answered_is_waited_for(cloud: Cloud, forms, serving):
    captured(cloud, "2026/11/20/12")
    cloud.sagemaker.work = monitor(cloud, DRIFT)
    cloud.calls.fault = Fault(name="CreateProcessingJob", done=True)
    execution = succeeded(cloud.run(cloud.machine("drift", forms["drift"]), {"time": TIME}), "measured")
    assert "LookAtProcessingJob" in execution.states
    assert metrics(cloud)["DriftShare"] == 0.4 and cloud.notifications() == []


def test_a_job_that_could_not_be_started_is_a_failure(cloud: Cloud, forms, serving):
    captured(cloud, "2026/11/20/12")
    cloud.calls.fault = Fault(name="CreateProcessingJob", status=400, code="ResourceLimitExceeded", times=4)
    execution = failed(cloud.run(cloud.machine("drift", forms["drift"]), {"time": TIME}), "SageMaker.AmazonSageMakerException")
    assert "ResourceLimitExceeded" in execution.cause
    assert len(cloud.notifications()) == 1


# --- drift that retrains ----------------------------------------------------------------------------------------------


@pytest.fixture
def machine(cloud: Cloud, forms, serving) -> str:
    """The drift run that starts the pipeline `churn`; each day some requests were captured."""
    cloud.client("sagemaker").create_pipeline(
        PipelineName="churn", PipelineDefinition="{}", ClientRequestToken="0" * 32, RoleArn="arn:aws:iam::123456789012:role/pipeline"
    )
    captured(cloud, "2026/11/20/12")
    cloud.sagemaker.work = monitor(cloud, DRIFT)
    return cloud.machine("drift", forms["drift that retrains"])


def training(cloud: Cloud, machine: str) -> str:
    """What a run says about a training."""
    return succeeded(cloud.run(machine, {"time": TIME}), "measured").output["training"]


def trainings(cloud: Cloud) -> list[dict]:
    """The trainings so far, the oldest first."""
    client = cloud.client("sagemaker")
    return client.list_pipeline_executions(PipelineName="churn", SortOrder="Ascending")["PipelineExecutionSummaries"]


def pass_days(cloud: Cloud, days: float) -> None:
    cloud.clock.advance(days * 86_400)


@pytest.mark.parametrize(("share", "said", "started"), [(0.31, "started", 1), (0.3, "not-needed", 0), (0.1, "not-needed", 0)])
def test_the_pipeline_starts_above_the_limit_only(cloud: Cloud, machine: str, share: float, said: str, started: int):
    cloud.sagemaker.work = monitor(cloud, {**DRIFT, "driftShare": share})
    assert training(cloud, machine) == said
    assert len(trainings(cloud)) == started


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({}, "drift"),
        ({"quality": {"accuracy": 0.95}}, "drift"),
        ({"quality": {"accuracy": 0.5}}, "drift and quality"),
        ({"quality": {"accuracy": 0.5}, "driftShare": 0.0}, "quality"),
        ({"quality": {"recall": 0.5}, "driftShare": 0.0}, None),
        ({"quality": {"accuracy": 0.9}, "driftShare": 0.0}, None),
        ({"quality": None, "driftShare": 0.0}, None),
    ],
)
def test_one_training_says_all_that_asked_for_it(cloud: Cloud, machine: str, found: dict, why: str | None):
    cloud.sagemaker.work = monitor(cloud, {**DRIFT, **found})
    training(cloud, machine)
    client = cloud.client("sagemaker")
    told = [
        client.list_pipeline_parameters_for_execution(PipelineExecutionArn=each["PipelineExecutionArn"])["PipelineParameters"]
        for each in trainings(cloud)
    ]
    assert told == ([] if why is None else [[{"Name": "TriggeredBy", "Value": why}]])
    for each in trainings(cloud):
        assert each["PipelineExecutionDisplayName"].startswith("drift-2026-11-21-0630-")
        assert each["PipelineExecutionDescription"].startswith(f"{why}, see drift/2026-11-21-0630-")


@pytest.mark.parametrize("status", ["Failed", "Stopped", "Succeeded"])
def test_drift_that_stays_starts_a_second_training_a_week_after_the_first_has_failed(cloud: Cloud, machine: str, status: str):
    assert training(cloud, machine) == "started"
    cloud.sagemaker.training_status = status
    for _ in range(6):
        pass_days(cloud, 1)
        assert training(cloud, machine) == "too-soon"
    pass_days(cloud, 1)
    assert training(cloud, machine) == "started"
    assert len(trainings(cloud)) == 2


def test_a_week_later_a_run_that_is_quicker_than_the_last_still_starts_one(cloud: Cloud, machine: str):
    """The job of the first run takes an hour, that of the second a moment."""
    work = cloud.sagemaker.work
    cloud.sagemaker.work = lambda job: (cloud.clock.advance(3600), work(job))
    assert training(cloud, machine) == "started"
    cloud.sagemaker.work = work
    pass_days(cloud, 7 - 1 / 24)
    assert training(cloud, machine) == "started"


@pytest.mark.parametrize("status", ["Executing", "Stopping"])
def test_while_a_training_runs_none_is_started(cloud: Cloud, machine: str, status: str):
    cloud.client("sagemaker").start_pipeline_execution(PipelineName="churn", ClientRequestToken="2" * 32)
    cloud.sagemaker.training_status = status
    pass_days(cloud, 30)
    assert training(cloud, machine) == "running"
    assert len(trainings(cloud)) == 1
    cloud.sagemaker.training_status = "Failed"
    assert training(cloud, machine) == "started"


def others(cloud: Cloud, count: int) -> None:
    """Trainings that something else has started since."""
    for _ in range(count):
        cloud.clock.advance(60)
        cloud.client("sagemaker").start_pipeline_execution(PipelineName="churn", ClientRequestToken=str(uuid.uuid4()))


def test_the_training_of_the_week_is_found_behind_all_that_others_have_started_since(cloud: Cloud, machine: str):
    assert training(cloud, machine) == "started"
    others(cloud, 120)
    assert training(cloud, machine) == "too-soon"


def test_a_training_that_still_runs_is_found_behind_all_that_others_have_started_since(cloud: Cloud, machine: str):
    others(cloud, 1)
    (long,) = trainings(cloud)
    cloud.sagemaker.training_statuses[long["PipelineExecutionArn"]] = "Executing"
    pass_days(cloud, 20)
    cloud.sagemaker.page_size = 5
    others(cloud, 9)
    assert training(cloud, machine) == "running"


def test_trainings_that_cannot_run_any_more_are_not_read(cloud: Cloud, machine: str):
    others(cloud, 30)
    pass_days(cloud, 40)
    cloud.sagemaker.page_size = 2
    others(cloud, 3)
    assert training(cloud, machine) == "started"
    assert len(cloud.calls.of("ListPipelineExecutions")) == 2


@pytest.mark.parametrize(("compares", "said"), [(False, "started"), (True, "running")])
def test_of_two_runs_at_once_one_starts_a_training(cloud: Cloud, machine: str, compares: bool, said: str):
    """The second looks and starts after the first has looked, and before it starts."""
    cloud.sagemaker.training_status = "Executing"
    cloud.sagemaker.compares_repeated_starts = compares
    second = []
    cloud.sagemaker.refuse = {"StartPipelineExecution": [lambda: (second.append(training(cloud, machine)), "Rate exceeded")[1]]}
    assert training(cloud, machine) == said
    assert second == ["started"]
    assert len(trainings(cloud)) == 1
    assert cloud.notifications() == []


def test_trainings_that_something_else_started_do_not_count_for_the_week(cloud: Cloud, machine: str):
    cloud.client("sagemaker").start_pipeline_execution(PipelineName="churn", PipelineExecutionDisplayName="by-hand", ClientRequestToken="2" * 32)
    assert training(cloud, machine) == "started"


def test_while_a_newer_version_waits_for_a_person_none_is_started(cloud: Cloud, machine: str):
    waiting = cloud.register(approval="PendingManualApproval")
    assert training(cloud, machine) == "approval-pending"
    assert trainings(cloud) == []
    cloud.approve(waiting, "Rejected")
    assert training(cloud, machine) == "started"


def test_a_version_that_waits_is_found_behind_newer_ones_that_were_rejected(cloud: Cloud, machine: str):
    cloud.register(approval="PendingManualApproval")
    cloud.register(approval="Rejected")
    cloud.sagemaker.page_size = 1
    assert training(cloud, machine) == "approval-pending"


def test_an_older_version_that_still_waits_holds_nothing_up(cloud: Cloud, forms, machine: str):
    cloud.register(approval="PendingManualApproval")
    newest = cloud.register()
    succeeded(cloud.run(cloud.machine("rollout-again", forms["rollout"]), approval(newest)))
    assert cloud.live_package() == newest
    assert training(cloud, machine) == "started"


def test_a_pipeline_that_cannot_be_started_is_a_failure_that_somebody_hears_of(cloud: Cloud, machine: str):
    cloud.client("sagemaker").delete_pipeline(PipelineName="churn", ClientRequestToken="0" * 32)
    execution = cloud.run(machine, {"time": TIME})
    assert execution.status == "FAILED"
    assert metrics(cloud)["DriftShare"] == 0.4
    assert [note["subject"] for note in cloud.notifications()] == ["Drift run failed: churn"]
