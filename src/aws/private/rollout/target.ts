import { RolloutSpec } from './spec';
import { ApiFields } from '../base/api-fields';
import { call, jsonata, sdkCall, State } from '../base/state-language';

/** What differs between an endpoint and a component of one. */
export interface Target {
  readonly noun: string;
  readonly describe: string;
  readonly create: string;
  readonly update: string;
  readonly remove: string;
  readonly id: ApiFields;
  /** JSONata over `$states.result`: status and what is served. */
  readonly status: string;
  readonly serves: string;
  /** JSONata over `$states.result`: what it is being changed to. */
  readonly pending: string;
  /** The value of `serves` that this rollout wants, as a JSONata variable. */
  readonly wanted: string;
}

const ENDPOINT: Omit<Target, 'id'> = {
  noun: 'Endpoint',
  describe: 'describeEndpoint',
  create: 'createEndpoint',
  update: 'updateEndpoint',
  remove: 'deleteEndpoint',
  status: '$states.result.EndpointStatus',
  serves: '$states.result.EndpointConfigName',
  pending: '$states.result.PendingDeploymentSummary.EndpointConfigName',
  wanted: '$configName',
};

const COMPONENT: Omit<Target, 'id'> = {
  noun: 'InferenceComponent',
  describe: 'describeInferenceComponent',
  create: 'createInferenceComponent',
  update: 'updateInferenceComponent',
  remove: 'deleteInferenceComponent',
  status: '$states.result.InferenceComponentStatus',
  serves: '$states.result.Specification.ModelName',
  pending: '$states.result.PendingDeploymentSummary.ModelName',
  wanted: '$modelName',
};

export function targetOf(spec: RolloutSpec): Target {
  if (spec.inferenceComponent) return { ...COMPONENT, id: { InferenceComponentName: spec.inferenceComponent.name } };
  return { ...ENDPOINT, id: { EndpointName: spec.endpointName } };
}

export const WORKING = "['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting']";

/** Where a look at the target leads, with what was seen in `$live`. */
export interface AfterLook {
  readonly next: string;
  readonly failed: string;
  readonly assignFailed?: ApiFields;
}

/** Asks how the target is and what it serves. */
export function look(target: Target, { next, failed, assignFailed }: AfterLook): State {
  return call(sdkCall('sagemaker', target.describe), target.id, {
    next, failed, assign: { live: observed(target) }, ...(assignFailed === undefined ? {} : { assignFailed }),
  });
}

function observed(target: Target): string {
  return jsonata(`{ 'status': ${target.status}, 'serves': $exists(${target.serves}) ? ${target.serves} : '', `
    + `'pending': $exists(${target.pending}) ? ${target.pending} : '', `
    + "'reason': $exists($states.result.FailureReason) ? $states.result.FailureReason : '' }");
}
