import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, GcsBackend, TerraformStack } from 'cdktf';
import { BASE, SAMPLES } from './samples';
import { Cloud, MlopsIntent, Parity, Support } from '../../src/core';
import { GoogleProject, Level2Blueprint } from '../../src/gcp';

/** What one intent comes to: the stack's configuration and the files that a construct writes beside it, or the refusal of a value. */
function render(intent: MlopsIntent): string {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'parity-'));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, 'Stack');
    new GcsBackend(stack, { bucket: 'state', prefix: 'churn' });
    new GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4', projectNumber: '123456789012' });
    new Level2Blueprint(stack, 'Mlops', intent);
    app.synth();
    const folder = path.join(outdir, 'stacks', 'Stack');
    return fs.readdirSync(folder).sort().map((file) => `${file}\n${fs.readFileSync(path.join(folder, file), 'utf8')}`).join('\n');
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
  test.each(rows.filter((row) => row.support !== Support.REFUSED).map((row) => `${row.intent}.${row.prop}`))('%s changes what is synthesized', (word) => {
    const sample = SAMPLES[word];
    const without = sample.without === undefined ? base : render(sample.without);
    const [, prop] = word.split('.');
    try {
      expect(render(sample.with) === without).toBe(false);
    } catch (error) {
      if (!(error as Error).message.toLowerCase().includes(prop.toLowerCase())) throw error;
    }
  });

  test.each(rows.filter((row) => row.support === Support.REFUSED).map((row) => [`${row.intent}.${row.prop}`, row.prop]))('%s is refused by name', (word, prop) => {
    expect(() => render(SAMPLES[word].with)).toThrow(prop);
  });
});
