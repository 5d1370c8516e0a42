"""SageMaker as it behaves over time, on top of moto's: endpoints that take minutes, fail, or go back without a word.

moto has no UpdateEndpoint and no inference components, its endpoints are InService at once, and its jobs do nothing. Added
here: both calls and components, statuses that follow the clock, numbers of instances and copies, rollbacks on alarms, the refusals
that the workflows have to live with (names that are taken, endpoints that are busy, scaled variants that change their type, modes
that cannot be converted), and jobs that a test can give work to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from unittest import mock

import boto3
from moto.applicationautoscaling import models as scaling_models, responses as scaling_responses
from moto.core.responses import ActionResult, EmptyResult
from moto.cloudwatch.models import cloudwatch_backends
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import FakeEndpoint, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from .interpreter import Clock
from .template import ACCOUNT, REGION

MORE_DIMENSIONS = ("sagemaker:variant:DesiredProvisionedConcurrency", "sagemaker:inference-component:DesiredCopyCount")


@dataclass
class Outcome:
    """What becomes of the next deployment."""

    status: str = "InService"
    #: Goes back to the earlier config; without a reason this is the silent roll-back.
    rolls_back: bool = False
    reason: str | None = None
    seconds: float = 300


@dataclass
class Deployment:
    config: str
    done_at: float
    outcome: Outcome
    #: Replicas of each variant once it is done.
    counts: dict[str, int] = field(default_factory=dict)
    #: Any of these ends it, back on the earlier config.
    alarms: list[str] = field(default_factory=list)


@dataclass
class Component:
    name: str
    endpoint: str
    model: str
    specification: dict
    status: str = "Creating"
    reason: str | None = None
    pending: Deployment | None = None
    copies: int = 1


@dataclass
class SageMaker:
    """The knobs of a test, and what has happened."""

    clock: Clock
    outcomes: list[Outcome] = field(default_factory=list)
    #: Called with the description of a processing or transform job; raises to fail it.
    work: Callable[[dict], None] = lambda job: None
    components: dict[str, Component] = field(default_factory=dict)
    #: Things nobody may do to what serves.
    violations: list[str] = field(default_factory=list)
    #: Calls to refuse once, with this message; a function may do something first.
    refuse: dict[str, list[str | Callable[[], str]]] = field(default_factory=dict)
    job_status: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    #: What has become of a training when somebody looks.
    training_status: str = "Succeeded"
    #: The same for some of them, by their ARN.
    training_statuses: dict[str, str] = field(default_factory=dict)
    #: What was started, by the token of the call, and how.
    started: dict[str, tuple[dict, list]] = field(default_factory=dict)
    #: Whether a start that repeats a token with other words is refused, or answered like the first.
    compares_repeated_starts: bool = False
    #: The most that a list says at once.
    page_size: int = 100

    def next_outcome(self) -> Outcome:
        return self.outcomes.pop(0) if self.outcomes else Outcome()

    def deploy(self, wanted: str) -> Deployment:
        outcome = self.next_outcome()
        return Deployment(wanted, self.clock.passed + outcome.seconds, outcome)

    def refuse_once(self, call: str) -> None:
        if self.refuse.get(call):
            message = self.refuse[call].pop(0)
            raise ValidationError(message=message if isinstance(message, str) else message())


def _arn(backend: SageMakerModelBackend, kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{backend.region_name}:{backend.account_id}:{kind}/{name}"


def _settle(world: SageMaker, endpoint: FakeEndpoint) -> None:
    pending: Deployment | None = getattr(endpoint, "pending", None)
    if pending is None:
        return
    outcome = pending.outcome
    ringing = _ringing(pending.alarms)
    if ringing:
        outcome = Outcome(rolls_back=True, reason=f'Alarm "{ringing[0]}" went off')
    elif world.clock.passed < pending.done_at:
        return
    endpoint.pending = None
    endpoint.endpoint_status = outcome.status
    endpoint.failure_reason = outcome.reason
    # In service with a mix of both: neither config may go.
    endpoint.mixed_with = pending.config if outcome.status == "UpdateRollbackFailed" else None
    if not outcome.rolls_back and outcome.status == "InService":
        endpoint.endpoint_config_name = pending.config
        endpoint.counts = {**pending.counts}


def _ringing(alarms: list[str]) -> list[str]:
    backend = cloudwatch_backends[ACCOUNT][REGION]
    return [alarm.name for alarm in backend.alarms.values() if alarm.name in alarms and alarm.state_value == "ALARM"]


def _used_by(endpoint: FakeEndpoint) -> set[str]:
    """The configs that an endpoint needs."""
    if endpoint.endpoint_status == "Failed":
        return set()
    pending = getattr(endpoint, "pending", None)
    return {name for name in (endpoint.endpoint_config_name, pending and pending.config, getattr(endpoint, "mixed_with", None)) if name}


def _mode(config: dict) -> str:
    if "AsyncInferenceConfig" in config and config["AsyncInferenceConfig"]:
        return "asynchronous"
    return "serverless" if config["ProductionVariants"][0].get("ServerlessConfig") else "real-time"


#: What an endpoint cannot become, and how SageMaker says so.
CANNOT_BECOME = {
    ("real-time", "serverless"): "Endpoint variants of type instance cannot be updated to serverless.",
    ("asynchronous", "serverless"): "Endpoint variants of type instance cannot be updated to serverless.",
    ("asynchronous", "real-time"): "The AsyncInferenceConfig parameter cannot be removed from this endpoint.",
}


def _counts(config: dict) -> dict[str, int]:
    """Replicas as the config asks for them: instances, or provisioned concurrency."""
    return {
        variant["VariantName"]: variant.get("InitialInstanceCount") or (variant.get("ServerlessConfig") or {}).get("ProvisionedConcurrency") or 0
        for variant in config["ProductionVariants"]
    }


def _busy(backend: SageMakerModelBackend, endpoint: FakeEndpoint) -> ValidationError:
    return ValidationError(message=f'Cannot update in-progress endpoint "{_arn(backend, "endpoint", endpoint.endpoint_name)}".')


@contextmanager
def extended(clock: Clock) -> Iterator[SageMaker]:
    """moto's SageMaker, extended as the module says, for one test."""
    world = SageMaker(clock)
    backend = SageMakerModelBackend
    original = {
        name: getattr(backend, name)
        for name in (
            "create_model", "create_endpoint_config", "describe_endpoint_config", "delete_endpoint_config", "create_endpoint", "describe_endpoint",
            "delete_endpoint", "delete_model", "update_model_package", "create_processing_job", "describe_processing_job", "create_transform_job",
            "describe_transform_job", "start_pipeline_execution",
        )
    }

    def create_model(self, model_name, **kwargs):
        world.refuse_once("CreateModel")
        if model_name in self._models:
            raise ValidationError(message=f'Cannot create already existing model "{_arn(self, "model", model_name)}".')
        package = (kwargs.get("primary_container") or {}).get("ModelPackageName")
        if package:
            self.describe_model_package(package)
        return original["create_model"](self, model_name, **kwargs)

    def validate_production_variants(self, production_variants):
        for variant in production_variants:
            if "ModelName" in variant:
                self.describe_model(variant["ModelName"])

    def create_endpoint_config_response(self):
        name = self._get_param("EndpointConfigName")
        world.refuse_once("CreateEndpointConfig")
        if name in self.sagemaker_backend.endpoint_configs:
            arn = _arn(self.sagemaker_backend, "endpoint-config", name)
            raise ValidationError(message=f'Cannot create already existing endpoint configuration "{arn}".')
        shadow = self._get_param("ShadowProductionVariants") or []
        self.sagemaker_backend.validate_production_variants(shadow)
        config = self.sagemaker_backend.create_endpoint_config(
            endpoint_config_name=name,
            async_inference_config=self._get_param("AsyncInferenceConfig"),
            production_variants=self._get_param("ProductionVariants"),
            data_capture_config=self._get_param("DataCaptureConfig"),
            tags=self._get_param("Tags"),
            kms_key_id=self._get_param("KmsKeyId"),
        )
        config.shadow = shadow
        return ActionResult({"EndpointConfigArn": config.endpoint_config_arn})

    def describe_endpoint_config(self, endpoint_config_name):
        response = original["describe_endpoint_config"](self, endpoint_config_name)
        shadow = getattr(self.endpoint_configs[endpoint_config_name], "shadow", [])
        return {**response, **({"ShadowProductionVariants": shadow} if shadow else {})}

    def delete_endpoint_config(self, endpoint_config_name):
        for endpoint in self.endpoints.values():
            _settle(world, endpoint)
            if endpoint_config_name in _used_by(endpoint):
                world.violations.append(f"deleted the endpoint config {endpoint_config_name} that {endpoint.endpoint_name} uses")
        return original["delete_endpoint_config"](self, endpoint_config_name)

    def delete_model(self, model_name):
        for endpoint in self.endpoints.values():
            _settle(world, endpoint)
            for used in _used_by(endpoint) & set(self.endpoint_configs):
                config = self.endpoint_configs[used]
                variants = [*config.production_variants, *getattr(config, "shadow", [])]
                if model_name in [variant.get("ModelName") for variant in variants]:
                    world.violations.append(f"deleted the model {model_name} that {endpoint.endpoint_name} serves")
        for component in world.components.values():
            if component.status != "Failed" and model_name in (component.model, component.pending and component.pending.config):
                world.violations.append(f"deleted the model {model_name} that {component.name} serves")
        return original["delete_model"](self, model_name)

    def create_endpoint(self, endpoint_name, endpoint_config_name, tags):
        world.refuse_once("CreateEndpoint")
        if endpoint_name in self.endpoints:
            raise ValidationError(message=f'Cannot create already existing endpoint "{_arn(self, "endpoint", endpoint_name)}".')
        endpoint = original["create_endpoint"](self, endpoint_name, endpoint_config_name, tags)
        endpoint.endpoint_status = "Creating"
        endpoint.pending = world.deploy(endpoint_config_name)
        endpoint.counts = endpoint.pending.counts = _counts(self.describe_endpoint_config(endpoint_config_name))
        return endpoint

    def describe_endpoint(self, endpoint_name):
        if endpoint_name in self.endpoints:
            _settle(world, self.endpoints[endpoint_name])
        return original["describe_endpoint"](self, endpoint_name)

    def describe_endpoint_response(self):
        name = self._get_param("EndpointName")
        response = dict(self.sagemaker_backend.describe_endpoint(name))
        pending = getattr(self.sagemaker_backend.endpoints[name], "pending", None)
        response.pop("Pending", None)
        if pending:
            response["PendingDeploymentSummary"] = {"EndpointConfigName": pending.config}
        endpoint = self.sagemaker_backend.endpoints[name]
        serverless = endpoint.endpoint_config_name in self.sagemaker_backend.endpoint_configs and _mode(
            self.sagemaker_backend.describe_endpoint_config(endpoint.endpoint_config_name)
        ) == "serverless"
        response["ProductionVariants"] = [
            {"VariantName": variant, **({"DesiredServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5, "ProvisionedConcurrency": count}}
                                        if serverless and count else {} if serverless else {"DesiredInstanceCount": count, "CurrentInstanceCount": count})}
            for variant, count in endpoint.counts.items()
        ]
        return ActionResult(response)

    def delete_endpoint(self, endpoint_name):
        endpoint = self.endpoints.get(endpoint_name)
        if endpoint is not None:
            _settle(world, endpoint)
            if endpoint.endpoint_status in ("Creating", "Updating"):
                raise _busy(self, endpoint)
            if endpoint.endpoint_status != "Failed":
                world.violations.append(f"deleted the endpoint {endpoint_name} that serves")
        return original["delete_endpoint"](self, endpoint_name)

    def update_endpoint_response(self):
        backend_ = self.sagemaker_backend
        name, wanted = self._get_param("EndpointName"), self._get_param("EndpointConfigName")
        world.refuse_once("UpdateEndpoint")
        backend_.describe_endpoint(name)
        endpoint = backend_.endpoints[name]
        if endpoint.endpoint_status not in ("InService", "UpdateRollbackFailed"):
            raise _busy(backend_, endpoint)
        alarms = [alarm["AlarmName"] for alarm in ((self._get_param("DeploymentConfig") or {}).get("AutoRollbackConfiguration") or {}).get("Alarms", [])]
        if _ringing(alarms):
            raise ValidationError(message=f"The following alarms are in ALARM state: {_ringing(alarms)}")
        after, before = backend_.describe_endpoint_config(wanted), backend_.describe_endpoint_config(endpoint.endpoint_config_name)
        if (_mode(before), _mode(after)) in CANNOT_BECOME:
            raise ValidationError(message=CANNOT_BECOME[_mode(before), _mode(after)])
        new = {variant["VariantName"]: variant for variant in after["ProductionVariants"]}
        old = {variant["VariantName"]: variant for variant in before["ProductionVariants"]}
        scaled = [
            variant for variant in old
            if (variant not in new or new[variant].get("InstanceType") != old[variant].get("InstanceType"))
            and _is_scaled(backend_, f"endpoint/{name}/variant/{variant}")
        ]
        if scaled:
            raise ValidationError(
                message=f'The variant(s) "{scaled}" must be deregistered as scalable target(s) with AWS Auto Scaling before they can be removed '
                "or have their instance type updated."
            )
        excluded = {each["VariantPropertyType"] for each in self._get_param("ExcludeRetainedVariantProperties") or []}
        retained = endpoint.counts if self._get_param("RetainAllVariantProperties") and "DesiredInstanceCount" not in excluded else {}
        endpoint.endpoint_status = "Updating"
        endpoint.failure_reason = None
        endpoint.pending = world.deploy(wanted)
        endpoint.pending.alarms = alarms
        endpoint.pending.counts = {variant: retained.get(variant, count) for variant, count in _counts(after).items()}
        return ActionResult({"EndpointArn": endpoint.arn})

    def update_endpoint_weights_and_capacities(self):
        name = self._get_param("EndpointName")
        world.refuse_once("UpdateEndpointWeightsAndCapacities")
        self.sagemaker_backend.describe_endpoint(name)
        endpoint = self.sagemaker_backend.endpoints[name]
        if endpoint.endpoint_status != "InService":
            raise _busy(self.sagemaker_backend, endpoint)
        wanted = {
            each["VariantName"]: each.get("DesiredInstanceCount") or each["ServerlessUpdateConfig"]["ProvisionedConcurrency"]
            for each in self._get_param("DesiredWeightsAndCapacities")
        }
        endpoint.endpoint_status = "Updating"
        endpoint.pending = world.deploy(endpoint.endpoint_config_name)
        endpoint.pending.counts = {**endpoint.counts, **wanted}
        return ActionResult({"EndpointArn": endpoint.arn})

    def update_model_package(self, model_package_arn, customer_metadata_properties=None, **kwargs):
        # moto forgets the metadata when only the approval is updated.
        known = self.describe_model_package(model_package_arn)
        return original["update_model_package"](
            self,
            model_package_arn=model_package_arn,
            customer_metadata_properties=customer_metadata_properties or known.customer_metadata_properties,
            **kwargs,
        )

    def component(self):
        name = self._get_param("InferenceComponentName")
        if name not in world.components:
            raise ValidationError(message=f'Could not find inference component "{_arn(self.sagemaker_backend, "inference-component", name)}".')
        found = world.components[name]
        ringing = _ringing(found.pending.alarms) if found.pending else []
        if found.pending and (ringing or clock.passed >= found.pending.done_at):
            outcome = Outcome(rolls_back=True, reason=f'Alarm "{ringing[0]}" went off') if ringing else found.pending.outcome
            found.status, found.reason = outcome.status, outcome.reason
            if not outcome.rolls_back and outcome.status == "InService":
                found.model = found.pending.config
            found.pending = None
        return found

    def create_inference_component(self):
        name = self._get_param("InferenceComponentName")
        if name in world.components:
            raise ValidationError(message=f"Cannot create already existing inference component {name}.")
        specification = self._get_param("Specification")
        self.sagemaker_backend.describe_model(specification["ModelName"])
        world.components[name] = Component(
            name, self._get_param("EndpointName"), specification["ModelName"], specification, pending=world.deploy(specification["ModelName"]),
            copies=self._get_param("RuntimeConfig")["CopyCount"],
        )
        return ActionResult({"InferenceComponentArn": _arn(self.sagemaker_backend, "inference-component", name)})

    def update_inference_component(self):
        world.refuse_once("UpdateInferenceComponent")
        found = component(self)
        if found.status != "InService":
            raise ValidationError(message=f"Cannot update in-progress inference component {found.name}.")
        wanted = self._get_param("Specification")["ModelName"]
        self.sagemaker_backend.describe_model(wanted)
        found.status, found.reason = "Updating", None
        found.pending = world.deploy(wanted)
        found.pending.alarms = [
            alarm["AlarmName"] for alarm in ((self._get_param("DeploymentConfig") or {}).get("AutoRollbackConfiguration") or {}).get("Alarms", [])
        ]
        return ActionResult({"InferenceComponentArn": _arn(self.sagemaker_backend, "inference-component", found.name)})

    def update_inference_component_runtime_config(self):
        found = component(self)
        if found.status != "InService":
            raise ValidationError(message=f"Cannot update in-progress inference component {found.name}.")
        found.copies = self._get_param("DesiredRuntimeConfig")["CopyCount"]
        found.status = "Updating"
        found.pending = world.deploy(found.model)
        return ActionResult({"InferenceComponentArn": _arn(self.sagemaker_backend, "inference-component", found.name)})

    def describe_inference_component(self):
        found = component(self)
        return ActionResult({
            "InferenceComponentName": found.name,
            "EndpointName": found.endpoint,
            "InferenceComponentStatus": found.status,
            "Specification": {"ModelName": found.model},
            "RuntimeConfig": {"DesiredCopyCount": found.copies, "CurrentCopyCount": found.copies},
            **({"FailureReason": found.reason} if found.reason else {}),
        })

    def delete_inference_component(self):
        found = component(self)
        if found.status != "Failed":
            world.violations.append(f"deleted the inference component {found.name} that serves")
        del world.components[found.name]
        return EmptyResult()

    def run(kind, name, job):
        try:
            world.work(job)
            world.job_status[name] = ("Completed", None)
        except JobFailed as failed:
            world.job_status[name] = ("Failed", str(failed))

    def unique(job_name):
        if job_name in world.job_status:
            raise ValidationError(message=f"Job name must be unique within an AWS account and region, and a job with this name already exists ({job_name})")

    def create_processing_job(self, **kwargs):
        world.refuse_once("CreateProcessingJob")
        unique(kwargs["processing_job_name"])
        job = original["create_processing_job"](self, **kwargs)
        run("processing", job.processing_job_name, original["describe_processing_job"](self, job.processing_job_name))
        return job

    def describe_processing_job(self, processing_job_name):
        if processing_job_name not in world.job_status:
            raise ValidationError(message="Could not find requested job with name: " + processing_job_name)
        status, reason = world.job_status[processing_job_name]
        response = original["describe_processing_job"](self, processing_job_name)
        return {**response, "ProcessingJobStatus": status, **({"FailureReason": reason} if reason else {})}

    def create_transform_job(self, **kwargs):
        self.describe_model(kwargs["model_name"])
        unique(kwargs["transform_job_name"])
        job = original["create_transform_job"](self, **kwargs)
        run("transform", kwargs["transform_job_name"], original["describe_transform_job"](self, kwargs["transform_job_name"]))
        return job

    def describe_transform_job(self, transform_job_name):
        if transform_job_name not in world.job_status:
            raise ValidationError(message="Could not find requested job with name: " + transform_job_name)
        status, reason = world.job_status[transform_job_name]
        response = original["describe_transform_job"](self, transform_job_name)
        return {**response, "TransformJobStatus": status, **({"FailureReason": reason} if reason else {})}

    def start_pipeline_execution(self, pipeline_name, *more):
        """One execution a token; what a repeated call says must be what the first said, where the test wants it so."""
        world.refuse_once("StartPipelineExecution")
        *said, token = more
        if token in world.started:
            before, first = world.started[token]
            if world.compares_repeated_starts and said != first:
                raise ValidationError(message="The request does not match the one that this token was used for.")
            return before
        started = original["start_pipeline_execution"](self, pipeline_name, *more)
        execution = self.pipelines[pipeline_name].pipeline_executions[started["PipelineExecutionArn"]]
        execution.start_time = clock.now()
        world.started[token] = (started, said)
        return started

    def list_pipeline_executions_response(self):
        """The statuses that the test wants, in the order and number that were asked for."""
        listed = self.sagemaker_backend.list_pipeline_executions(pipeline_name=self._get_param("PipelineName"))["PipelineExecutionSummaries"]
        newest_last = sorted(listed, key=lambda each: each["StartTime"])
        ordered = newest_last[::-1] if self._get_param("SortOrder") == "Descending" else newest_last
        page, more = paged(self, ordered)
        found = [{**each, "PipelineExecutionStatus": world.training_statuses.get(each["PipelineExecutionArn"], world.training_status)} for each in page]
        return ActionResult({"PipelineExecutionSummaries": found, **more})

    def list_model_packages_response(self):
        """Reads a page and then filters it, so that a page may be empty although a later one is not."""
        ordered, _ = self.sagemaker_backend.list_model_packages(
            max_results=1000, next_token=None, creation_time_after=None, creation_time_before=None, name_contains=None, model_approval_status=None,
            model_package_group_name=self._get_param("ModelPackageGroupName"), model_package_type=None,
            sort_by=self._get_param("SortBy"), sort_order=self._get_param("SortOrder"),
        )
        page, more = paged(self, ordered)
        status = self._get_param("ModelApprovalStatus")
        found = [each.gen_response_object() for each in page if status in (None, each.model_approval_status)]
        return ActionResult({"ModelPackageSummaryList": found, **more})

    def paged(self, items):
        start, size = int(self._get_param("NextToken") or 0), min(self._get_param("MaxResults") or 100, world.page_size)
        return items[start : start + size], ({"NextToken": str(start + size)} if start + size < len(items) else {})

    patches = {
        backend: {
            "create_model": create_model,
            "validate_production_variants": validate_production_variants,
            "describe_endpoint_config": describe_endpoint_config,
            "delete_endpoint_config": delete_endpoint_config,
            "create_endpoint": create_endpoint,
            "describe_endpoint": describe_endpoint,
            "delete_endpoint": delete_endpoint,
            "delete_model": delete_model,
            "update_model_package": update_model_package,
            "create_processing_job": create_processing_job,
            "describe_processing_job": describe_processing_job,
            "create_transform_job": create_transform_job,
            "describe_transform_job": describe_transform_job,
            "start_pipeline_execution": start_pipeline_execution,
        },
        SageMakerResponse: {
            "create_endpoint_config": create_endpoint_config_response,
            "describe_endpoint": describe_endpoint_response,
            "update_endpoint": update_endpoint_response,
            "update_endpoint_weights_and_capacities": update_endpoint_weights_and_capacities,
            "update_inference_component_runtime_config": update_inference_component_runtime_config,
            "list_pipeline_executions": list_pipeline_executions_response,
            "list_model_packages": list_model_packages_response,
            "create_inference_component": create_inference_component,
            "update_inference_component": update_inference_component,
            "describe_inference_component": describe_inference_component,
            "delete_inference_component": delete_inference_component,
        },
    }
    with ExitStack() as stack:
        for owner, methods in patches.items():
            for name, method in methods.items():
                stack.enter_context(mock.patch.object(owner, name, method, create=not hasattr(owner, name)))
        # moto takes a policy of nothing.
        autoscaling = scaling_models.ApplicationAutoscalingBackend
        put_policy = autoscaling.put_scaling_policy

        def put_scaling_policy(self, *args, **kwargs):
            if kwargs["scalable_dimension"] not in self.targets or kwargs["resource_id"] not in self.targets[kwargs["scalable_dimension"]]:
                raise scaling_models.AWSValidationException(f"No scalable target registered for {kwargs['resource_id']}")
            return put_policy(self, *args, **kwargs)

        stack.enter_context(mock.patch.object(autoscaling, "put_scaling_policy", put_scaling_policy))
        # moto knows one of the three dimensions of SageMaker.
        dimensions = [*scaling_models.ScalableDimensionValueSet, *(SimpleNamespace(value=name) for name in MORE_DIMENSIONS)]
        for module in (scaling_models, scaling_responses):
            stack.enter_context(mock.patch.object(module, "ScalableDimensionValueSet", dimensions))
        yield world


class JobFailed(Exception):
    """Raised by the work of a job to fail it, with the reason that SageMaker would report."""


def _is_scaled(backend: SageMakerModelBackend, resource_id: str) -> bool:
    client = boto3.client("application-autoscaling", region_name=backend.region_name)
    return bool(client.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[resource_id])["ScalableTargets"])


__all__ = ["Component", "Deployment", "JobFailed", "Outcome", "SageMaker", "extended"]
