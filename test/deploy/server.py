"""The moto server, with what its CloudFormation lacks for stacks that are updated and destroyed.

What AWS refuses fails here too: a failed operation leaves a FAILED stack with its reason in the events. Every patch names
what moto does without it; a type that moto cannot model exists in name only, and says so in the log.
"""

import ipaddress
import json
import traceback

from moto.awslambda.utils import get_backend as lambda_backend
from moto.cloudformation import models, parsing
from moto.cloudformation.custom_model import CustomModel
from moto.cloudformation.exceptions import CloudFormationError
from moto.ec2.models import ec2_backends
from moto.ec2.models.flow_logs import FlowLogs
from moto.ec2.models.route_tables import RouteTable
from moto.ec2.models.security_groups import SecurityGroupIngress
from moto.ec2.models.subnets import Subnet
from moto.ec2.models.vpcs import VPCEndPoint
from moto.iam.models import ManagedPolicy, Role, iam_backends
from moto.kms.models import Key, kms_backends
from moto.server import main
from moto.utilities.utils import get_partition

# --- Intrinsic functions -------------------------------------------------------------------------------------------------

_clean_json = parsing.clean_json


def _resolve(value, resources):
    """moto has no `Fn::Cidr` (it leaves the object as it is), and its `Fn::GetAZs` of "" is us-east-1 everywhere."""
    if isinstance(value, dict) and "Fn::Cidr" in value:
        block, count, bits = (parsing.clean_json(each, resources) for each in value["Fn::Cidr"])
        subnets = ipaddress.ip_network(block).subnets(new_prefix=32 - int(bits))
        return [str(next(subnets)) for _ in range(int(count))]
    if isinstance(value, dict) and "Fn::GetAZs" in value:
        region = parsing.clean_json(value["Fn::GetAZs"], resources) or resources["AWS::Region"]
        return [f"{region}{zone}" for zone in "abc"]
    resolved = _clean_json(value, resources)
    if isinstance(resolved, dict) and "Fn::GetAtt" in resolved:  # moto warns and hands the object to the resource
        raise parsing.ValidationError(message=f"moto cannot resolve {resolved['Fn::GetAtt']}")
    return resolved


parsing.clean_json = _resolve


# --- Resources of which moto has no model --------------------------------------------------------------------------------


class Nominal:
    """A resource in name only: an id to refer to, attributes made of it; moto has None, which nothing can refer to."""

    def __init__(self, name, kind, properties, account_id, region_name):
        self.kind, self.properties = kind, properties
        _, service, resource = kind.split("::")
        self.physical_resource_id = properties.get(f"{resource}Name") or properties.get("Name") or name
        self.arn = f"arn:aws:{service.lower()}:{region_name}:{account_id}:{resource.lower()}/{self.physical_resource_id}"

    @classmethod
    def has_cfn_attr(cls, attr):
        return True

    @classmethod
    def create_from_cloudformation_json(cls, name, cloudformation_json, account_id, region_name, **kwargs):
        return cls(name, cloudformation_json["Type"], cloudformation_json["Properties"], account_id, region_name)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        return cls(original_resource.physical_resource_id, cloudformation_json["Type"], cloudformation_json["Properties"], account_id, region_name)

    def get_cfn_attribute(self, attribute):
        return self.arn if attribute.endswith("Arn") else self.physical_resource_id

    def is_created(self):
        return True

    def delete(self, account_id, region_name):
        pass


_resource_class = parsing.resource_class_from_type


def _class_of(kind):
    return _resource_class(kind) or Nominal


parsing.resource_class_from_type = _class_of


# --- Custom resources ----------------------------------------------------------------------------------------------------


