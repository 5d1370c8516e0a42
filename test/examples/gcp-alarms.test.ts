import { ContainerImage, Serving } from '../../src/core';
import { DataLake, ModelRegistry, ModelSource, MonitoringStack, ServingEndpoint, TrainingPipeline } from '../../src/gcp';
import { terraformOf } from '../support/examples';
import { IMAGE, TrainingWorld } from '../support/google-training';
import { googleStack, synthesized, TerraformConfig } from '../support/terraform';

/** What can fail with nobody beside it, by type, and what an alert calls it. */
const CAN_FAIL: { readonly [type: string]: (address: string, resource: any) => string } = {
  google_workflows_workflow: (address) => `google_workflows_workflow.${address}.name`,
  google_cloud_scheduler_job: (address) => `google_cloud_scheduler_job.${address}.name`,
  google_eventarc_trigger: (_, { name }) => name,
  google_pubsub_subscription: (address) => `google_pubsub_subscription.${address}.`,
  google_cloud_tasks_queue: (address) => `google_cloud_tasks_queue.${address}.`,
  google_dataplex_datascan: (address) => `google_dataplex_datascan.${address}.data_scan_id`,
};

const conditions = (config: TerraformConfig) => Object.values(config.resource.google_monitoring_alert_policy ?? {})
  .map((policy: any) => JSON.stringify(policy.conditions));

/** Addresses of what can fail and is in no alert. */
function unwatched(config: TerraformConfig): string[] {
  const watched = conditions(config);
  return Object.entries(CAN_FAIL).flatMap(([type, nameOf]) => Object.entries(config.resource[type] ?? {})
    .filter(([address, resource]) => !watched.some((condition) => condition.includes(nameOf(address, resource))))
    .map(([address]) => `${type}.${address}`));
}

/**
 * Lines of the workflows that are warnings, or worse, and that no alert waits for; what ends a run as failed is told
 * with the run.
 */
function untold(config: TerraformConfig): string[] {
  const watched = conditions(config);
  const lines = Object.values(config.resource.google_workflows_workflow ?? {}).flatMap((workflow: any) => {
    const found: { severity: string; json: any }[] = [];
    JSON.parse(workflow.source_contents, (_, value) => {
      if (value?.call === 'sys.log') found.push(value.args);
      return value;
    });
    return found;
  });
  const told = ({ mlops, outcome }: any) => watched.some((condition) => condition.includes(`\\"${outcome === undefined ? mlops : outcome}\\"`));
  return lines.filter(({ severity }) => ['WARNING', 'CRITICAL', 'ALERT', 'EMERGENCY'].includes(severity)).filter(({ json }) => !told(json)).map(({ json }) => json.mlops);
}

/** One stack with everything, in a mode of serving. */
function everything(serving: Serving): TerraformConfig {
  class World extends TrainingWorld {}
  const world = new World();
  const endpoint = new ServingEndpoint(world.stack, 'Serving', {
    data: world.data, model: ModelSource.latestApproved(world.registry), serving, ...(serving.mode === 'serverless' ? { image: ContainerImage.fromUri(IMAGE) } : {}),
  });
  const training: TrainingPipeline = world.training;
  new MonitoringStack(world.stack, 'Monitoring', { data: world.data, endpoint, training, registry: world.registry, alertEmails: ['team@example.com'] });
  return world.config;
}

/** The stack of a stage, whose versions are promoted from the project that trains. */
function stage(): TerraformConfig {
  const stack = googleStack();
  const data = new DataLake(stack, 'Data');
  const registry = ModelRegistry.promotedFrom(stack, 'Registry', { data, stage: 'prod', modelName: 'churn', trainingProjectId: 'churn-dev' });
  const endpoint = new ServingEndpoint(stack, 'Serving', { data, model: ModelSource.latestApproved(registry) });
  new MonitoringStack(stack, 'Monitoring', { data, endpoint, registry, alertEmails: ['team@example.com'] });
  return synthesized(stack);
}

describe.each<[string, () => TerraformConfig]>([
  ['gcp-level0', () => terraformOf('gcp-level0')],
  ['gcp-level1', () => terraformOf('gcp-level1')],
  ['gcp-level2', () => terraformOf('gcp-level2')],
  ['gcp-integrations', () => terraformOf('gcp-integrations')],
  ['batch predictions', () => everything(Serving.batch())],
  ['a service', () => everything(Serving.serverless())],
  ['an endpoint', () => everything(Serving.realTime())],
  ['a stage that versions are promoted to', stage],
])('%s', (_, configOf) => {
  const config = configOf();

  test('has an alert for whatever starts, or runs, by itself', () => {
    expect(unwatched(config)).toEqual([]);
  });

  test('has an alert for each line that warns', () => {
    expect(untold(config)).toEqual([]);
  });
});
