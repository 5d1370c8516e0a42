import { Attributes, one, ResourceView } from '../../../terraform/policy/resource-view';
import { unescaped } from '../../../terraform/policy/unescaped';

/**
 * What Azure's resource manager will see of a resource that Terraform has no type for: its own type without the
 * version, `Microsoft.Logic/workflows`, and beside the members of the body `name`, `location`, `identity`, `tags` and
 * Terraform's `lifecycle`. The same whether the provider azapi or a template deployment carries it.
 */
export function seenAsArm(resource: ResourceView): ResourceView[] {
  if (resource.type === 'azapi_resource' || isMade(resource)) return [seenInAzapi(resource)];
  if (resource.type === 'azurerm_resource_group_template_deployment') return seenInTemplate(resource);
  return [resource];
}

/** A resource that is put once and deleted with what it lies in: a key of a vault. */
function isMade({ type, attributes }: ResourceView): boolean {
  return (
    type === 'azapi_resource_action' &&
    attributes.method === 'PUT' &&
    attributes.action === undefined &&
    attributes.when !== 'destroy'
  );
}

function seenInAzapi(resource: ResourceView): ResourceView {
  const { type, body, identity, ...around } = resource.attributes;
  const members = typeof body === 'string' ? parsed(body) ?? {} : body ?? {};
  return { ...resource, type: withoutVersion(type), attributes: { ...around, ...identityOf(identity), ...members } };
}

function seenInTemplate(resource: ResourceView): ResourceView[] {
  const resources = parsed(resource.attributes.template_content)?.resources;
  if (!Array.isArray(resources)) return [resource];
  return resources.map(({ type, name, ...members }) => ({
    ...resource,
    type: withoutVersion(type),
    attributes: {
      ...withoutExpressions(members) as Attributes,
      name: withoutExpressions(String(name).split('/').pop()),
      lifecycle: resource.attributes.lifecycle,
      // Addresses of others stand among the parameters of the template.
      parameters_content: resource.attributes.parameters_content,
    },
  }));
}

/** `identity_ids` of azapi's block as the body of a template has them. */
function identityOf(identity: unknown): Attributes {
  const { type, identity_ids: ids } = one(identity) ?? {};
  return type === undefined
    ? {}
    : { identity: { type, userAssignedIdentities: Object.fromEntries((ids ?? []).map((id: string) => [id, {}])) } };
}

/** Expressions of a template, `[parameters('key')]`, are known only in the cloud, as Terraform's own references are. */
function withoutExpressions(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.startsWith('[[') ? value.slice(1) : value.startsWith('[') ? '${template}' : value;
  }
  if (Array.isArray(value)) return value.map(withoutExpressions);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutExpressions(each)]));
}

function parsed(text: unknown): Attributes | undefined {
  try {
    return JSON.parse(unescaped(String(text)));
  } catch {
    return undefined;
  }
}

function withoutVersion(type: unknown): string {
  return String(type).split('@')[0];
}
