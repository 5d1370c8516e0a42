import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ROOT } from './examples';
import { Cloud, MaturityLevel, MaturityModel, Parity } from '../../src/core';

/**
 * Writes the generated documents, or with `--check` fails when a committed one is not what would be written. Needs
 * `npm run compile` first.
 */
const check = process.argv.includes('--check');

const documents: Record<string, string> = {
  'API.md': api('root'),
  'docs/api/aws.md': api('aws'),
  'docs/api/azure.md': api('azure'),
  'docs/api/gcp.md': api('gcp'),
  'docs/api/testing.md': api('testing'),
  'docs/parity.md': parity(),
  'docs/maturity.md': maturity(),
};

let stale = 0;
for (const [file, text] of Object.entries(documents)) {
  const target = path.join(ROOT, file);
  if (!check) {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
    continue;
  }
  if (fs.existsSync(target) && fs.readFileSync(target, 'utf8') === text) continue;
  console.error(`${file} is not what the code says: run 'npm run compile && npm run docs' and commit it`);
  stale += 1;
}
process.exitCode = stale === 0 ? 0 : 1;

function api(submodule: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'api-'));
  try {
    execFileSync('npx', ['jsii-docgen', '--output', path.join(folder, 'api'), '--submodule', submodule], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const text = fs.readFileSync(path.join(folder, 'api.md'), 'utf8');
    return text.replace(/[ \t]+$/gm, '').trimEnd() + '\n';
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function parity(): string {
  const clouds = Object.values(Cloud);
  const keys = [...new Set(Parity.ROWS.map((row) => `${row.intent}.${row.prop}`))].sort();
  const lines = keys.map((key) => {
    const cells = clouds.map((cloud) =>
      Parity.ROWS.find((row) => `${row.intent}.${row.prop}` === key && row.cloud === cloud),
    );
    return `| \`${key}\` | ${cells.map((row) => (row ? `${row.support}: ${row.how.replace(/\|/g, '\\|')}` : 'not rendered yet')).join(' | ')} |`;
  });
  return [
    '# What each cloud does with each word of the vocabulary',
    '',
    'Generated from `src/core/parity.ts`. A word is honoured natively, emulated, or refused with an error; never ignored.',
    '',
    `| intent | ${clouds.join(' | ')} |`,
    `|---|${clouds.map(() => '---|').join('')}`,
    ...lines,
    '',
  ].join('\n');
}

function maturity(): string {
  const name = (level: MaturityLevel) =>
    `${level} (${MaturityLevel[level].toLowerCase().replace(/_/g, ' ').replace(/^cicd/, 'CI/CD')})`;
  return [
    '# Maturity levels',
    '',
    'Generated from `src/core/maturity.ts`. Each level has the practices of the levels below as well.',
    '',
    '| practice | what counts as having it | from level | provided by |',
    '|---|---|---|---|',
    ...MaturityModel.PRACTICES.map(
      (each) =>
        `| ${each.name} | ${each.evidence} | ${name(each.fromLevel)} | ${each.providedBy.map((field) => `\`${field}\``).join(', ')} |`,
    ),
    '',
  ].join('\n');
}
