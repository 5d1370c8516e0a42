"""What the Step Functions interpreter of moto lacks, added while the tests run.

- JSONata: moto ships the declarations but no engine; `jsonata-python` (pure Python) evaluates, with the functions that
  Step Functions adds (`$hash`, `$parse`, `$uuid`).
- The optimised SageMaker integration with `.sync`.
- Service names: `applicationautoscaling` in a state machine is `application-autoscaling` in boto.
- Parameters are validated against the API's own model (moto switches that off), so that a misspelt name fails a test.
- Time: Wait and Retry move a clock of the test instead of sleeping.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from unittest import mock

import boto3
import jsonata
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from botocore.response import StreamingBody
from jsonata.jexception import JException
from moto.stepfunctions.parser import models as backend_module
from moto.stepfunctions.parser.api import EvaluationFailedEventDetails, HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.string.string_expression import StringJSONata
from moto.stepfunctions.parser.asl.component.state import state as state_module
from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task_factory
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk as sdk,
    state_task_service_callback as callback,
    state_task_service_factory as factory,
    state_task_service_sns as sns,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str


@dataclass
class Fault:
    """What goes wrong with a call that the state machines make."""

    #: The call, counted from 0 since the last reset, or the first of this name.
    at: int = -1
    name: str = ""
    code: str = "InternalFailure"
    status: int = 500
    #: Whether SageMaker does what it was asked for, and only the answer is lost.
    done: bool = False
    #: How many calls in a row meet it.
    times: int = 1

    def hits(self, call: int, name: str) -> bool:
        if self.at < 0 and name == self.name:
            self.at = call
        return 0 <= self.at <= call < self.at + self.times


class Recorder:
    """Every call that the state machines make, in order: `("UpdateEndpoint", {…})`; and the one that is to go wrong."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict]] = []
        self.fault: Fault | None = None
        #: Calls that are never answered.
        self.blind: set[str] = set()
        #: Something that happens as soon as the answer of the next call of this name is there.
        self.after: tuple[str, Callable] | None = None

    def watch(self, client) -> None:
        client.meta.events.register("provide-client-params", self._note)
        client.meta.events.register("before-call", self._refuse)
        client.meta.events.register("after-call", self._lose)

    def _note(self, params, model, **_):
        too_long(params, model.input_shape, model.name)
        self.calls.append((model.name, json.loads(json.dumps(params, default=str))))

    def _meets(self) -> Fault | None:
        if self.calls[-1][0] in self.blind:
            return Fault()
        return self.fault if self.fault is not None and self.fault.hits(len(self.calls) - 1, self.calls[-1][0]) else None

    def _refuse(self, **_):
        fault = self._meets()
        if fault is None or fault.done:
            return None
        return SimpleNamespace(status_code=fault.status, headers={}), _refusal(fault)

    def _lose(self, http_response, parsed, model, **_):
        if self.after is not None and self.after[0] == model.name:
            (_, happens), self.after = self.after, None
            happens()
        fault = self._meets()
        if fault is not None and fault.done:
            http_response.status_code = fault.status
            parsed.clear()
            parsed.update(_refusal(fault))

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]

    def of(self, name: str) -> list[dict]:
        return [params for called, params in self.calls if called == name]


def _refusal(fault: Fault) -> dict:
    return {"Error": {"Code": fault.code, "Message": f"{fault.code}: try again later"}, "ResponseMetadata": {"HTTPStatusCode": fault.status, "RequestId": "0"}}


def too_long(value: object, shape, place: str) -> None:
    """Refuses as the service does: botocore knows how long a value may be, and does not look."""
    if shape is None or value is None:
        return
    if shape.type_name == "structure":
        for name, each in value.items():
            too_long(each, shape.members.get(name), f"{place}.{name}")
        return
    longest = shape.metadata.get("max")
    if longest is not None and shape.type_name in ("string", "list") and len(value) > longest:
        message = f"1 validation error detected: Value '{value}' at '{place}' failed to satisfy constraint: Member must have length less than or equal to {longest}"
        answer = {"Error": {"Code": "ValidationException", "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": "0"}}
        raise ClientError(answer, place.split(".")[0])
    if shape.type_name == "list":
        for each in value:
            too_long(each, shape.member, place)


class Clock:
    """The time of the test: it moves when a state machine waits."""

    def __init__(self) -> None:
        self._passed = 0.0
        self._lock = threading.Lock()

    @property
    def passed(self) -> float:
        return self._passed

    def now(self) -> datetime.datetime:
        return datetime.datetime.now(tz=datetime.timezone.utc) + datetime.timedelta(seconds=self._passed)

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._passed += seconds


