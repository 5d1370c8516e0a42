"""`cdk deploy` of the examples, with the pinned CLI, against a local moto server: level 0, then 1 and 2 over it.

The simulator checks what it models (names, references, order, updates) and takes the rest in name only; the closing
lines say which types those were.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from conftest import IGNORED_TYPES

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT, REGION = "123456789012", "eu-central-1"
CDK = str(ROOT / "node_modules" / ".bin" / "cdk")
CONTEXT = ["-c", f"account={ACCOUNT}", "-c", f"region={REGION}", "-c", f"image={ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/breast-cancer:1"]


class Cloud:
    """A moto server with a bootstrapped environment."""

    def __init__(self, log: Path):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.log = log
        self.server = subprocess.Popen(
            [sys.executable, "-u", str(Path(__file__).with_name("server.py")), "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=log.open("w"), stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DISABLE_VERSION_CHECK": "1",
        }

    def cdk(self, *args: str, cwd: Path = ROOT) -> str:
        run = subprocess.run([CDK, *args], cwd=cwd, env=self.env, capture_output=True, text=True, timeout=600)
        assert run.returncode == 0, f"cdk {' '.join(args)} failed:\n{run.stdout[-4000:]}\n{run.stderr[-4000:]}\n{self.log_tail()}"
        return run.stdout + run.stderr

    def client(self, service: str):
        return boto3.client(
            service, endpoint_url=self.url, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test",
        )

    def log_tail(self) -> str:
        return "".join(line for line in self.log.read_text().splitlines(keepends=True) if " 200 -" not in line)[-6000:]

    def resources(self) -> dict[str, dict]:
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName="BreastCancer")
        return {each["LogicalResourceId"]: each for page in pages for each in page["StackResourceSummaries"]}

    def ignored_types(self) -> set[str]:
        """The types of the stack that moto does not model; the log knows those of every stack so far."""
        unknown = set(re.findall(r"No Moto CloudFormation support for (AWS::\w+::\w+)", self.log.read_text()))
        return unknown & {each["ResourceType"] for each in self.resources().values()}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    cloud = Cloud(tmp_path_factory.mktemp("moto") / "server.log")
    try:
        cloud.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}", "--app", "")
        yield cloud
    finally:
        cloud.server.terminate()
        cloud.server.wait(timeout=20)


BEFORE: dict[str, dict[str, str]] = {"ids": {}}
RECORD = b"id,radius_mean,diagnosis"


@pytest.mark.parametrize("level", [0, 1, 2])
def test_deploys_over_the_level_below(cloud, level, tmp_path):
    example = f"aws-level{level}"
    cloud.cdk("deploy", "--require-approval", "never", "--output", str(tmp_path), *CONTEXT, cwd=ROOT / "examples" / example)
    stack = cloud.client("cloudformation").describe_stacks(StackName="BreastCancer")["Stacks"][0]
    assert stack["StackStatus"] == ("CREATE_COMPLETE" if level == 0 else "UPDATE_COMPLETE"), cloud.log_tail()

    template = json.loads((tmp_path / "BreastCancer.template.json").read_text())["Resources"]
    deployed = cloud.resources()
    assert set(deployed) == set(template)
    assert all(each["PhysicalResourceId"] for each in deployed.values())

    # A level up changes what is there, and replaces nothing (moto makes a dashboard anew for every change).
    ids = {name: each["PhysicalResourceId"] for name, each in deployed.items() if each["ResourceType"] != "AWS::CloudWatch::Dashboard"}
    assert {name: ids.get(name) for name in BEFORE["ids"]} == BEFORE["ids"]
    BEFORE["ids"] = ids

    bounded = [each for each in template.values() if each["Type"] == "AWS::IAM::Role" and "PermissionsBoundary" in each["Properties"]]
    iam = cloud.client("iam")
    roles = [each["PhysicalResourceId"] for each in deployed.values() if each["ResourceType"] == "AWS::IAM::Role"]
    assert sum("PermissionsBoundary" in iam.get_role(RoleName=role)["Role"] for role in roles) == len(bounded)

    if level == 0:
        for bucket in _buckets(cloud):
            cloud.client("s3").put_object(Bucket=bucket, Key="dataset/train.csv", Body=RECORD)
    IGNORED_TYPES[example] = cloud.ignored_types()


def _buckets(cloud) -> list[str]:
    return [each["PhysicalResourceId"] for each in cloud.resources().values() if each["ResourceType"] == "AWS::S3::Bucket"]


def _records(cloud) -> dict[str, bytes]:
    s3 = cloud.client("s3")
    listed = {bucket["Name"]: s3.list_objects_v2(Bucket=bucket["Name"], Prefix="dataset/") for bucket in s3.list_buckets()["Buckets"]}
    return {name: s3.get_object(Bucket=name, Key="dataset/train.csv")["Body"].read() for name, page in listed.items() if page["KeyCount"]}


def test_data_survives_the_way_up(cloud):
    buckets = {bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]}
    kept = _buckets(cloud)
    assert len(kept) >= 4
    assert set(kept) <= buckets
    assert list(_records(cloud).values()) == [RECORD] * 4


def test_destroy_keeps_the_data(cloud, tmp_path):
    before = {bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]}
    resources = cloud.resources()
    template = cloud.client("cloudformation").get_template(StackName="BreastCancer")["TemplateBody"]
    cloud.cdk("destroy", "--force", "--output", str(tmp_path), *CONTEXT, cwd=ROOT / "examples" / "aws-level2")
    after = {bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]}
    assert after == before
    assert list(_records(cloud).values()) == [RECORD] * 4

    keys = {name: each["PhysicalResourceId"] for name, each in resources.items() if each["ResourceType"] == "AWS::KMS::Key"}
    assert keys
    for key in keys.values():  # what is encrypted stays readable
        assert cloud.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    left = {role["RoleName"] for role in cloud.client("iam").list_roles()["Roles"]}
    roles = {name: each["PhysicalResourceId"] for name, each in resources.items() if each["ResourceType"] == "AWS::IAM::Role"}
    kept = {name for name in roles if template["Resources"][name].get("DeletionPolicy", "Delete").startswith("Retain")}
    assert 0 < len(kept) < len(roles)  # what stays keeps the role that it works with, and nothing else does
    assert {name for name, role in roles.items() if role in left} == kept
    stacks = [each["StackName"] for each in cloud.client("cloudformation").describe_stacks()["Stacks"]]
    assert "BreastCancer" not in stacks
