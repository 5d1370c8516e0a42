import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as ts from 'typescript';
import { Example, examples, ROOT, synthesize } from './examples';

/**
 * Tries the versions of others that the package promises to work with: each range at its low end and at npm's newest.
 *
 * `promised-ranges.ts npm` packs what was compiled, installs it as a user would with both ends of its peers, and
 * synthesizes the level-2 examples of every cloud there. `promised-ranges.ts wheel` compares what the wheel requires
 * with the peers, and compiles it with both ends of Python. What this machine has no version of is said, and is not
 * checked.
 */
const PACKAGE = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
const PEERS: Record<string, string> = PACKAGE.peerDependencies;

/** Names on PyPI of packages that npm has under other names. */
const PYTHON_NAMES: Record<string, string> = {
  '@cdktf/provider-azurerm': 'cdktf-cdktf-provider-azurerm',
  '@cdktf/provider-google': 'cdktf-cdktf-provider-google',
};
/** The newest version that README and docs promise. */
const NEWEST_PYTHON = '3.13';

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'ranges-'));
void main(process.argv[2]).finally(() => fs.rmSync(work, { recursive: true, force: true }));

async function main(what: string | undefined): Promise<void> {
  if (what === 'wheel') checkWheel();
  else await checkPeers();
}

async function checkPeers(): Promise<void> {
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', work], { cwd: ROOT });
  const lowest = Object.fromEntries(Object.entries(PEERS).map(([name, range]) => [name, lowEnd(name, range)]));
  // npm's newest, not the newest inside the range: a range that shuts it out is what breaks the next fresh app.
  const newest = Object.fromEntries(Object.keys(PEERS).map((name) => [name, 'latest']));
  const verdicts = await Promise.all(
    Object.entries({ lowest, newest }).map(([end, versions]) => checkEnd(end, versions)),
  );
  console.log(
    `engines: node ${PACKAGE.engines.node} was tried with ${process.version} alone; NOT CHECKED: its low end and newer majors, which are not on this machine`,
  );
  if (verdicts.includes(false)) process.exitCode = 1;
}

/** Installs one end in a folder of its own, refusing what does not fit together, and synthesizes there. */
async function checkEnd(end: string, versions: Record<string, string>): Promise<boolean> {
  const folder = path.join(work, end);
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  const packages = [
    path.join(work, `${PACKAGE.name}-${PACKAGE.version}.tgz`),
    ...Object.entries(versions).map(([name, version]) => `${name}@${version}`),
  ];
  const options = [
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--strict-peer-deps',
    '--loglevel=error',
  ];
  const installed = await run('npm', ['install', ...options, ...packages], folder);
  if (installed.status !== 0) {
    console.log(`${end}: ${JSON.stringify(versions)} cannot be installed together\n${installed.output}`);
    return false;
  }
  const got = Object.keys(versions).map(
    (name) =>
      `${name} ${JSON.parse(fs.readFileSync(path.join(folder, 'node_modules', name, 'package.json'), 'utf8')).version}`,
  );
  console.log(`${end}: ${got.join(', ')}`);
  return examples()
    .filter(({ level }) => level === '2')
    .map((example) => synthesizes(end, folder, example))
    .every((isGood) => isGood);
}

