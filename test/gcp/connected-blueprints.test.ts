import { mkdtempSync, readFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, TerraformStack } from 'cdktf';
import { ContainerImage, Integration, SecretName, Serving } from '../../src/core';
import * as gcp from '../../src/gcp';
import { BASE } from '../parity/samples';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized, TerraformConfig } from '../support/terraform';
import { stateful, terraformLosses } from '../support/terraform-replacement';

const WANDB = Integration.weightsAndBiases({ entity: 'shop', apiKey: SecretName.of('wandb-api-key') });
const IMAGE = ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/churn/churn:1');
const LEVELS = [gcp.Level0Blueprint, gcp.Level1Blueprint, gcp.Level2Blueprint];
const network = gcp.PrivateNetwork.fromAttributes({
  networkId: 'projects/my-project/global/networks/own',
  subnetworkId: 'projects/my-project/regions/europe-west4/subnetworks/own',
  internetEgress: true,
});

/** The product on Google Cloud; its delivery knows where the state is. */
const PRODUCT: gcp.BlueprintProps = { ...BASE, image: IMAGE, delivery: { ...BASE.delivery!, stateBucketName: 'state' } };

interface Made { stack: TerraformStack; blueprint: gcp.Level2Blueprint }
const level2 = (props: Partial<gcp.BlueprintProps> = {}): Made => {
  const stack = googleStack({ network });
  return { stack, blueprint: new gcp.Level2Blueprint(stack, 'Mlops', { ...PRODUCT, alertEmails: ['ml@example.com'], ...props }) };
};
const config = (props?: Partial<gcp.BlueprintProps>): TerraformConfig => synthesized(level2(props).stack);
const workflow = (all: TerraformConfig, path: string): string => resourceAt(all, 'google_workflows_workflow', path).source_contents;
const readers = (all: TerraformConfig, secret: RegExp): string[] => resourcesOf(all, 'google_secret_manager_secret_iam_member')
  .filter(({ secret_id: id }) => secret.test(id)).map(({ member }) => /\.Mlops_(\w+?)(-[\w-]+)?_[0-9A-F]{8}\./.exec(member)![1]).sort();

test('a system that exists reaches every part', () => {
  const all = config({ integrations: { use: [WANDB] } });
  expect(onlyResource(all, 'google_workbench_instance')).toBeDefined();
  expect(resourceAt(all, 'google_storage_bucket_object', 'Workspace_Start').content).toContain("export WANDB_ENTITY='shop'");
  for (const path of ['Training_Workflow', 'Monitoring_Drift_Workflow']) {
    expect(workflow(all, path)).toContain('MLOPS_SECRET_WANDB_API_KEY_REF');
  }
  // The containers of the pipeline, and those of its versions.
  expect(workflow(all, 'Training_Workflow').split('MLOPS_SECRET_WANDB_API_KEY_REF').length - 1).toBeGreaterThanOrEqual(3);
  expect(readers(all, /^wandb-api-key$/)).toEqual(['Monitoring_Drift_Job_Account', 'Serving_Runtime_Account', 'Training_JobAccount', 'Workspace_ServiceAccount']);
});

test('a hosted system reaches what is in the network of the project, and a warning names the rest', () => {
  const { stack, blueprint } = level2({ integrations: { use: [Integration.prefect(), WANDB] } });
  const all = synthesized(stack);
  expect(blueprint.node.metadata.map(({ data }) => data)).toContain(
    "level 2 blueprint 'Stack/Mlops': prefect answers in the networks of the project alone: training, serving, drift runs on Vertex AI are not connected to it",
  );
  expect(resourceAt(all, 'google_storage_bucket_object', 'Workspace_Start').content).toContain('PREFECT_API_URL');
  expect(workflow(all, 'Training_Workflow')).not.toContain('PREFECT');
  expect(workflow(all, 'Monitoring_Drift_Workflow')).not.toContain('PREFECT');
  expect(readers(all, /prefect-secret-auth/)).toEqual(['Integrations_prefect_ServiceAccount', 'Workspace_ServiceAccount']);
});