def _create_custom(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
    """moto runs the function in Docker and waits for its answer: here it has to exist, and its answer is success."""
    lambda_backend(account_id, region_name).get_function(cloudformation_json["Properties"]["ServiceToken"])
    resource = CustomModel(region_name, "request", kwargs["LogicalId"], resource_name)
    resource.set_data({})
    return resource


def _update_custom(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    """A function that answers with the same id keeps the resource."""
    lambda_backend(account_id, region_name).get_function(cloudformation_json["Properties"]["ServiceToken"])
    return original_resource


CustomModel.create_from_cloudformation_json = classmethod(_create_custom)
CustomModel.update_from_cloudformation_json = classmethod(_update_custom)
CustomModel.delete = lambda self, account_id, region_name: None


# --- Types whose model cannot be changed or deleted ----------------------------------------------------------------------


def _create_key(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
    """moto hands CloudFormation's tags (`Key`), and the policy as an object, to an API of `TagKey` and text."""
    properties = cloudformation_json["Properties"]
    key = kms_backends[account_id][region_name].create_key(
        policy=json.dumps(properties["KeyPolicy"]),
        key_usage="ENCRYPT_DECRYPT",
        key_spec="SYMMETRIC_DEFAULT",
        description=properties.get("Description"),
        tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])],
    )
    key.key_rotation_status = properties.get("EnableKeyRotation", False)
    return key


