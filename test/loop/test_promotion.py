"""Which version a rollout to a stage takes for the newest: moto's list of versions does not tell their life cycle."""

from __future__ import annotations

import json

import pytest

from harness.interpreter import evaluate


def version(number: int, stage: str | None = None, status: str = "Approved") -> dict:
    life_cycle = {} if stage is None else {"ModelLifeCycle": {"Stage": stage, "StageStatus": status}}
    return {"ModelPackageArn": f"package/{number}", "ModelPackageVersion": number, **life_cycle}


@pytest.mark.parametrize(("form", "versions", "newest"), [
    ("rollout", [version(5), version(4, "prod")], 5),
    ("rollout", [], 0),
    ("rollout to a stage", [version(5), version(4, "prod"), version(3, "prod")], 4),
    ("rollout to a stage", [version(5, "staging"), version(4, "prod", "PendingApproval"), version(3, "prod")], 3),
    ("rollout to a stage", [version(5), version(4, "staging")], 0),
    ("rollout to a stage", [], 0),
])
def test_the_newest_version_is_the_newest_that_was_promoted_to_the_stage(forms: dict[str, str], form: str, versions: list[dict], newest: int):
    states = json.loads(forms[form])["States"]
    answer = {"states": {"result": {"ModelPackageSummaryList": versions}}}
    found = evaluate(states["FindNewestApproved"]["Assign"]["packageArn"].strip("{%} "), answer)
    assert found == (f"package/{newest}" if newest else "")
    for token, more in (("more", "" if newest else "more"), (None, "")):
        answer = {"states": {"result": {"ModelPackageSummaryList": versions, **({"NextToken": token} if token else {})}}}
        assert evaluate(states["FindNewestApproved"]["Assign"]["page"].removeprefix("{%").removesuffix("%}"), answer) == more
