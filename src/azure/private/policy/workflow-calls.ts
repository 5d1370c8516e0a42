import { Part, partsOf } from '../../../terraform/policy/parts';
import { isRuntime, ResourceView } from '../../../terraform/policy/resource-view';

/** Where a workflow says what it asks of Azure's interfaces. */
export const WORKFLOW = 'Microsoft.Logic/workflows';

/** The definition of a workflow; undefined where it is not known at synthesis. */
export function definitionOf({ attributes }: ResourceView): Part | undefined {
  const definition = attributes.properties?.definition;
  return typeof definition === 'object' && definition !== null ? definition : undefined;
}

/**
 * Requests over HTTP that change something, whose address matches. Expressions of the workflow put most addresses
 * together: they are text here.
 */
export function writesOf(definition: unknown, address: RegExp): Part[] {
  return callsOf(definition, address).filter(({ method }) => !['GET', 'HEAD'].includes(String(method).toUpperCase()));
}

/** Requests over HTTP whose address matches: what an action of the type Http has in its inputs. */
function callsOf(definition: unknown, address: RegExp): Part[] {
  return partsOf(
    definition,
    ({ method, uri }) => typeof method === 'string' && typeof uri === 'string' && address.test(uri),
  );
}

/** Bodies of versions of models: what a workflow registers. */
export function versionsOf(definition: unknown): Part[] {
  return partsOf(definition, ({ modelUri }) => modelUri !== undefined);
}

/** Bodies of deployments of online endpoints. */
export function deploymentsOf(definition: unknown): Part[] {
  return partsOf(definition, ({ endpointComputeType }) => endpointComputeType !== undefined);
}

/** Whether a workflow makes deployments of online endpoints, or new revisions of container apps. */
export function deploys(definition: unknown): boolean {
  return (
    deploymentsOf(definition).length > 0 ||
    writesOf(definition, /\/onlineEndpoints\/.+\/deployments\/|\/containerApps\//i).length > 0
  );
}

/**
 * Whether a workflow registers versions of its own making. One that promotes takes them as it has read them from the
 * workspace that trains: there the version has passed its gate, and the message that starts the promotion is the
 * approval of a person.
 */
export function registersVersions(definition: unknown): boolean {
  const isPromotion = partsOf(definition, (part) => part.mlops_training_version !== undefined).length > 0;
  return !isPromotion && versionsOf(definition).length > 0;
}

/** Whether a workflow asks for the approval of a version, as a person would: a message in the queue of approvals. */
export function approves(definition: unknown): boolean {
  return writesOf(definition, /approval.*\/messages/i).length > 0;
}

/** Whether the workflow, the template or Terraform puts the value together when it runs. */
export function isExpression(value: unknown): boolean {
  return isRuntime(value) || (typeof value === 'string' && /^@(?!@)|@\{/.test(value));
}