def _update_key(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    """A changed policy or description leaves the key what it is."""
    original_resource.policy = json.dumps(cloudformation_json["Properties"]["KeyPolicy"])
    original_resource.description = cloudformation_json["Properties"].get("Description", "")
    return original_resource


Key.create_from_cloudformation_json = classmethod(_create_key)
Key.update_from_cloudformation_json = classmethod(_update_key)


def _update_role(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    """moto changes the description of a role only: boundary and trust are lost."""
    properties = cloudformation_json["Properties"]
    if properties.get("RoleName", original_resource.name) != original_resource.name:
        raise NotImplementedError("a new name replaces a role")
    backend = iam_backends[account_id][get_partition(region_name)]
    backend.update_assume_role_policy(original_resource.name, json.dumps(properties["AssumeRolePolicyDocument"]))
    backend.update_role(original_resource.name, properties.get("Description", ""), properties.get("MaxSessionDuration", 3600))
    if "PermissionsBoundary" in properties:
        backend.put_role_permissions_boundary(original_resource.name, properties["PermissionsBoundary"])
    elif original_resource.permissions_boundary:
        backend.delete_role_permissions_boundary(original_resource.name)
    return original_resource


Role.update_from_cloudformation_json = classmethod(_update_role)


def _update_managed_policy(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
    """A changed document is a new default version (of at most five: CloudFormation deletes the oldest)."""
    properties = cloudformation_json["Properties"]
    backend = iam_backends[account_id][get_partition(region_name)]
    arn = original_resource.arn
    spare = [version.version_id for version in backend.list_policy_versions(arn) if not version.is_default]
    if len(spare) == 4:
        backend.delete_policy_version(arn, spare[0])
    backend.create_policy_version(arn, json.dumps(properties["PolicyDocument"]), "true")
    attached = {role.name for role in backend.roles.values() if arn in role.managed_policies}
    for role in attached - set(properties.get("Roles", [])):
        backend.detach_role_policy(arn, role)
    for role in set(properties.get("Roles", [])) - attached:
        backend.attach_role_policy(arn, role)
    return original_resource


def _delete_managed_policy(self, account_id, region_name):
    backend = iam_backends[account_id][get_partition(region_name)]
    for role in [role.name for role in backend.roles.values() if self.arn in role.managed_policies]:
        backend.detach_role_policy(self.arn, role)
    backend.delete_policy(self.arn)


ManagedPolicy.update_from_cloudformation_json = classmethod(_update_managed_policy)
ManagedPolicy.delete = _delete_managed_policy


def _with_attribute(cls, attribute, read):
    """moto's models lack attributes that the type has."""
    has, get = cls.has_cfn_attr, getattr(cls, "get_cfn_attribute", None)

    def attribute_of(self, name):
        if name == attribute:
            return read(self)
        if get is None:
            raise parsing.UnformattedGetAttTemplateException()
        return get(self, name)

    cls.has_cfn_attr = classmethod(lambda cls, name: name == attribute or has(name))
    cls.get_cfn_attribute = attribute_of


_with_attribute(RouteTable, "RouteTableId", lambda self: self.id)
_with_attribute(Subnet, "SubnetId", lambda self: self.id)
VPCEndPoint.delete = lambda self, account_id, region_name: ec2_backends[account_id][region_name].delete_vpc_endpoints([self.id])

def _delete_ingress(self, account_id, region_name):
    properties = self.properties
    source = {"GroupId": properties["SourceSecurityGroupId"]} if "SourceSecurityGroupId" in properties else None
    block = {"CidrIp": properties["CidrIp"], "Description": properties.get("Description")} if "CidrIp" in properties else None
    ec2_backends[account_id][region_name].revoke_security_group_ingress(
        properties["GroupId"],
        properties["IpProtocol"],
        properties.get("FromPort"),
        properties.get("ToPort"),
        [block] if block else [],
        [source] if source else [],
    )


SecurityGroupIngress.delete = _delete_ingress
SecurityGroupIngress.physical_resource_id = property(lambda self: f"sgr-{id(self):017x}")
FlowLogs.delete = lambda self, account_id, region_name: ec2_backends[account_id][region_name].delete_flow_logs([self.id])


# --- Order, retention, failure -------------------------------------------------------------------------------------------


def _references(value):
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "Ref":
                yield each
            elif key == "Fn::GetAtt":
                yield each[0]
            else:
                yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def _in_order(resources):
    """Every resource after what it refers to and depends on; a circle is refused, as CloudFormation refuses it."""
    order, path = [], []

    def visit(name):
        if name in order:
            return
        if name in path:
            raise parsing.ValidationError(message=f"Circular dependency between resources: {path[path.index(name):]}")
        path.append(name)
        depends_on = resources[name].get("DependsOn", [])
        for each in [*([depends_on] if isinstance(depends_on, str) else depends_on), *_references(resources[name].get("Properties"))]:
            if each in resources:
                visit(each)
        order.append(path.pop())

    for name in resources:
        visit(name)
    return order


def _delete(self, name, resource_json):
    """moto deletes what is retained (on an update), and passes over types without a deletion; both fail here.

    RetainExceptOnCreate deletes only in the roll-back of the operation that created the resource.
    """
    resource = self._parsed_resources.pop(name, None)
    if resource is None or resource_json.get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate"):
        return
    cls = parsing.resource_class_from_type(resource_json["Type"])
    if hasattr(resource, "delete"):
        resource.delete(self._account_id, self._region_name)
    elif hasattr(cls.delete_from_cloudformation_json, "__isabstractmethod__"):
        raise NotImplementedError(f"moto cannot delete {resource_json['Type']}")
    else:
        resolved = {**resource_json, "Properties": parsing.clean_json(resource_json.get("Properties", {}), self)}
        cls.delete_from_cloudformation_json(resource.physical_resource_id, resolved, self._account_id, self._region_name)


def _update(self, template, parameters=None):
    """moto removes first, adds in the order of the template, then changes, and drops what has no update.

    CloudFormation goes in the order of dependence and removes last.
    """
    diff = self.build_resource_diff(template, parameters)
    old = self._resource_json_map
    self._template = template
    if parameters:
        self.input_parameters = parameters
    self.load_mapping()
    self.load_parameters()
    self.load_conditions()
    self._resource_json_map = template["Resources"]
    for name in _in_order(template["Resources"]):
        resource_json = template["Resources"][name]
        try:
            if name in diff["Add"]:
                _ = self[name]
            elif name in diff["Modify"]:
                cls = parsing.resource_class_from_type(resource_json["Type"])
                if resource_json["Type"] != old[name]["Type"]:
                    raise parsing.ValidationError(message="Update of resource type is not permitted")
                if hasattr(cls.update_from_cloudformation_json, "__isabstractmethod__"):
                    raise NotImplementedError(f"moto cannot update {resource_json['Type']}")
                self._parsed_resources[name] = parsing.parse_and_update_resource(
                    name, resource_json, self, account_id=self._account_id, region_name=self._region_name,
                )
        except Exception as error:
            raise RuntimeError(f"{name} ({resource_json['Type']}): {error!r}") from error
    for name in reversed(_in_order(old)):
        if name in diff["Remove"]:
            _delete(self, name, old[name])


def _delete_all(self):
    for name in reversed(_in_order(self._resource_json_map)):
        try:
            _delete(self, name, self._resource_json_map[name])
        except Exception as error:
            raise RuntimeError(f"{name} ({self._resource_json_map[name]['Type']}): {error!r}") from error


parsing.ResourceMap.update = _update
parsing.ResourceMap.delete = _delete_all


def _failed(stack, operation, error):
    """moto answers 500, the client tries again, and the second try finds nothing left to change: a success."""
    traceback.print_exc()
    stack.status = f"{operation}_FAILED"
    stack._add_stack_event(stack.status, resource_status_reason=str(error))


_execute_change_set = models.CloudFormationBackend.execute_change_set
_create_change_set = models.CloudFormationBackend.create_change_set
_find_change_set = models.CloudFormationBackend.describe_change_set
_delete_change_set = models.CloudFormationBackend.delete_change_set
_delete_stack = models.CloudFormationBackend.delete_stack


def _execute(self, change_set_name, stack_name=None):
    change_set = self.describe_change_set(change_set_name)
    stack = self.stacks[change_set.stack_id]
    try:
        _execute_change_set(self, change_set_name, stack_name)
        stack._parse_template()  # moto keeps the outputs and parameters of the first template
        stack.output_map = stack._create_output_map()
        stack.parameters = change_set.parameters
    except Exception as error:
        _failed(stack, change_set.change_set_type, error)


class ChangeSetNotFound(CloudFormationError):
    """The code that a client waits for after it deleted a change set; moto says that the stack is missing."""

    code = "ChangeSetNotFound"


def _describe_change_set(self, change_set_name):
    if not any(change_set_name in (each.change_set_id, each.change_set_name) for each in self.change_sets.values()):
        raise ChangeSetNotFound(f"ChangeSet [{change_set_name}] does not exist")
    return _find_change_set(self, change_set_name)


def _create(self, stack_name, change_set_name, *args, **kwargs):
    """moto looks a change set up by its name alone: those that were executed, for another stack too, make room."""
    for each in [each for each in self.change_sets.values() if each.change_set_name == change_set_name]:
        del self.change_sets[each.change_set_id]
    return _create_change_set(self, stack_name, change_set_name, *args, **kwargs)


def _forget_change_set(self, change_set_name):
    """Deleting a change set that is not there is no error (moto: an unbound variable)."""
    if any(change_set_name in (each.change_set_id, each.change_set_name) for each in self.change_sets.values()):
        _delete_change_set(self, change_set_name)


def _destroy(self, name_or_stack_id):
    """moto forgets a stack of which it could not delete everything."""
    for stack in [each for each in self.stacks.values() if name_or_stack_id in (each.stack_id, each.name)]:
        try:
            _delete_stack(self, stack.stack_id)
        except Exception as error:
            self.stacks[stack.stack_id] = stack
            _failed(stack, "DELETE", error)


models.CloudFormationBackend.execute_change_set = _execute
models.CloudFormationBackend.create_change_set = _create
models.CloudFormationBackend.describe_change_set = _describe_change_set
models.CloudFormationBackend.delete_change_set = _forget_change_set
models.CloudFormationBackend.delete_stack = _destroy
# moto hands the value that a parameter of Systems Manager had as its previous value, where AWS keeps the name.
models.Stack.stack_parameters = property(
    lambda self: {
        **self.resource_map.resolved_parameters,
        **{name: each.get("Default") for name, each in self.template_dict.get("Parameters", {}).items() if each["Type"].startswith("AWS::SSM::")},
        **self.parameters,
    },
)
# moto creates what a failed operation did not reach, when somebody lists the resources.
models.Stack.stack_resources = property(
    lambda self: [self.resource_map[name] for name in self.resource_map.resources if name in self.resource_map._parsed_resources],
)

if __name__ == "__main__":
    main()
