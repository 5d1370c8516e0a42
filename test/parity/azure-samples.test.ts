import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, TerraformStack } from 'cdktf';
import { composed } from './azure-stack';
import { changed, isProven, named, Rendered } from './changed';
import { BASE, sampleOf, SAMPLES } from './samples';
import * as azure from '../../src/azure';
import { Cloud, MlopsIntent, Parity, Support } from '../../src/core';
import { SUBSCRIPTION, TENANT } from '../support/azure';

const CONSTRUCTS = [
  'DataLake', 'Workspace', 'ExperimentTracker', 'FeatureStore', 'ModelRegistry', 'TrainingPipeline', 'ServingEndpoint', 'MonitoringStack',
  'GovernanceGuardrails', 'DeliveryPipeline',
] as const;

/** Constructs that Azure does not have yet, whose words nothing proves: empty in the end. */
const MISSING: readonly string[] = [];

/** Words of an endpoint and of what looks at one, which what is composed here has not: none in the end, when a blueprint composes it. */
const UNPROVEN = new RegExp([
  '^(ServingEndpointIntent|CaptureSpec|RealTimeServingOptions|ScalingSpec|ServerlessServingOptions|BatchServingOptions|CanaryOptions|LinearOptions)\\.',
  '^(DriftSpec|ModelQualitySpec|ServiceLevelSpec)\\.', '^MonitoringIntent\\.(?!alertEmails)', '^MlopsIntent\\.(serving|monitoring)$',
].join('|'));

const rows = Parity.ROWS.filter((row) => row.cloud === Cloud.AZURE);
const proven = rows.filter((row) => !UNPROVEN.test(`${row.intent}.${row.prop}`));

/** Synthesizes one intent. Bodies of the resource manager count under their own types. */
function render(intent: MlopsIntent): Rendered {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'parity-'));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, 'Stack');
    new azure.AzureResourceGroup(stack, 'Azure', { subscriptionId: SUBSCRIPTION, tenantId: TENANT, location: 'westeurope' });
    composed(stack, intent);
    app.synth();
    const folder = path.join(outdir, 'stacks', 'Stack');
    const { resource, ...rest } = JSON.parse(fs.readFileSync(path.join(folder, 'cdk.tf.json'), 'utf8'));
    const resources = new Map<string, string>();
    const add = (key: string, each: unknown) => resources.set(key, `${resources.get(key) ?? ''}${JSON.stringify(each)}`);
    for (const [resourceType, all] of Object.entries<object>(resource)) {
      for (const [id, each] of Object.entries<any>(all)) add(resourceType.startsWith('azapi_') ? each.type.split('@')[0] : resourceType, [id, each]);
    }
    const names = fs.readdirSync(folder).filter((name) => name !== 'cdk.tf.json');
    return {
      resources,
      files: new Map([
        ['configuration', JSON.stringify({ variable: rest.variable, provider: rest.provider, output: rest.output })],
        ...names.map((name): [string, string] => [name, fs.readFileSync(path.join(folder, name), 'utf8')]),
      ]),
    };
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

const base = render(BASE);

test('there is a sample for every word', () => {
  expect(Object.keys(SAMPLES).sort()).toEqual(rows.map((row) => `${row.intent}.${row.prop}`).sort());
});

test('what Azure lacks of the ten constructs is listed above', () => {
  expect(CONSTRUCTS.filter((name) => !(name in azure))).toEqual(MISSING);
});

describe('through the constructs of a product', () => {
  const honoured = proven.filter((row) => row.support !== Support.REFUSED);

  test.each(honoured.map((row) => [`${row.intent}.${row.prop}`, row] as const))('%s changes what its row names', (word, row) => {
    const sample = sampleOf(word, Cloud.AZURE);
    if (sample.refusal) {
      expect(() => render(sample.without ?? BASE)).not.toThrow();
      expect(() => render(sample.with)).toThrow(sample.refusal);
      return;
    }
    const changes = changed(sample.without === undefined ? base : render(sample.without), render(sample.with));
    expect({ named: named(row), changes, isProven: isProven(row, changes) }).toMatchObject({ isProven: true });
  });

  const refused = proven.filter((row) => row.support === Support.REFUSED).map((row) => [`${row.intent}.${row.prop}`, row.prop]);
  test.each(refused)('%s is refused by name', (word, prop) => {
    expect(() => render(sampleOf(word, Cloud.AZURE).with)).toThrow(prop);
  });
});
