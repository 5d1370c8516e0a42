import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { examples, ROOT, synthesize } from '../../projenrc/scripts/examples';
import { Inventory } from '../../src/testing/inventory';
import { templateOf } from '../support/examples';

describe.each(['aws-level0', 'aws-level1', 'aws-level2'])('%s', (name) => {
  const template = templateOf(name);

  test('has this inventory', () => {
    expect(Inventory.ofTemplate(template)).toMatchSnapshot();
  });

  test('stays under 250 resources', () => {
    expect(Object.keys(template.Resources).length).toBeLessThan(250);
  });

  test('is short enough to be called an example', () => {
    const lines = fs.readFileSync(path.join(ROOT, 'examples', name, 'main.ts'), 'utf8').split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
  });
});

test('two folders and two time zones give identical bytes', () => {
  const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), 'elsewhere-'));
  try {
    for (const part of ['src', 'examples', 'runtime', 'projenrc', 'package.json', 'tsconfig.json', 'tsconfig.dev.json', '.dockerignore']) {
      if (fs.existsSync(path.join(ROOT, part))) fs.cpSync(path.join(ROOT, part), path.join(elsewhere, part), { recursive: true });
    }
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(elsewhere, 'node_modules'));
    const [here, there] = [path.join(elsewhere, 'out-here'), path.join(elsewhere, 'out-there')];
    const example = examples().find((each) => each.name === 'aws-level2')!;
    synthesize(example, here, { TZ: 'Pacific/Kiritimati' });
    synthesize({ ...example, folder: path.join(elsewhere, 'examples', 'aws-level2') }, there, { TZ: 'America/Anchorage' });
    expect(contents(there)).toEqual(contents(here));
  } finally {
    fs.rmSync(elsewhere, { recursive: true });
  }
}, 120_000);

function contents(folder: string): Record<string, string> {
  return Object.fromEntries(fs.readdirSync(folder)
    .filter((file) => fs.statSync(path.join(folder, file)).isFile())
    .sort()
    .map((file) => [file, fs.readFileSync(path.join(folder, file), 'utf8')]));
}
