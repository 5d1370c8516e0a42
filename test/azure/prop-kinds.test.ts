import * as fs from 'node:fs';
import * as path from 'node:path';
import { AzurermBackend, TerraformStack, TerraformVariable } from 'cdktf';
import {
  AzureResourceGroup, DataLake, DeliveryPipeline, ExperimentTracker, FeatureStore, GovernanceGuardrails, Integrations, Level0Blueprint,
  Level1Blueprint, Level2Blueprint, ModelRegistry, ModelSource, MonitoringStack, ServingEndpoint, TrainingPipeline, Workspace,
} from '../../src/azure';
import { ENUMS, STRUCTS } from '../../src/azure/private/base/prop-kinds';
import { propsOf, requireProps } from '../../src/azure/private/base/require-props';
import { ContainerImage } from '../../src/core/container-image';
import { azureStack, SUBSCRIPTION } from '../support/azure';
import { PlainLake, PlainWorkspace } from '../support/azure-parts';
import { PlainRegistry } from '../support/azure-serving';
import { kindsOf } from '../support/prop-kinds';
import { refusalOf } from '../support/refusal';

const image = ContainerImage.fromUri('images.azurecr.io/churn:1');
const person = { principalId: 'p', objectId: '00000000-0000-0000-0000-00000000000a', principalType: 'User' };

/** A construct with props that are taken, and the struct of the props. */
interface Made {
  readonly struct: string;
  readonly make: (stack: TerraformStack, more: object) => unknown;
}

const parts = (stack: TerraformStack) => ({ data: new PlainLake(stack, 'Data'), workspace: new PlainWorkspace(stack, 'Workspace') });
const product = { modelName: 'churn', image: ContainerImage.fromUri('mcr.microsoft.com/azureml/minimal:1'), alertEmails: [] };

/** A stack whose state others can read. */
function delivered(stack: TerraformStack): TerraformStack {
  new AzurermBackend(stack, { storageAccountName: 'state', containerName: 'state', key: 'churn.tfstate' });
  return stack;
}

const MADE: { readonly [name: string]: Made } = {
  'data lake': { struct: 'DataLakeProps', make: (stack, more) => new DataLake(stack, 'It', more) },
  'workspace': { struct: 'WorkspaceProps', make: (stack, more) => new Workspace(stack, 'It', { data: new PlainLake(stack, 'Data'), ...more }) },
  'experiment tracker': { struct: 'ExperimentTrackerProps', make: (stack, more) => new ExperimentTracker(stack, 'It', { workspace: new PlainWorkspace(stack, 'Workspace'), ...more }) },
  'feature store': { struct: 'FeatureStoreProps', make: (stack, more) => new FeatureStore(stack, 'It', { ...parts(stack), featureGroups: [], ...more }) },
  'model registry': { struct: 'ModelRegistryProps', make: (stack, more) => new ModelRegistry(stack, 'It', { ...parts(stack), ...more }) },
  'training pipeline': { struct: 'TrainingPipelineProps', make: (stack, more) => new TrainingPipeline(stack, 'It', { ...parts(stack), registry: new PlainRegistry(stack, 'Registry'), image, ...more }) },
  'serving endpoint': {
    struct: 'ServingEndpointProps', make: (stack, more) => new ServingEndpoint(stack, 'It', { ...parts(stack), model: ModelSource.latestApproved(new PlainRegistry(stack, 'Registry')), ...more }),
  },
  'monitoring stack': { struct: 'MonitoringStackProps', make: (stack, more) => new MonitoringStack(stack, 'It', { ...parts(stack), ...more }) },
  'governance guardrails': { struct: 'GovernanceGuardrailsProps', make: (stack, more) => new GovernanceGuardrails(stack, 'It', { ...parts(stack), ...more }) },
  'integrations': { struct: 'IntegrationsProps', make: (stack, more) => new Integrations(stack, 'It', { ...parts(stack), use: [], ...more }) },
  'delivery pipeline': { struct: 'DeliveryPipelineProps', make: (stack, more) => new DeliveryPipeline(delivered(stack), 'It', { repository: 'acme/churn', ...more }) },
  'level 0 blueprint': { struct: 'Level0BlueprintProps', make: (stack, more) => new Level0Blueprint(stack, 'It', { ...product, ...more }) },
  'level 1 blueprint': { struct: 'Level1BlueprintProps', make: (stack, more) => new Level1Blueprint(stack, 'It', { ...product, ...more }) },
  'level 2 blueprint': { struct: 'Level2BlueprintProps', make: (stack, more) => new Level2Blueprint(delivered(stack), 'It', { ...product, delivery: { repository: 'acme/churn' }, ...more }) },
  'azure resource group': {
    struct: 'AzureResourceGroupProps',
    make: (stack, more) => new AzureResourceGroup(new TerraformStack(stack.node.root, 'Other'), 'It', { subscriptionId: SUBSCRIPTION, location: 'westeurope', ...more }),
  },
};