test('a hosted system reaches training by an attachment, and a service of Cloud Run', () => {
  const networkAttachment = 'projects/my-project/regions/europe-west4/networkAttachments/jobs';
  const all = config({
    integrations: { use: [Integration.prefect()] },
    training: { ...BASE.training, networkAttachment },
    serving: { serving: Serving.serverless() },
    monitoring: undefined,
  });
  expect(workflow(all, 'Training_Workflow')).toContain('MLOPS_SECRET_PREFECT_API_AUTH_STRING_REF');
  expect(workflow(all, 'Serving_Rollout')).toContain('PREFECT_API_URL');
  expect(workflow(all, 'Serving_Rollout')).not.toContain('MLOPS_SECRET_PREFECT');
});

test('alerts on hosted systems notify as monitoring does', () => {
  const all = config({ integrations: { use: [Integration.prefect()] } });
  const channels = resourceAt(all, 'google_monitoring_alert_policy', 'Monitoring_TrainingRunAlert').notification_channels;
  expect(channels.length).toBeGreaterThan(0);
  expect(resourceAt(all, 'google_monitoring_alert_policy', 'Integrations_prefect_UnhealthyAlert').notification_channels).toEqual(channels);
});

test('a product without a section has no integrations', () => {
  expect(level2().blueprint.integrations).toBeUndefined();
  expect(level2({ integrations: { use: [WANDB] } }).blueprint.integrations!.connections).toHaveLength(1);
});

test('native props of the section hold', () => {
  const all = config({ integrations: { use: [Integration.prefect()], hosted: { prefect: { highlyAvailable: true } } } });
  expect(resourceAt(all, 'google_sql_database_instance', 'Integrations_prefect_Database').settings.availability_type).toBe('REGIONAL');
});

test.each([0, 1, 2])('level %d refuses a system on the internet in a network without a way there', (level) => {
  const stack = googleStack();
  expect(() => new LEVELS[level](stack, 'Mlops', { ...BASE, integrations: { use: [WANDB] } })).toThrow(
    /^workspace 'Stack\/Mlops\/Workspace': connections: weights-and-biases answers on the internet, and the network has no way there/,
  );
});

test('going up a level, and a system that comes, lose nothing of what is hosted', () => {
  const at = (Level: (typeof LEVELS)[number], use: Integration[]) => {
    const stack = googleStack({ network });
    new Level(stack, 'Mlops', { ...PRODUCT, integrations: { use } });
    return synthesized(stack);
  };
  const [level0, level1, level2Again] = LEVELS.map((Level) => at(Level, [Integration.prefect()]));
  expect(stateful(level0).map(([resourceType]) => resourceType)).toContain('google_sql_database_instance');
  expect(terraformLosses(level0, level1)).toEqual([]);
  expect(terraformLosses(level1, level2Again)).toEqual([]);
  expect(terraformLosses(level2Again, at(gcp.Level2Blueprint, [WANDB, Integration.zenMl(), Integration.prefect()]))).toEqual([]);
});

test('what is hosted and connected breaks no policy of level 2, and what is excepted has a reason', () => {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'connected-')) });
  const stack = new TerraformStack(app, 'Stack');
  new gcp.GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4', projectNumber: '123456789012', network });
  const hosted = [Integration.prefect(), Integration.lakeFs(), Integration.zenMl(), Integration.grafana(), Integration.phoenix()];
  const use = [WANDB, Integration.dvc(), ...hosted];
  new gcp.Level2Blueprint(stack, 'Mlops', { ...PRODUCT, integrations: { use } });
  expect(() => app.synth()).not.toThrow();
  const { policies } = JSON.parse(readFileSync(join(app.outdir, 'stacks', 'Stack', 'compliance.json'), 'utf8'));
  const mine = Object.entries<any>(policies).flatMap(([policy, { resources }]) => resources
    .filter(({ resource }: any) => resource.includes('/Integrations/'))
    .map(({ resource, verdict, reasons }: any) => ({ policy, resource, verdict, reasons })));
  expect(mine.filter(({ verdict }) => verdict === 'violation')).toEqual([]);
  const excepted = mine.filter(({ verdict }) => verdict === 'exception');
  expect([...new Set(excepted.map(({ policy }) => policy))]).toEqual(['MLOPS-NET-01']);
  expect(excepted).toHaveLength(5);
  expect(excepted[0].reasons.join(' ')).toMatch(/inside the networks of the project alone/);
});
