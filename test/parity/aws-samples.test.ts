import * as fs from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { changed, isProven, named, Rendered } from './changed';
import { BASE, sampleOf, SAMPLES } from './samples';
import { Level2Blueprint } from '../../src/aws/blueprints/level2';
import { Cloud, MlopsIntent, Parity, Support } from '../../src/core';

/** Synthesizes one intent as a level 2 blueprint. */
function render(intent: MlopsIntent): Rendered {
  const app = new App({ builtinCloudFormationValidation: false, analyticsReporting: false });
  new Level2Blueprint(new Stack(app, 'Stack'), 'Mlops', intent);
  const { directory } = app.synth();
  const template = JSON.parse(fs.readFileSync(`${directory}/Stack.template.json`, 'utf8'));
  const resources = new Map<string, string>();
  for (const resource of Object.values<{ Type: string }>(template.Resources)) {
    resources.set(resource.Type, `${resources.get(resource.Type) ?? ''}\n${JSON.stringify(resource)}`);
  }
  const names = fs.readdirSync(directory).filter((name) => /\.(assets\.json|ya?ml)$|^compliance/.test(name));
  const files = new Map(names.map((name) => [name, fs.readFileSync(`${directory}/${name}`, 'utf8')]));
  fs.rmSync(directory, { recursive: true });
  return { resources, files };
}

const base = render(BASE);
const rows = Parity.ROWS.filter((row) => row.cloud === Cloud.AWS);

test('there is a sample for every word', () => {
  expect(Object.keys(SAMPLES).sort()).toEqual(rows.map((row) => `${row.intent}.${row.prop}`).sort());
});

describe('through the level 2 blueprint', () => {
  const honoured = rows.filter((row) => row.support !== Support.REFUSED);

  test.each(honoured.map((row) => [`${row.intent}.${row.prop}`, row] as const))('%s changes what its row names', (word, row) => {
    const sample = sampleOf(word, Cloud.AWS);
    if (sample.refusal) {
      expect(() => render(sample.without ?? BASE)).not.toThrow();
      expect(() => render(sample.with)).toThrow(sample.refusal);
      return;
    }
    const changes = changed(sample.without === undefined ? base : render(sample.without), render(sample.with));
    expect({ named: named(row), changes, isProven: isProven(row, changes) }).toMatchObject({ isProven: true });
  });

  const refused = rows.filter((row) => row.support === Support.REFUSED);
  if (refused.length > 0) {
    test.each(refused.map((row) => [`${row.intent}.${row.prop}`, row.prop]))('%s is refused by name', (word, prop) => {
      expect(() => render(sampleOf(word, Cloud.AWS).with)).toThrow(prop);
    });
  }
});
