import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { examples, ROOT, synthesize } from '../../projenrc/scripts/examples';

test('a synthesis counts the warnings that the command line of the engine would print', () => {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'synth-'));
  try {
    const { resources, warnings } = synthesize(examples().find(({ name }) => name === 'gcp-level2')!, outdir);
    expect(resources).toBeGreaterThan(200);
    expect(warnings).toEqual([expect.stringMatching(/^MLOPS-IAM-04 roles have a permission boundary: /)]);
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
});

test('an example that is not there is an error that names those that are', () => {
  const script = path.join(ROOT, 'projenrc/scripts/synth-examples.ts');
  const run = () => execFileSync(process.execPath, ['-r', path.join(ROOT, 'projenrc/transpile-once.js'), script, 'aws-level7'], { encoding: 'utf8', stdio: 'pipe' });
  expect(run).toThrow(/no example aws-level7: there are aws-integrations, .*, gcp-level2/);
});
