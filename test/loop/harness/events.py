"""Recorded events, made to speak of this template's things; rules that match them; what their targets then get."""

from __future__ import annotations

import copy
import json
from typing import Any

from moto.events.models import EventPattern

from .template import ACCOUNT, REGION, Resource, Template


def model_package_event(recorded: dict, package_arn: str, status: str, **detail: Any) -> dict:
    """The recorded event, of this version and with this approval."""
    group, version = package_arn.split("/")[-2:]
    return _told(recorded, [package_arn], {
        "ModelPackageGroupName": group,
        "ModelPackageVersion": int(version),
        "ModelPackageArn": package_arn,
        "ModelApprovalStatus": status,
        **detail,
    })


def alarm_event(recorded: dict, alarm: Resource, state: str, previous: str = "OK") -> dict:
    """The recorded event, of this alarm in this state."""
    detail = recorded["detail"]
    return _told(recorded, [alarm.arn], {
        "alarmName": alarm.name,
        "state": {**detail["state"], "value": state},
        "previousState": {**detail["previousState"], "value": previous},
    })


def object_event(recorded: dict, bucket: str, key: str) -> dict:
    """The recorded event, of this object."""
    return _told(recorded, [f"arn:aws:s3:::{bucket}"], {"bucket": {"name": bucket}, "object": {**recorded["detail"]["object"], "key": key}})


def _told(recorded: dict, resources: list[str], detail: dict) -> dict:
    event = copy.deepcopy(recorded)
    event.update(account=ACCOUNT, region=REGION, resources=resources)
    event["detail"].update(detail)
    return event


def matches(rule: Resource, event: dict) -> bool:
    """Whether EventBridge would let the rule act on the event."""
    if rule.properties.get("State", "ENABLED") != "ENABLED" or "EventPattern" not in rule.properties:
        return False
    pattern = rule.properties["EventPattern"]
    return EventPattern(json.dumps(pattern), pattern).matches_event(event)


def reached(template: Template, event: dict) -> list[tuple[Resource, dict]]:
    """The targets that the event reaches, each with its rule."""
    return [(rule, target) for rule in template.all("AWS::Events::Rule") if matches(rule, event) for target in rule.properties.get("Targets", [])]


def target_input(target: dict, event: dict) -> dict:
    """What the target gets: the event, a part of it, or something made of it."""
    if "Input" in target:
        return json.loads(target["Input"])
    if "InputPath" in target:
        return _at(event, target["InputPath"])
    if "InputTransformer" in target:
        text = target["InputTransformer"]["InputTemplate"]
        for name, path in target["InputTransformer"].get("InputPathsMap", {}).items():
            value = _at(event, path)
            text = text.replace(f'"<{name}>"', json.dumps(value)).replace(f"<{name}>", value if isinstance(value, str) else json.dumps(value))
        return json.loads(text)
    return event


def _at(event: Any, path: str) -> Any:
    for step in path.removeprefix("$").split(".")[1:]:
        event = event[step]
    return event
