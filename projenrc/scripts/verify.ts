import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ROOT } from './examples';

/**
 * The outside judges. Each check is one command; a check that cannot run here says so and why, and does not count as
 * passed. As many run side by side as the machine has cores; what a check says is printed when it ends.
 *
 * `npm run verify -- cfn-lint checkov` runs the named checks only.
 */
interface Check {
  readonly name: string;
  /** The command, in the project's root. */
  readonly command: string;
  /** The check that writes what this one reads. */
  readonly after?: string;
  /** Why the check cannot run on this machine; undefined where it can. */
  readonly unavailable?: () => string | undefined;
  /** Python environments beside the one that the command names. */
  readonly environments?: readonly string[];
}

const IN_ROOT = { cwd: ROOT, shell: '/bin/bash' };
const VENV = path.join(ROOT, '.venv');
const ENVIRONMENTS: Record<string, string> = {
  'cfn-lint': 'projenrc/python/cfn-lint.txt',
  'checkov': 'projenrc/python/checkov.txt',
  'loop': 'test/loop/requirements.txt',
  'moto': 'projenrc/python/moto.txt',
  'python': 'test/python/requirements.txt',
  'runtime': 'runtime/requirements-test.txt',
  'systems': 'test/systems/requirements/driver.txt',
};
/** Systems that are started for real, each in an environment of its own. */
const SYSTEMS = fs
  .readdirSync(path.join(ROOT, 'test', 'systems', 'requirements'))
  .filter((file) => file !== 'driver.txt')
  .map((file) => path.basename(file, '.txt'));
const TEMPLATES = '$(ls out/aws-*/*.template.json)';
/** The compiled package, as an app that is an ES module names it. */
const ES_MODULE = [
  "{ aws, azure, ContainerImage, gcp, testing } from 'mlops-constructs'",
  "{ DataLake } from 'mlops-constructs/aws'",
  "{ AzureResourceGroup } from 'mlops-constructs/azure'",
  "{ GoogleProject } from 'mlops-constructs/gcp'",
  "{ Capacity } from 'mlops-constructs/core'",
  "{ Inventory } from 'mlops-constructs/testing'",
]
  .map((names) => `import ${names};`)
  .join(' ');

const RUN_TS = 'npx ts-node --project tsconfig.dev.json --transpile-only';
/** How a check says that it found something that it could not look at; what it was stands above. */
const NOT_CHECKED = 77;

/** The longest come first, so that the last to end does not end alone. */
const CHECKS: Check[] = [
  { name: 'synth', command: 'npm run -s synth' },
  { name: 'compile', command: 'npx projen compile' },
  { name: 'loop', command: '.venv/loop/bin/pytest -q test/loop', after: 'synth' },
  {
    name: 'systems',
    command: '.venv/systems/bin/pytest -v test/systems',
    after: 'synth',
    environments: SYSTEMS,
    unavailable: () => {
      if (!fs.existsSync('/usr/lib/postgresql')) return "Debian's PostgreSQL is not here";
      return fs.existsSync(path.join(VENV, 'debian/usr/bin/prometheus')) ? undefined : "Debian's Prometheus is not here";
    },
  },
  { name: 'runtime', command: '.venv/runtime/bin/pytest -q runtime examples/workload' },
  { name: 'cdktn', command: 'npx projen test:cdktn' },
  { name: 'deploy', command: '.venv/moto/bin/pytest -q test/deploy' },
  { name: 'generated-docs', command: 'npx projen docs -- --check', after: 'compile' },
  // Its first step compiles the snippets of the documentation.
  { name: 'python-package', command: 'npx projen package:python', after: 'compile' },
  {
    name: 'python-apps',
    command:
      '.venv/python/bin/pip install -q --no-deps --force-reinstall dist/python/*.whl && .venv/python/bin/pip check && .venv/python/bin/pytest -q test/python',
    after: 'python-package',
  },
  { name: 'promised-ranges', command: `${RUN_TS} projenrc/scripts/promised-ranges.ts npm`, after: 'compile' },
  { name: 'wheel-requires', command: `${RUN_TS} projenrc/scripts/promised-ranges.ts wheel`, after: 'python-package' },
  { name: 'doc-snippets', command: `${RUN_TS} projenrc/scripts/doc-snippets.ts` },
  { name: 'es-modules', command: `node --input-type=module -e "${ES_MODULE}"`, after: 'compile' },
  {
    name: 'checkov',
    command: '.venv/checkov/bin/checkov --config-file .checkov.yaml --quiet --compact',
    after: 'synth',
  },
  {
    name: 'checkov-terraform',
    command: `${RUN_TS} projenrc/scripts/checkov-terraform.ts .venv/checkov/bin/checkov out`,
    after: 'synth',
  },
  {
    name: 'cfn-lint',
    command: `.venv/cfn-lint/bin/cfn-lint --config-file .cfnlintrc.yaml -- ${TEMPLATES}`,
    after: 'synth',
  },
  {
    name: 'terraform',
    command: `${RUN_TS} projenrc/scripts/terraform-validate.ts out`,
    after: 'synth',
    unavailable: () =>
      spawnSync('terraform', ['version']).error === undefined ? undefined : 'terraform is not on the PATH',
  },
];

