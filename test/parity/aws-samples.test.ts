import * as fs from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { BASE, SAMPLES } from './samples';
import { Level2Blueprint } from '../../src/aws/blueprints/level2';
import { Cloud, MlopsIntent, Parity, Support } from '../../src/core';

/** What one intent comes to: the stack's templates and the files that a construct writes beside them, or the refusal of a value. */
function render(intent: MlopsIntent): string {
  const app = new App({ builtinCloudFormationValidation: false, analyticsReporting: false });
  new Level2Blueprint(new Stack(app, 'Stack'), 'Mlops', intent);
  const { directory } = app.synth();
  const files = fs.readdirSync(directory).filter((file) => /\.(template\.json|assets\.json|ya?ml)$|^compliance/.test(file)).sort();
  const text = files.map((file) => `${file}\n${fs.readFileSync(`${directory}/${file}`, 'utf8')}`).join('\n');
  fs.rmSync(directory, { recursive: true });
  return text;
}

const base = render(BASE);

test('there is a sample for every word', () => {
  expect(Object.keys(SAMPLES).sort()).toEqual(Parity.ROWS.filter((row) => row.cloud === Cloud.AWS).map((row) => `${row.intent}.${row.prop}`).sort());
});

describe('through the level 2 blueprint', () => {
  const rows = Parity.ROWS.filter((row) => row.cloud === Cloud.AWS);

  test.each(rows.filter((row) => row.support !== Support.REFUSED).map((row) => `${row.intent}.${row.prop}`))('%s changes what is synthesized', (word) => {
    const sample = SAMPLES[word];
    const without = sample.without === undefined ? base : render(sample.without);
    const [, prop] = word.split('.');
    try {
      expect(render(sample.with) === without).toBe(false);
    } catch (error) {
      if (!(error as Error).message.includes(prop)) throw error;
    }
  });

  const refused = rows.filter((row) => row.support === Support.REFUSED);
  if (refused.length > 0) {
    test.each(refused.map((row) => [`${row.intent}.${row.prop}`, row.prop]))('%s is refused by name', (word, prop) => {
      expect(() => render(SAMPLES[word].with)).toThrow(prop);
    });
  }
});
