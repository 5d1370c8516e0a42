import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ROOT } from './examples';
import { Cloud, MaturityLevel, MaturityModel, Parity } from '../../src/core';
import { System } from '../../src/core/integrations/system';
import { SYSTEMS } from '../../src/core/integrations/systems';

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
  'docs/integrations.md': integrations(),
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

/** The systems and their facts; how well each is proven is read from the docstring of its test. */
function integrations(): string {
  const lines = Object.entries(SYSTEMS)
    .sort(([, one], [, other]) => one.title.localeCompare(other.title, 'en'))
    .map(([constructor, system]) => {
      const clouds = (['aws', 'gcp', 'azure'] as const).map((cloud) => `${system.clouds[cloud].as}: ${system.clouds[cloud].how}`);
      const facts = [
        `[${system.title}](${system.home})`,
        `\`Integration.${constructor}\``,
        system.purposes.join(', '),
        statusOf(system),
        system.licence,
        `${system.version} (${system.readOn})`,
        ...clouds,
        proofOf(system),
      ];
      return `| ${facts.join(' | ')} |`;
    });
  return [
    '# Systems that teams already use',
    '',
    'Generated from `src/core/integrations/systems` and `test/systems`. A system is *hosted* as a container with a database of its own,',
    "*managed* by the cloud's own service of it, *connected* where it exists already, or *refused* with what to do instead.",
    '`Integration.of` connects a system that is not in the table.',
    '',
    'Proof: L0 synthesized, L1 checked against the schema of the engine, L2 against the schema of the system, L3 read by a real tool,',
    'L4 run with a real server or client from Debian or npm, L5 from PyPI. Nothing here reaches L6, a cloud that runs.',
    '',
    '| system | word | for | status | licence | version (read on) | AWS | Google Cloud | Azure | proof |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

function statusOf({ status }: System): string {
  if (status.kind === 'active') return 'active';
  if (status.kind === 'gated') return `gated: ${status.reason}`;
  return `${status.kind} since ${status.since}: ${status.reason}; use ${status.replacement}`;
}

function proofOf({ id }: System): string {
  const test = path.join(ROOT, 'test', 'systems', `test_${id.replace(/-/g, '_')}.py`);
  const [, proof] = (fs.existsSync(test) ? /^"""(L\d: .*?)"""$/m.exec(fs.readFileSync(test, 'utf8')) : undefined) ?? [];
  return proof ?? 'L1: its variables and resources are synthesized and checked against the schema of the engine';
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
