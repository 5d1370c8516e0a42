"""What CloudWatch would make of published metrics: the state of an alarm of the template."""

from __future__ import annotations

import operator

from .template import Resource

COMPARE = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}

#: Namespace, name and dimensions.
Metric = tuple[str, str, tuple[tuple[str, str], ...]]


def metric_of(alarm: Resource) -> Metric | None:
    """The one metric that the alarm watches, or nothing where it computes with several."""
    properties = alarm.properties
    if "MetricName" in properties:
        return _metric(properties["Namespace"], properties["MetricName"], properties.get("Dimensions", []))
    stats = [metric["MetricStat"]["Metric"] for metric in properties.get("Metrics", []) if "MetricStat" in metric]
    if len(stats) != 1 or len(properties["Metrics"]) != 1:
        return None
    return _metric(stats[0]["Namespace"], stats[0]["MetricName"], stats[0].get("Dimensions", []))


def published(calls: list[dict]) -> list[tuple[Metric, float]]:
    """The data points of `PutMetricData` calls, oldest first."""
    return [
        (_metric(call["Namespace"], data["MetricName"], data.get("Dimensions", [])), data["Value"])
        for call in calls
        for data in call["MetricData"]
    ]


def state_of(alarm: Resource, points: list[tuple[Metric, float]]) -> str:
    """The state after these data points, one a period."""
    properties = alarm.properties
    watched = metric_of(alarm)
    breaches = COMPARE[properties["ComparisonOperator"]]
    periods = int(properties["EvaluationPeriods"])
    needed = int(properties.get("DatapointsToAlarm", periods))
    found = [value for metric, value in points if metric == watched][-periods:]
    missing = properties.get("TreatMissingData", "missing")
    if not found and missing in ("missing", "ignore"):
        return "INSUFFICIENT_DATA"
    breaching = sum(breaches(value, float(properties["Threshold"])) for value in found)
    if missing == "breaching":
        breaching += periods - len(found)
    return "ALARM" if breaching >= needed else "OK"


def _metric(namespace: str, name: str, dimensions: list[dict]) -> Metric:
    return namespace, name, tuple(sorted((each["Name"], each["Value"]) for each in dimensions))