interface Result {
  readonly name: string;
  readonly seconds: number;
  readonly verdict: string;
}

void main(process.argv.slice(2));

async function main(wanted: string[]): Promise<void> {
  const checks = CHECKS.filter((check) => wanted.length === 0 || wanted.includes(check.name));
  for (const name of new Set(checks.filter((check) => check.unavailable?.() === undefined).flatMap((check) => check.environments ?? []))) {
    environment(name, `test/systems/requirements/${name}.txt`);
  }
  for (const [name, requirements] of Object.entries(ENVIRONMENTS)) {
    if (checks.some((check) => check.command.includes(`.venv/${name}/`))) environment(name, requirements);
  }

  const results = new Map<Check, Result>();
  const running = new Map<Check, Promise<void>>();
  const mayStart = (check: Check) => !results.has(check) && !running.has(check)
    && !checks.some((other) => other.name === check.after && !results.has(other));
  while (results.size < checks.length) {
    const next = running.size < os.availableParallelism() ? checks.find(mayStart) : undefined;
    if (next === undefined) {
      await Promise.race(running.values());
      continue;
    }
    running.set(next, result(next).then((ended) => {
      results.set(next, ended);
      running.delete(next);
    }));
  }
  report(checks.map((check) => results.get(check)!));
}

async function result({ name, command, unavailable }: Check): Promise<Result> {
  const reason = unavailable?.();
  if (reason !== undefined) return { name, seconds: 0, verdict: `NOT CHECKED: ${reason}` };
  const start = process.hrtime.bigint();
  const { status, output } = await outcome(command);
  console.log(`\n== ${name}: ${command}\n${output}`);
  const verdict = status === 0 ? 'passed' : status === NOT_CHECKED ? 'NOT CHECKED: see above' : 'FAILED';
  return { name, seconds: Number(process.hrtime.bigint() - start) / 1e9, verdict };
}

function report(results: Result[]): void {
  console.log('\n== summary');
  for (const { name, seconds, verdict } of results) {
    console.log(`${name.padEnd(18)}${seconds.toFixed(0).padStart(5)} s  ${verdict}`);
  }
  const passed = results.filter(({ verdict }) => verdict === 'passed').length;
  const failed = results.filter(({ verdict }) => verdict === 'FAILED').length;
  console.log(`verify: ${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

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
  return spawnSync(command, { ...IN_ROOT, stdio: 'inherit' }).status ?? 1;
}

/** How a command ended, and what it said on both streams in the order in which it said it. */
async function outcome(command: string): Promise<{ readonly status: number; readonly output: string }> {
  const child = spawn(command, { ...IN_ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  const status = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)));
  return { status, output: Buffer.concat(output).toString('utf8') };
}
