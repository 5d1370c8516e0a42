import { JOB_RULE_ACTIONS, jobActions, JobApi } from './state-jobs';
import { SDK_SERVICES, SdkService, StateMachineDefinition } from './state-language';

/** Calls whose IAM action is not the name of the API. */
const OTHER_ACTIONS: Record<string, string[]> = {
  's3:listObjectsV2': ['s3:ListBucket'],
};

/**
 * The IAM actions that a definition's Tasks call, sorted. What a call needs beside itself (`iam:PassRole`) is not here.
 */
export function calledActions(definition: StateMachineDefinition): string[] {
  const actions = Object.values(definition.States)
    .filter(state => state.Type === 'Task')
    .flatMap(state => actionsOf(String(state.Resource)));
  return [...new Set(actions)].sort();
}

function actionsOf(resource: string): string[] {
  const parts = resource.split(':states:::')[1].split(':');
  const [service, api] = parts.slice(-2);
  if (parts[0] === 'aws-sdk') {
    return OTHER_ACTIONS[`${service}:${api}`] ?? [`${SDK_SERVICES[service as SdkService]}:${capitalized(api)}`];
  }
  if (api.endsWith('.sync')) return [...jobActions(api.slice(0, -'.sync'.length) as JobApi), ...JOB_RULE_ACTIONS];
  return [`${service}:${capitalized(api)}`];
}

function capitalized(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