function synthesizes(end: string, folder: string, example: Example): boolean {
  const copy = { ...example, folder: path.join(folder, 'examples', example.name) };
  fs.mkdirSync(copy.folder, { recursive: true });
  transpile(path.join(ROOT, 'examples', 'intent.ts'), path.join(folder, 'examples', 'intent.js'));
  transpile(path.join(example.folder, 'main.ts'), path.join(copy.folder, 'main.js'));
  const config = JSON.parse(fs.readFileSync(path.join(example.folder, example.config), 'utf8'));
  fs.writeFileSync(path.join(copy.folder, example.config), JSON.stringify({ ...config, app: 'node main.js' }));
  try {
    const { resources } = synthesize(
      copy,
      path.join(folder, 'out', example.name),
      {},
      { image: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/churn:1' },
    );
    console.log(`${end}: ${example.name} synthesizes, ${resources} resources`);
    return resources > 0;
  } catch (error) {
    console.log(`${end}: ${(error as Error).message}`);
    return false;
  }
}

function transpile(from: string, to: string): void {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  fs.writeFileSync(to, ts.transpileModule(fs.readFileSync(from, 'utf8'), { compilerOptions }).outputText);
}

/** The lowest version of a range `^1.2.3`: the only kind that is promised. */
function lowEnd(name: string, range: string): string {
  const match = /^\^(\d+\.\d+\.\d+)$/.exec(range);
  if (match === null) {
    throw new Error(`the peer ${name} has the range '${range}': give ^<version>, whose low end can be tried`);
  }
  return match[1];
}

/** What the wheel requires, for each peer that it has a package of: the same low end, and the next major shut out. */
function checkWheel(): void {
  const wheels = fs.readdirSync(path.join(ROOT, 'dist', 'python')).filter((file) => file.endsWith('.whl'));
  if (wheels.length !== 1) {
    throw new Error(`dist/python has ${wheels.length} wheels: run 'npx projen package:python' on an empty dist`);
  }
  execFileSync('python3', ['-m', 'zipfile', '-e', path.join(ROOT, 'dist', 'python', wheels[0]), work]);
  const info = fs.readdirSync(work).find((each) => each.endsWith('.dist-info'))!;
  const metadata = fs.readFileSync(path.join(work, info, 'METADATA'), 'utf8');
  for (const [name, range] of Object.entries(PEERS)) {
    const low = lowEnd(name, range);
    const [major, minor] = low.split('.').map(Number);
    const want = `>=${low},<${major === 0 ? `0.${minor + 1}.0` : `${major + 1}.0.0`}`;
    const python = PYTHON_NAMES[name] ?? name;
    const got = new RegExp(`^Requires-Dist: ${python}(?=[ (<>=~])([^\\n]*)$`, 'm')
      .exec(metadata)?.[1]
      .replace(/[\s()]/g, '')
      .split(',')
      .sort()
      .reverse()
      .join(',');
    console.log(`wheel: ${python} ${got}${got === want ? '' : `, but the peer ${name} is ${range}: ${want}`}`);
    if (got !== want) process.exitCode = 1;
  }
  const [, lowest] =
    /^Requires-Python: ~=(\d+\.\d+)|^Requires-Python: >=(\d+\.\d+)/m.exec(metadata)?.filter(Boolean) ?? [];
  if (lowest === undefined) throw new Error('the wheel says no lowest version of Python');
  for (const version of [lowest, NEWEST_PYTHON]) compileWith(version);
}

/**
 * Compiles every file of the wheel with a version of Python; nothing is imported, for which the engines would have to
 * be installed.
 */
function compileWith(version: string): void {
  const python = pythonOf(version);
  if (python === undefined) {
    console.log(`NOT CHECKED: Python ${version} is not on this machine`);
    return;
  }
  execFileSync(python, ['-m', 'compileall', '-q', path.join(work, 'mlops_constructs')], { stdio: 'inherit' });
  console.log(`wheel: compiles with Python ${version}; NOT CHECKED: importing it there`);
}

function pythonOf(version: string): string | undefined {
  const pyenv = path.join(os.homedir(), '.pyenv', 'versions');
  const kept = fs.existsSync(pyenv)
    ? fs
      .readdirSync(pyenv)
      .filter((each) => each.startsWith(`${version}.`))
      .map((each) => path.join(pyenv, each, 'bin', 'python'))
    : [];
  const onPath = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, `python${version}`));
  return [...kept, ...onPath].find((file) => fs.existsSync(file));
}

/** How the command ended, and what it said. */
async function run(
  command: string,
  args: string[],
  cwd: string,
): Promise<{ readonly status: number; readonly output: string }> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  const status = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)));
  return { status, output: Buffer.concat(output).toString('utf8') };
}
