import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, GcsBackend, TerraformStack } from 'cdktf';
import { changed, isProven, named, Rendered } from './changed';
import { BASE, sampleOf, SAMPLES } from './samples';
import { Cloud, MlopsIntent, Parity, Support } from '../../src/core';
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

const rows = Parity.ROWS.filter((row) => row.cloud === Cloud.GCP);
const base = render(BASE);

test('there is a sample for every word', () => {
  expect(Object.keys(SAMPLES).sort()).toEqual(rows.map((row) => `${row.intent}.${row.prop}`).sort());
});

describe('through the level 2 blueprint', () => {
  const honoured = rows.filter((row) => row.support !== Support.REFUSED);

  test.each(honoured.map((row) => [`${row.intent}.${row.prop}`, row] as const))('%s changes what its row names', (word, row) => {
    const sample = sampleOf(word, Cloud.GCP);
    if (sample.refusal) {
      expect(() => render(sample.without ?? BASE)).not.toThrow();
      expect(() => render(sample.with)).toThrow(sample.refusal);
      return;
    }
    const changes = changed(sample.without === undefined ? base : render(sample.without), render(sample.with));
    expect({ named: named(row), changes, isProven: isProven(row, changes) }).toMatchObject({ isProven: true });
  });

  const refused = rows.filter((row) => row.support === Support.REFUSED).map((row) => [`${row.intent}.${row.prop}`, row.prop]);
  test.each(refused)('%s is refused by name', (word, prop) => {
    expect(() => render(sampleOf(word, Cloud.GCP).with)).toThrow(prop);
  });
});
