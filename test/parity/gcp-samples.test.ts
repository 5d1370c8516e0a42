import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, GcsBackend, TerraformStack } from 'cdktf';
import { Rendered } from './changed';
import { proveWords } from './prove';
import { Cloud, MlopsIntent } from '../../src/core';
import { GoogleProject, Level2Blueprint } from '../../src/gcp';

/** Synthesizes one intent as a level 2 blueprint. */
function render(intent: MlopsIntent): Rendered {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'parity-'));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, 'Stack');
    new GcsBackend(stack, { bucket: 'state', prefix: 'churn' });
    new GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4', projectNumber: '123456789012' });
    new Level2Blueprint(stack, 'Mlops', intent);
    app.synth();
    const folder = path.join(outdir, 'stacks', 'Stack');
    const { resource, ...rest } = JSON.parse(fs.readFileSync(path.join(folder, 'cdk.tf.json'), 'utf8'));
    const names = fs.readdirSync(folder).filter((name) => name !== 'cdk.tf.json');
    return {
      resources: new Map(Object.entries(resource).map(([resourceType, each]) => [resourceType, JSON.stringify(each)])),
      files: new Map([
        ['configuration', JSON.stringify({ variable: rest.variable, provider: rest.provider, output: rest.output })],
        ...names.map((name): [string, string] => [name, fs.readFileSync(path.join(folder, name), 'utf8')]),
      ]),
    };
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

proveWords(Cloud.GCP, render);
