import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from './examples';

/**
 * The outside judges. Each check is one command; a check that cannot run here says so and why, and does not count as passed.
 *
 * `npm run verify -- cfn-lint checkov` runs the named checks only.
 */
interface Check {
  readonly name: string;
  /** The command, in the project's root. */
  readonly command: string;
  /** Why the check cannot run on this machine; undefined where it can. */
  readonly unavailable?: () => string | undefined;
}

const VENV = path.join(ROOT, '.venv');
const ENVIRONMENTS: Record<string, string> = {
  'cfn-lint': 'projenrc/python/cfn-lint.txt',
  'checkov': 'projenrc/python/checkov.txt',
  'loop': 'test/loop/requirements.txt',
  'moto': 'projenrc/python/moto.txt',
  'runtime': 'runtime/requirements-test.txt',
};
const TEMPLATES = '$(ls out/aws-*/*.template.json)';
/** The compiled package, as an app that is an ES module names it. */
const ES_MODULE = ["{ aws, ContainerImage, gcp, testing } from 'mlops-constructs'", "{ DataLake } from 'mlops-constructs/aws'",
  "{ GoogleProject } from 'mlops-constructs/gcp'", "{ Capacity } from 'mlops-constructs/core'", "{ Inventory } from 'mlops-constructs/testing'"]
  .map((names) => `import ${names};`).join(' ');

const RUN_TS = 'npx ts-node --project tsconfig.dev.json --transpile-only';
/** How a check says that it found something that it could not look at; what it was stands above. */
const NOT_CHECKED = 77;

const CHECKS: Check[] = [
  { name: 'synth', command: 'npm run -s synth' },
  { name: 'compile', command: 'npx projen compile' },
  { name: 'es-modules', command: `node --input-type=module -e "${ES_MODULE}"` },
  { name: 'snippets', command: 'npx projen snippets' },
  { name: 'generated-docs', command: 'npx projen docs -- --check' },
  { name: 'python-package', command: 'npx projen package:python' },
  { name: 'cfn-lint', command: `.venv/cfn-lint/bin/cfn-lint --config-file .cfnlintrc.yaml -- ${TEMPLATES}` },
  { name: 'checkov', command: '.venv/checkov/bin/checkov --config-file .checkov.yaml --quiet --compact' },
  {
    name: 'checkov-terraform',
    command: `${RUN_TS} projenrc/scripts/checkov-terraform.ts .venv/checkov/bin/checkov out`,
  },
  { name: 'cdktn', command: 'npx projen test:cdktn' },
  { name: 'runtime', command: '.venv/runtime/bin/pytest -q runtime examples/workload' },
  { name: 'loop', command: '.venv/loop/bin/pytest -q test/loop' },
  { name: 'deploy', command: '.venv/moto/bin/pytest -q test/deploy' },
  {
    name: 'terraform',
    command: `${RUN_TS} projenrc/scripts/terraform-validate.ts out`,
    unavailable: () => (spawnSync('terraform', ['version']).error === undefined ? undefined : 'terraform is not on the PATH'),
  },
];

const wanted = process.argv.slice(2);
const checks = CHECKS.filter((check) => wanted.length === 0 || wanted.includes(check.name));

for (const [name, requirements] of Object.entries(ENVIRONMENTS)) {
  if (checks.some((check) => check.command.includes(`.venv/${name}/`))) environment(name, requirements);
}

const results = checks.map((check) => {
  const reason = check.unavailable?.();
  if (reason !== undefined) return { name: check.name, seconds: 0, verdict: `NOT CHECKED: ${reason}` };
  console.log(`\n== ${check.name}: ${check.command}`);
  const start = process.hrtime.bigint();
  const status = sh(check.command);
  const verdict = status === 0 ? 'passed' : status === NOT_CHECKED ? 'NOT CHECKED: see above' : 'FAILED';
  return { name: check.name, seconds: Number(process.hrtime.bigint() - start) / 1e9, verdict };
});

console.log('\n== summary');
for (const { name, seconds, verdict } of results) console.log(`${name.padEnd(16)}${seconds.toFixed(0).padStart(5)} s  ${verdict}`);
const passed = results.filter(({ verdict }) => verdict === 'passed').length;
const failed = results.filter(({ verdict }) => verdict === 'FAILED').length;
console.log(`verify: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** A virtual environment that has exactly the pinned packages; made anew only when the pins change. */
function environment(name: string, requirements: string): void {
  const folder = path.join(VENV, name);
  const stamp = path.join(folder, 'installed.txt');
  const pins = fs.readFileSync(path.join(ROOT, requirements), 'utf8');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === pins) return;
  console.log(`== python environment '${name}' from ${requirements}`);
  fs.rmSync(folder, { recursive: true, force: true });
  if (sh(`python3 -m venv ${folder} && ${folder}/bin/pip install --quiet -r ${requirements}`) !== 0) {
    throw new Error(`python environment '${name}' cannot be installed from ${requirements}`);
  }
  fs.writeFileSync(stamp, pins);
}

function sh(command: string): number {
  return spawnSync(command, { cwd: ROOT, shell: '/bin/bash', stdio: 'inherit' }).status ?? 1;
}
