"""One account of moto for one test, with the workflows' surroundings and what a test does with them."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import boto3
from moto import mock_aws

from . import interpreter
from .interpreter import Clock, Recorder
from .sagemaker import SageMaker, extended
from .template import ACCOUNT, REGION

GROUP = "churn"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"


@lru_cache
def _client(service: str):
    return boto3.client(service, region_name=REGION)


@dataclass
class Execution:
    status: str
    output: Any
    error: str | None
    cause: str | None
    #: Names of the states, in the order in which they were entered.
    states: list[str]


@dataclass
class Cloud:
    clock: Clock
    sagemaker: SageMaker
    calls: Recorder
    queue_url: str = ""

    def client(self, service: str):
        return _client(service)

    # --- machines -----------------------------------------------------------------------------------------------------

    def machine(self, name: str, definition: str, type_: str = "STANDARD") -> str:
        created = self.client("stepfunctions").create_state_machine(
            name=name, definition=definition, roleArn=f"arn:aws:iam::{ACCOUNT}:role/workflow", type=type_
        )
        return created["stateMachineArn"]

    def start(self, machine: str, event: dict) -> str:
        return self.client("stepfunctions").start_execution(
            stateMachineArn=machine, name=str(uuid.uuid4()), input=json.dumps(event)
        )["executionArn"]

    def finished(self, execution: str, seconds: float = 60) -> Execution:
        client = self.client("stepfunctions")
        deadline = time.monotonic() + seconds
        while (described := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
            assert time.monotonic() < deadline, f"still running after {seconds} s: {self._states(execution)[-12:]}"
            time.sleep(0.02)
        return Execution(
            described["status"],
            json.loads(described["output"]) if described.get("output") else None,
            described.get("error"),
            described.get("cause"),
            self._states(execution),
        )

    def run(self, machine: str, event: dict) -> Execution:
        return self.finished(self.start(machine, event))

    def _states(self, execution: str) -> list[str]:
        events = self.client("stepfunctions").get_execution_history(executionArn=execution, maxResults=1000)["events"]
        return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]

    # --- registry -----------------------------------------------------------------------------------------------------

    def register(self, approval: str = "Approved", metadata: dict | None = None, group: str = GROUP) -> str:
        """A new version, as the training pipeline registers it."""
        return self.client("sagemaker").create_model_package(
            ModelPackageGroupName=group,
            ModelApprovalStatus=approval,
            InferenceSpecification={
                "Containers": [{"Image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/churn:1", "ModelDataUrl": "s3://artifacts/model.tar.gz"}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            CustomerMetadataProperties=metadata or {"driftReference": "s3://artifacts/reference/"},
        )["ModelPackageArn"]

    def approve(self, package: str, status: str = "Approved") -> None:
        self.client("sagemaker").update_model_package(ModelPackageArn=package, ModelApprovalStatus=status)

    def live_package(self, endpoint: str = "churn", variant: str = "AllTraffic") -> str:
        """The version that answers."""
        client = self.client("sagemaker")
        config = client.describe_endpoint_config(EndpointConfigName=client.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"])
        model = next(each["ModelName"] for each in config["ProductionVariants"] if each["VariantName"] == variant)
        return client.describe_model(ModelName=model)["PrimaryContainer"]["ModelPackageName"]

    def model_names(self) -> list[str]:
        return [model["ModelName"] for model in self.client("sagemaker").list_models()["Models"]]

    def config_names(self) -> list[str]:
        return [config["EndpointConfigName"] for config in self.client("sagemaker").list_endpoint_configs()["EndpointConfigs"]]

    def counts(self, endpoint: str = "churn") -> dict[str, int]:
        """Instances of each variant."""
        variants = self.client("sagemaker").describe_endpoint(EndpointName=endpoint)["ProductionVariants"]
        return {each["VariantName"]: each["DesiredInstanceCount"] for each in variants}

    # --- notifications ------------------------------------------------------------------------------------------------

    def notifications(self) -> list[dict]:
        """What the topic has told its subscribers since the last look."""
        found = []
        client = self.client("sqs")
        while messages := client.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                body = json.loads(message["Body"])
                found.append({"subject": body["Subject"], **json.loads(body["Message"])})
                client.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def put(self, bucket: str, key: str, text: str) -> None:
        self.client("s3").put_object(Bucket=bucket, Key=key, Body=text.encode())


@contextmanager
def cloud() -> Iterator[Cloud]:
    """An account with a topic that a queue listens to, three buckets and one model package group."""
    clock = Clock()
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}), interpreter.completed(clock), extended(clock) as sagemaker:
        interpreter.RECORDER.calls.clear()
        interpreter.RECORDER.fault = interpreter.RECORDER.after = None
        interpreter.RECORDER.blind = set()
        account = Cloud(clock, sagemaker, interpreter.RECORDER)
        listen(account, "alerts")
        for bucket in ("lake", "artifacts"):
            account.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        account.client("sagemaker").create_model_package_group(ModelPackageGroupName=GROUP)
        yield account


def listen(account: Cloud, topic: str) -> None:
    """A topic of this name, and a queue that hears it."""
    arn = account.client("sns").create_topic(Name=topic)["TopicArn"]
    account.queue_url = account.client("sqs").create_queue(QueueName=f"{topic}-heard")["QueueUrl"]
    queue_arn = account.client("sqs").get_queue_attributes(QueueUrl=account.queue_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    account.client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn)