/** What JavaScript may give to a prop of a kind, all of it wrong. */
function wrong(kind: string): unknown[] {
  const plain = kind.replace('?', '');
  const needed = kind.endsWith('?') ? [] : [undefined];
  if (plain.endsWith('[]')) return [...needed, 'x', 5, {}, [null], ...(plain === 'text[]' ? [[5]] : [])];
  if (plain.endsWith('{}')) return [...needed, 'x', 5, [], { a: null }];
  if (plain === 'text') return [...needed, null, 5, true, {}, [], person];
  if (plain === 'number') return [...needed, null, '5', true, {}];
  if (plain === 'boolean') return [...needed, null, 'true', 1];
  if (ENUMS[plain] !== undefined) return [...needed, null, 'nonsense', ENUMS[plain][0].toUpperCase(), 5];
  if (/^I[A-Z]/.test(plain)) return [...needed, null, 'x', 5, [], ...(['IPrincipal', 'INetwork'].includes(plain) ? [] : [{}])];
  if (STRUCTS[plain] !== undefined) return [...needed, null, 'x', 5, []];
  return [...needed, null, 'x', 5, {}];
}

/** A message of ours that names a prop: `training pipeline 'Stack/It': image must be …`. */
const naming = (what: string, prop: string) => new RegExp(`^${what} '[^']+': (.*\\b)?${prop}\\b`);

describe.each(Object.keys(MADE))('%s', (what) => {
  const { struct, make } = MADE[what];
  const props = propsOf(struct).map(([name, kind]): [string, string] => [name, kind]);

  test('takes the props that the others are tried with', () => {
    expect(refusalOf(() => make(azureStack(), {}))).toBeUndefined();
  });

  test.each(props)('refuses a wrong kind of %s, which is %s', (prop, kind) => {
    for (const value of wrong(kind)) {
      const refusal = refusalOf(() => make(azureStack(), { [prop]: value }));
      expect([value, refusal?.message]).toEqual([value, expect.stringMatching(naming(what, prop))]);
    }
  });

  const texts = props.filter(([, kind]) => kind.startsWith('text') && !kind.includes('{}'));
  test.each(texts)('refuses an empty %s, and bears one that only the deployment knows', (prop, kind) => {
    const list = kind.includes('[]');
    const empty = refusalOf(() => make(azureStack(), { [prop]: list ? [''] : '' }));
    expect(empty?.message).toMatch(naming('[a-z0-9 ]+', prop));
    const stack = azureStack();
    const token = new TerraformVariable(stack, 'Given', { type: 'string' }).stringValue;
    const refusal = refusalOf(() => make(stack, { [prop]: list ? [token] : token }));
    if (refusal !== undefined) expect(refusal.message).toMatch(naming('[a-z0-9 ]+', prop));
  });
});

test('the table of kinds is that of the sources', () => {
  const folder = path.resolve(__dirname, '..', '..', 'src', 'azure');
  const files = ['', 'blueprints'].flatMap((below) => fs.readdirSync(path.join(folder, below)).filter((file) => file.endsWith('.ts')).map((file) => path.join(folder, below, file)));
  const roots = files.flatMap((file) => [...fs.readFileSync(file, 'utf8').matchAll(/export interface ([A-Z]\w*(?:Props|Attributes))\b/g)].map(([, name]) => name));
  expect({ structs: STRUCTS, enums: ENUMS }).toEqual(kindsOf('azure', roots));
});

test('what is inside a struct, a list or a map is looked into', () => {
  const who = { what: 'thing', name: 'It' };
  const asked = (props: object) => refusalOf(() => requireProps(who, 'MonitoringStackProps', { data: azureStack(), workspace: azureStack(), ...props }))?.message;
  expect(asked({ drift: { maxDriftShare: '0.3' } })).toBe("thing 'It': drift.maxDriftShare must be a number, got '0.3'");
  expect(asked({ actionGroupIds: ['a', 5] })).toBe("thing 'It': actionGroupIds must be text, got 5");
  expect(asked({ drift: azureStack() })).toBe("thing 'It': drift must be an object, got the construct 'Stack'");
  expect(refusalOf(() => requireProps(who, 'WorkspaceProps', { data: azureStack(), owners: { alice: 5 } }))?.message).toBe("thing 'It': owners.alice must be text, got 5");
  expect(refusalOf(() => requireProps(who, 'WorkspaceProps', undefined as any))?.message).toBe("thing 'It': props must be an object, got undefined");
});
