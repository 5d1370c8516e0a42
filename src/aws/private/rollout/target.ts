import { RolloutSpec } from './spec';
import { ApiFields } from '../base/api-fields';
import { call, CAUGHT, CAUGHT_WORDS, jsonata, sdkCall, State } from '../base/state-language';
import { LIVE_VARIANT } from '../serving/variants';

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
  /** JSONata over `$states.result`: how many replicas it is to have, or nothing. */
  readonly replicas: string;
  /** The value of `serves` that this rollout wants, as a JSONata variable. */
  readonly wanted: string;
}

const LIVE = `$states.result.ProductionVariants[VariantName='${LIVE_VARIANT}'][0]`;

const ENDPOINT: Omit<Target, 'id'> = {
  noun: 'Endpoint',
  describe: 'describeEndpoint',
  create: 'createEndpoint',
  update: 'updateEndpoint',
  remove: 'deleteEndpoint',
  status: '$states.result.EndpointStatus',
  serves: '$states.result.EndpointConfigName',
  pending: '$states.result.PendingDeploymentSummary.EndpointConfigName',
  replicas: `($exists(${LIVE}.DesiredInstanceCount) ? ${LIVE}.DesiredInstanceCount : ${LIVE}.DesiredServerlessConfig.ProvisionedConcurrency)`,
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
  replicas: '$states.result.RuntimeConfig.DesiredCopyCount',
  wanted: '$modelName',
};

export function targetOf(spec: RolloutSpec): Target {
  if (spec.inferenceComponent) return { ...COMPONENT, id: { InferenceComponentName: spec.inferenceComponent.name } };
  return { ...ENDPOINT, id: { EndpointName: spec.endpointName } };
}

export const WORKING = "['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting']";

/**
 * It has a config that it serves, or should: in service, with a mix of two after a rollback that failed, or out of
 * service for now.
 */
export const SERVING = "['InService', 'UpdateRollbackFailed', 'OutOfService']";

/**
 * Where a look at the target leads, with what was seen in `$live`; after one that came to nothing its status is
 * `Unknown`.
 */
export interface AfterLook {
  readonly next: string;
  readonly failed: string;
  /** Whether `$failure` stays what it was, where the look fails. */
  readonly keepsFailure?: boolean;
}

/** Asks how the target is and what it serves. */
export function look(target: Target, { next, failed, keepsFailure }: AfterLook): State {
  return call(sdkCall('sagemaker', target.describe), target.id, {
    next,
    failed,
    assign: { live: observed(target) },
    assignFailed: { ...keepsFailure ? {} : { failure: CAUGHT }, live: jsonata(`$merge([$live, { 'status': 'Unknown', 'reason': ${CAUGHT_WORDS} }])`) },
  });
}

function observed(target: Target): string {
  return jsonata(
    `{ 'status': ${target.status}, 'serves': $exists(${target.serves}) ? ${target.serves} : '', ` +
      `'pending': $exists(${target.pending}) ? ${target.pending} : '', 'replicas': $exists(${target.replicas}) ? ${target.replicas} : 0, ` +
      "'reason': $exists($states.result.FailureReason) ? $states.result.FailureReason : '' }",
  );
}