_COMPILED = threading.local()


def evaluate(expression: str, variables: dict[str, object]) -> object:
    """The value of an expression, or UNDEFINED where JSONata says that it is nothing."""
    engines: dict[str, jsonata.Jsonata] = _COMPILED.__dict__.setdefault("engines", {})
    # Nothing and null look the same once they have left the engine; in an array they differ.
    engine = engines.get(expression) or engines.setdefault(expression, _compiled(f"( $value := ({expression}); {{ 'is': $exists($value), 'value': $value }} )"))
    frame = engine.create_frame()
    for name, value in variables.items():
        frame.bind(name, value)
    result = engine.evaluate(None, frame)
    return _plain(result.get("value")) if result["is"] else UNDEFINED


UNDEFINED = object()


def _compiled(expression: str) -> jsonata.Jsonata:
    engine = jsonata.Jsonata(expression)
    engine.register_lambda("hash", _hash)
    engine.register_lambda("parse", json.loads)
    engine.register_lambda("uuid", lambda: str(uuid.uuid4()))
    return engine


def _eval_expression(self: StringJSONata, env) -> None:
    variables = {**env.variable_store._outer_scope, **env.variable_store._inner_scope, "states": env.states._states_data}
    try:
        value = evaluate(self.expression, json.loads(json.dumps(variables, default=_written)))
    except JException as refused:
        raise _query_failed(env, f"The JSONata expression '{self.expression}' threw an error: {refused}") from refused
    if value is UNDEFINED:
        raise _query_failed(env, f"The JSONata expression '{self.expression}' returned nothing (undefined).")
    env.stack.append(value)


def _query_failed(env, cause: str) -> FailureEventException:
    error_name = StatesErrorName(typ=StatesErrorNameType.StatesQueryEvaluationError)
    details = EventDetails(evaluationFailedEventDetails=EvaluationFailedEventDetails(cause=cause, error=error_name.error_name))
    env.event_manager.add_event(context=env.event_history_context, event_type=HistoryEventType.EvaluationFailed, event_details=details)
    return FailureEventException(
        FailureEvent(env=env, error_name=error_name, event_type=HistoryEventType.EvaluationFailed, event_details=details)
    )


def _hash(data: object, algorithm: str) -> str:
    text = data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))
    return hashlib.new(algorithm.replace("-", "").lower(), text.encode()).hexdigest()


def _plain(value: object) -> object:
    """Through JSON and back, so that no engine's own types get into the machine."""
    return None if value is None else json.loads(json.dumps(value))


def _written(value: object) -> str:
    """Times as Step Functions writes them."""
    assert isinstance(value, datetime.datetime), f"{value!r} got into a state machine"
    return value.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


RECORDER = Recorder()


def _client(region: str, service: str, state_credentials: object = None):
    return _clients(region, service)


@lru_cache
def _clients(region: str, service: str):
    client = boto3.client(
        {"applicationautoscaling": "application-autoscaling", "sfn": "stepfunctions"}.get(service, service),
        region_name=region,
        aws_access_key_id="ak",
        aws_secret_access_key="sk",
        config=Config(retries={"max_attempts": 0, "total_max_attempts": 1}),
    )
    # An integration writes every parameter with a capital, whatever the API does.
    client.meta.events.register("provide-client-params.sfn", lambda params, **_: {name[0].lower() + name[1:]: value for name, value in params.items()})
    RECORDER.watch(client)
    return client


#: How the SDK integration spells the services in the names of its errors.
ERROR_PREFIX = {
    "sagemaker": "SageMaker",
    "applicationautoscaling": "ApplicationAutoScaling",
    "cloudwatch": "CloudWatch",
    "s3": "S3",
    "sfn": "Sfn",
}


def _sdk_error(self, env, ex):
    """`SageMaker.SageMakerException` for codes without a class of their own, `SageMaker.ResourceNotFoundException` for the others."""
    if isinstance(ex, ParamValidationError):
        raise AssertionError(f"{self.resource.resource_arn}: {ex}")
    if not isinstance(ex, ClientError):
        return StateTaskService._from_error(self, env=env, ex=ex)
    prefix = ERROR_PREFIX[self.resource.api_name]
    code = ex.response["Error"]["Code"]
    own_class = ex.__class__.__name__ != "ClientError"
    name = code if own_class else prefix
    name = name if name.endswith("Exception") else f"{name}Exception"
    meta = ex.response["ResponseMetadata"]
    return self._get_task_failure_event(
        env=env,
        error=f"{prefix}.{name}",
        cause=f"{ex.response['Error']['Message']} (Service: {prefix}, Status Code: {meta['HTTPStatusCode']}, Request ID: {meta.get('RequestId', '')})",
    )


