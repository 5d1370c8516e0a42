import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, AzurermBackend, TerraformStack } from 'cdktf';
import { Rendered } from './changed';
import { proveWords } from './prove';
import { AzureResourceGroup, Level2Blueprint } from '../../src/azure';
import { Cloud, MlopsIntent } from '../../src/core';
import { SUBSCRIPTION, TENANT } from '../support/azure';

/** Synthesizes one intent as a level 2 blueprint. Bodies of the resource manager count under their own types. */
function render(intent: MlopsIntent): Rendered {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'parity-'));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, 'Stack');
    new AzurermBackend(stack, { storageAccountName: 'state', containerName: 'state', key: 'churn.tfstate' });
    new AzureResourceGroup(stack, 'Azure', { subscriptionId: SUBSCRIPTION, tenantId: TENANT, location: 'westeurope' });
    new Level2Blueprint(stack, 'Mlops', intent);
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

proveWords(Cloud.AZURE, render);
