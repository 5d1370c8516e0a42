import { ResourceGroupTemplateDeployment } from '@cdktf/provider-azurerm/lib/resource-group-template-deployment';
import { Fn, ITerraformDependable, Lazy, propertyAccess, TerraformResourceLifecycle, Token } from 'cdktf';
import { Construct } from 'constructs';
import { ArmValue, entriesOf, isPlain, templateText } from './arm-text';
import { encodedJson, literal } from '../../../terraform/text';

/** One resource of a template. */
export interface TemplateInput {
  /** `Microsoft.MachineLearningServices/workspaces/onlineEndpoints`. */
  readonly resourceType: string;
  readonly apiVersion: string;
  readonly parentId: string;
  readonly name: string;
  /** Name of the deployment in its resource group, by which the group's history lists it. */
  readonly deploymentName: string;
  /** Members of the resource beside type, version and name, asked for at synthesis. */
  readonly members: () => { readonly [key: string]: ArmValue };
  /** Paths of the response that somebody reads, asked for at synthesis. */
  readonly exports: () => readonly string[];
  readonly dependsOn?: ITerraformDependable[];
  readonly lifecycle?: TerraformResourceLifecycle;
}

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';

/**
 * A deployment of one resource by a template. What only the deployment knows is a parameter of it, so that the template
 * itself is text that can be read and compared. The deployment deletes its resource when Terraform deletes the
 * deployment.
 */
export function templateDeployment(
  scope: Construct,
  id: string,
  input: TemplateInput,
): ResourceGroupTemplateDeployment {
  const written = () => writeTemplate(input);
  return new ResourceGroupTemplateDeployment(scope, id, {
    name: input.deploymentName,
    resourceGroupName: segmentOf(input.parentId, 4),
    deploymentMode: 'Incremental',
    templateContent: Lazy.stringValue({ produce: () => literal(JSON.stringify(written().template)) }),
    parametersContent: Lazy.stringValue({ produce: () => encodedJson(written().parameters) }),
    dependsOn: input.dependsOn,
    lifecycle: input.lifecycle,
  });
}

/** The id of the resource of a deployment: known from its parent, and a reason to wait for the deployment. */
export function idInTemplate(deployment: ResourceGroupTemplateDeployment, resourceId: string): string {
  return Token.asString(Fn.element([resourceId, deployment.id], 0));
}

/** A value of the response, which the template hands out. */
export function exportOfTemplate(deployment: ResourceGroupTemplateDeployment, path: string): string {
  return Token.asString(propertyAccess(Fn.jsondecode(deployment.outputContent), [outputName(path), 'value']));
}

/** The id of a resource below its parent. */
export function resourceIdOf(resourceType: string, parentId: string, name: string): string {
  const [namespace, ...kinds] = resourceType.split('/');
  return kinds.length === 1
    ? `${parentId}/providers/${namespace}/${kinds[0]}/${name}`
    : `${parentId}/${kinds[kinds.length - 1]}/${name}`;
}

function writeTemplate(input: TemplateInput): {
  readonly template: unknown;
  readonly parameters: { readonly [name: string]: unknown };
} {
  const parameters = new Parameters();
  const resource = {
    type: input.resourceType,
    apiVersion: input.apiVersion,
    name: parameters.inline(fullName(input), ['name']),
    ...(parameters.inline(input.members(), []) as object),
  };
  const paths = input.exports();
  const response = () => {
    const resourceId = parameters.add(
      'string',
      resourceIdOf(input.resourceType, input.parentId, input.name),
      'resourceId',
    );
    return `reference(${resourceId}, '${input.apiVersion}', 'Full')`;
  };
  const outputs = paths.length === 0 ? {} : outputsOf(paths, response());
  return {
    template: {
      $schema: SCHEMA,
      contentVersion: '1.0.0.0',
      parameters: parameters.declared(),
      resources: [resource],
      outputs,
    },
    parameters: parameters.values(),
  };
}

function outputsOf(paths: readonly string[], response: string): object {
  return Object.fromEntries(
    paths.map((path) => [outputName(path), { type: 'string', value: `[string(${response}.${path})]` }]),
  );
}

function outputName(path: string): string {
  return path.replace(/\./g, '_');
}

/** A template names a resource with the names of all that it lies in: `workspace/endpoint/deployment`. */
function fullName({ resourceType, parentId, name }: TemplateInput): string {
  const parents = resourceType.split('/').length - 2;
  return [...Array.from({ length: parents }, (_, place) => segmentOf(parentId, 8 + 2 * place)), name].join('/');
}

/** A part of an id, of which the first is empty: 4 is the resource group, 8 the name of the first resource. */
function segmentOf(armId: string, place: number): string {
  return Token.isUnresolved(armId) ? Token.asString(Fn.element(Fn.split('/', armId), place)) : armId.split('/')[place];
}

type ParameterType = 'string' | 'int' | 'array' | 'object';

/** What only the deployment knows, each under a name that says where it goes. */
class Parameters {
  private readonly added: { readonly name: string; readonly parameterType: ParameterType; readonly value: ArmValue }[] =
    [];

  /** A parameter, as an expression reads it. */
  public add(parameterType: ParameterType, value: ArmValue, wanted: string): string {
    const base = wanted.replace(/\W/g, '') || 'value';
    const taken = new Set(this.added.map(({ name }) => name));
    let name = base;
    for (let number = 2; taken.has(name); number++) name = `${base}${number}`;
    this.added.push({ name, parameterType, value });
    return `parameters('${name}')`;
  }

  /** A value as it stands in the template. */
  public inline(value: ArmValue, path: readonly string[]): ArmValue {
    const parameter = (parameterType: ParameterType) => `[${this.add(parameterType, value, nameAt(path))}]`;
    if (typeof value === 'string') return Token.isUnresolved(value) ? parameter('string') : templateText(value);
    if (typeof value === 'number') return Token.isUnresolved(value) ? parameter('int') : value;
    if (Array.isArray(value)) {
      return Token.isUnresolved(value)
        ? parameter('array')
        : value.map((each, place) => this.inline(each, [...path, `${place}`]));
    }
    if (!isPlain(value)) return Token.isUnresolved(value) ? parameter('object') : value;
    // A name that only the deployment knows cannot be a name in the text of a template.
    if (Object.keys(value).some((key) => Token.isUnresolved(key))) return parameter('object');
    return Object.fromEntries(entriesOf(value).map(([key, inner]) => [key, this.inline(inner, [...path, key])]));
  }

  public declared(): { readonly [name: string]: { readonly type: ParameterType } } {
    return Object.fromEntries(this.added.map(({ name, parameterType }) => [name, { type: parameterType }]));
  }

  public values(): { readonly [name: string]: { readonly value: ArmValue } } {
    return Object.fromEntries(this.added.map(({ name, value }) => [name, { value }]));
  }
}

/** The last name on the way to a value, places in lists left out. */
function nameAt(path: readonly string[]): string {
  return [...path].reverse().find((part) => !/^\d+$/.test(part)) ?? 'value';
}