class SageMakerJobs(StateTaskServiceCallback):
    """`arn:aws:states:::sagemaker:create…Job.sync`: start, poll, and fail with the job's description as the cause."""

    _JOBS = {
        "createProcessingJob": ("create_processing_job", "describe_processing_job", "ProcessingJobName", "ProcessingJobStatus"),
        "createTransformJob": ("create_transform_job", "describe_transform_job", "TransformJobName", "TransformJobStatus"),
    }

    def __init__(self):
        # moto stumbles over a job that cannot be called back, too.
        super().__init__(supported_integration_patterns={ResourceCondition.Sync, ResourceCondition.WaitForTaskToken})

    def _get_supported_parameters(self):
        return None

    def _validate_service_integration_is_supported(self):
        if self.resource.api_action not in self._JOBS:
            raise ValueError(f"the harness does not know {self.resource.resource_arn}")

    def _from_error(self, env, ex):
        if isinstance(ex, ParamValidationError):
            raise AssertionError(f"{self.resource.resource_arn}: {ex}")
        if not isinstance(ex, ClientError):
            return super()._from_error(env=env, ex=ex)
        return self._failed(env, CustomErrorName("SageMaker.AmazonSageMakerException"), ex.response["Error"]["Message"])

    def _failed(self, env, error_name, cause: str) -> FailureEvent:
        return FailureEvent(
            env=env,
            error_name=error_name,
            event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(
                taskFailedEventDetails=TaskFailedEventDetails(
                    resource=self._get_sfn_resource(),
                    resourceType=self._get_sfn_resource_type(),
                    error=error_name.error_name,
                    cause=cause,
                )
            ),
        )

    def _eval_service_task(self, env, resource_runtime_part, normalised_parameters, state_credentials):
        create = self._JOBS[self.resource.api_action][0]
        client = _client(resource_runtime_part.region, "sagemaker")
        env.stack.append(getattr(client, create)(**normalised_parameters))

    def _build_sync_resolver(self, env, resource_runtime_part, normalised_parameters, state_credentials):
        _, describe, name, status = self._JOBS[self.resource.api_action]
        client = _client(resource_runtime_part.region, "sagemaker")
        env.stack.pop()

        def resolve():
            job = getattr(client, describe)(**{name: normalised_parameters[name]})
            job.pop("ResponseMetadata", None)
            if job[status] == "InProgress":
                return None
            if job[status] == "Completed":
                return job
            failed = StatesErrorName(typ=StatesErrorNameType.StatesTaskFailed)
            raise FailureEventException(self._failed(env, failed, to_json_str(job)))

        return resolve


_validate = backend_module.StepFunctionsParserBackend._validate_definition


@lru_cache
def _validated(definition: str) -> None:
    _validate(definition=definition)


@contextmanager
def completed(clock: Clock) -> Iterator[None]:
    """The interpreter, completed as the module says."""
    service_for = factory.state_task_service_for

    def wait(self, env, wait_seconds):
        clock.advance(wait_seconds)
        env.program_state_event.wait(0.01)

    def read_body(self, response, *args, **kwargs):
        for key, value in list(response.items()) if isinstance(response, dict) else []:
            if isinstance(value, StreamingBody):
                response[key] = value.read().decode()

    class MachineDatetime(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return clock.now()

    machine_time = SimpleNamespace(datetime=MachineDatetime, timezone=datetime.timezone)

    with ExitStack() as stack:
        patch = lambda *args, **kwargs: stack.enter_context(mock.patch.object(*args, **kwargs))  # noqa: E731
        # Reading a definition takes most of a test's time: a valid one stays valid.
        patch(backend_module.StepFunctionsParserBackend, "_validate_definition", staticmethod(lambda definition: _validated(definition)))
        patch(StringJSONata, "_eval_body", _eval_expression)
        patch(sdk, "boto_client_for", _client)
        patch(sns, "boto_client_for", _client)
        patch(sdk.StateTaskServiceAwsSdk, "_from_error", _sdk_error)
        patch(sdk.StateTaskServiceAwsSdk, "_normalise_response", read_body)
        patch(WaitFunction, "_wait_interval", wait)
        patch(retrier_decl, "time", SimpleNamespace(sleep=clock.advance))
        patch(callback, "time", SimpleNamespace(sleep=lambda seconds: clock.advance(60)))
        patch(state_module, "datetime", machine_time)
        patch(backend_module, "datetime", machine_time)
        patch(state_task_factory, "state_task_service_for", lambda service_name: SageMakerJobs() if service_name == "sagemaker" else service_for(service_name))
        yield
