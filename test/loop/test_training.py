"""The training pipeline's own definition, run step by step: the API takes every call, and the gate decides what is registered."""

from __future__ import annotations

import json

import boto3
import pytest
from moto import mock_aws

from conftest import render
from harness.pipeline import Pipeline

REGION = "eu-west-1"
FORMS = ["least", "gated", "most", "warm pool", "reserved", "lustre", "recorded"]
GOOD = {"auc": 0.95, "rmse": 1.0}


@pytest.fixture(scope="session")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return json.loads(render("render-training.ts", tmp_path_factory.mktemp("training") / "forms.json").read_text())


@pytest.fixture
def sagemaker():
    with mock_aws():
        client = boto3.client("sagemaker", region_name=REGION)
        client.create_model_package_group(ModelPackageGroupName="churn")
        boto3.client("s3", region_name=REGION).create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": REGION})
        yield client


def pipeline(sagemaker, definition: str, metrics: dict[str, float] = GOOD) -> Pipeline:
    return Pipeline(definition, sagemaker, boto3.client("s3", region_name=REGION), metrics)


def test_every_form_is_tried(definitions: dict[str, str]):
    assert sorted(definitions) == sorted(FORMS)


@pytest.mark.parametrize("form", FORMS)
def test_the_service_takes_the_definition(sagemaker, definitions: dict[str, str], form: str):
    sagemaker.create_pipeline(
        PipelineName="churn-training", PipelineDefinition=definitions[form], ClientRequestToken="0" * 32, RoleArn="arn:aws:iam::123456789012:role/pipeline"
    )
    started = sagemaker.start_pipeline_execution(PipelineName="churn-training", PipelineParameters=[{"Name": "TriggeredBy", "Value": "schedule"}])
    assert started["PipelineExecutionArn"]


@pytest.mark.parametrize("form", FORMS)
def test_the_api_takes_every_call_of_a_run_and_a_version_is_registered(sagemaker, definitions: dict[str, str], form: str):
    run = pipeline(sagemaker, definitions[form]).run()
    assert run.failure is None
    assert run.steps[-1] == "Register"
    package = sagemaker.describe_model_package(ModelPackageName=run.package_arn)
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    assert package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"].startswith("s3://artifacts/training/churn-training/models/")
    assert package["CustomerMetadataProperties"] == {
        "driftReference": f"s3://artifacts/evaluation/churn-training/{run.id}/reference/",
        "evaluation": f"s3://artifacts/evaluation/churn-training/{run.id}/evaluation.json",
        "dataset": "s3://raw/dataset",
        "pipelineExecution": f"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn-training/execution/{run.id}",
        "triggeredBy": "hand",
        **({"mlflowRun": "abc123"} if form == "recorded" else {}),
    }


@pytest.mark.parametrize(
    ("metrics", "registers"),
    [
        (GOOD, True),
        ({"auc": 0.9, "rmse": 2}, True),
        ({"auc": 0.89, "rmse": 1.0}, False),
        ({"auc": 0.95, "rmse": 2.1}, False),
    ],
)
def test_the_gate_registers_what_meets_every_condition_only(sagemaker, definitions: dict[str, str], metrics: dict[str, float], registers: bool):
    run = pipeline(sagemaker, definitions["gated"], metrics).run()
    assert run.steps == ["Train", "Evaluate", "Gate", "Register" if registers else "Reject"]
    assert len(sagemaker.list_model_packages(ModelPackageGroupName="churn")["ModelPackageSummaryList"]) == int(registers)


@pytest.mark.parametrize(("auc", "last"), [(0.95, "Register"), (0.5, "Reject")])
def test_a_run_is_recorded_before_the_gate_whether_it_holds_or_not(sagemaker, definitions: dict[str, str], auc: float, last: str):
    run = pipeline(sagemaker, definitions["recorded"], {"auc": auc}).run(TriggeredBy="drift")
    assert run.steps == ["Train", "Evaluate", "Record", "Gate", last]
    assert run.calls["Record"] == {
        "experiment": "churn-training",
        "name": run.id,
        "execution": f"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn-training/execution/{run.id}",
        "triggeredBy": "drift",
        "job": f"pipelines-{run.id}-Train",
        "model": sagemaker.describe_training_job(TrainingJobName=f"pipelines-{run.id}-Train")["ModelArtifacts"]["S3ModelArtifacts"],
        "dataset": "s3://raw/dataset",
        "evaluation": f"s3://artifacts/evaluation/churn-training/{run.id}/evaluation.json",
        "gates": '[{"metric":"auc","threshold":0.9,"higherIsBetter":true}]',
    }


def test_a_rejected_model_says_why_and_where_the_numbers_are(sagemaker, definitions: dict[str, str]):
    run = pipeline(sagemaker, definitions["gated"], {"auc": 0.5, "rmse": 1}).run()
    assert run.failure == (
        "The model is not registered, because the quality gate asks for auc at least 0.9, rmse at most 2: "
        f"see s3://artifacts/evaluation/churn-training/{run.id}/evaluation.json"
    )


def test_training_reads_what_was_prepared_and_evaluation_what_was_held_out(sagemaker, definitions: dict[str, str]):
    run = pipeline(sagemaker, definitions["most"]).run()
    prepared = f"s3://artifacts/training/churn-training/{run.id}/dataset"
    assert run.calls["Prepare"]["ProcessingInputs"][0]["S3Input"]["S3Uri"] == "s3://raw/dataset/"
    channels = {each["ChannelName"]: each["DataSource"]["S3DataSource"]["S3Uri"] for each in run.calls["Train"]["InputDataConfig"]}
    assert channels == {"train": f"{prepared}/train/", "validation": f"{prepared}/validation/"}
    assert run.calls["Evaluate"]["ProcessingInputs"][1]["S3Input"]["S3Uri"] == f"{prepared}/test/"
    assert run.calls["Train"]["CheckpointConfig"]["S3Uri"] == f"s3://artifacts/checkpoints/churn-training/{run.id}"


def test_a_run_overrides_hyperparameters_data_and_machines(sagemaker, definitions: dict[str, str]):
    run = pipeline(sagemaker, definitions["gated"]).run(depth="7", DatasetUri="s3://raw/other", TrainingInstanceType="ml.m5.4xlarge", TrainingInstanceCount=3)
    train = run.calls["Train"]
    assert train["HyperParameters"] == {"depth": "7"}
    assert train["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] == "s3://raw/other/train/"
    assert (train["ResourceConfig"]["InstanceType"], train["ResourceConfig"]["InstanceCount"]) == ("ml.m5.4xlarge", 3)


def test_a_run_cannot_choose_machines_that_break_a_promise(sagemaker, definitions: dict[str, str]):
    with pytest.raises(ValueError, match="TrainingInstanceType must be one of"):
        pipeline(sagemaker, definitions["gated"]).run(TrainingInstanceType="ml.g5.xlarge")
