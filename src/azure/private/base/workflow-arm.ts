import { ITerraformDependable, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { resourceGroupOf } from './resource-group-of';
import { rawProvider } from '../../../terraform/raw-provider';
import { RawResource } from '../../../terraform/raw-resource';
import { literal } from '../../../terraform/text';

/** A type of resource whose calls and bodies have a version of their own. */
export type ArmType = `Microsoft.${string}/${string}`;

/** A workflow as a resource. */
export interface ArmResource extends ITerraformDependable {
  readonly id: string;
  readonly name: string;
}

/** Version of the API of a type. */
export function apiVersionOf(resourceType: ArmType): string {
  return resourceType.startsWith('Microsoft.Logic/') ? '2019-05-01' : '2025-06-01';
}

/** A resource by the body of its API. */
export function armResource(scope: Construct, id: string, { type, name, parentId, location, identity, body, dependsOn }: {
  readonly type: ArmType;
  readonly name: string;
  readonly parentId: string;
  readonly location: string;
  readonly identity: { readonly userAssigned: readonly string[] };
  readonly body: object;
  readonly dependsOn: ITerraformDependable[];
}): ArmResource {
  resourceGroupOf(scope)._register(type.split('/')[0]);
  const resource = new RawResource(scope, id, {
    resourceType: 'azapi_resource',
    attributes: {
      type: `${type}@${apiVersionOf(type)}`,
      name,
      parent_id: parentId,
      location,
      identity: [{ type: 'UserAssigned', identity_ids: [...identity.userAssigned] }],
      body: literals(body),
      response_export_values: [],
    },
    provider: rawProvider(TerraformStack.of(scope), { name: 'azapi', source: 'Azure/azapi', version: '~> 2.7' }),
    dependsOn,
  });
  return { id: resource.getStringAttribute('id'), name, fqn: resource.fqn };
}

function literals(value: unknown): unknown {
  if (typeof value === 'string') return literal(value);
  if (Array.isArray(value)) return value.map((each) => literals(each));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, literals(each)]));
}
