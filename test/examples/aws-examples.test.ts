import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from '../../projenrc/scripts/examples';
import { Inventory } from '../../src/testing/inventory';
import { synthesizedTwice, templateOf } from '../support/examples';

describe.each(['aws-level0', 'aws-level1', 'aws-level2', 'aws-integrations'])('%s', (name) => {
  const template = templateOf(name);

  test('has this inventory', () => {
    expect(Inventory.ofTemplate(template)).toMatchSnapshot();
  });

  test('stays under 300 resources, of the 500 that a template may have', () => {
    expect(Object.keys(template.Resources).length).toBeLessThan(300);
  });

  test('is short enough to be called an example', () => {
    const lines = fs.readFileSync(path.join(ROOT, 'examples', name, 'main.ts'), 'utf8').split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
  });
});

test('the documented way up leaves the account open, says which stage it is, and nobody delivers three stages to one account', () => {
  const [, shown] = /## Go up a level\s+```sh\n([^]*?)```/.exec(fs.readFileSync(path.join(ROOT, 'docs/aws.md'), 'utf8'))!;
  expect(shown).not.toMatch(/--context (account|region)=/);
  const [, parameter, stage] = /--parameters BreastCancer:(\w+)=(\w+)/.exec(shown)!;
  const template = templateOf('aws-level2') as unknown as { readonly Parameters: Record<string, { readonly AllowedValues: string[] }> };
  expect(template.Parameters[parameter].AllowedValues).toContain(stage);
});

test('two folders and two time zones give identical bytes', () => {
  const { here, there } = synthesizedTwice('aws-level2');
  expect(there).toEqual(here);
}, 120_000);
