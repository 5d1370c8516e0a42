import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { builtinModules } from 'node:module';
import * as path from 'node:path';
import { AZURE_GROUND, GCP_GROUND, ROOMS } from '../../projenrc/rooms';

const ROOT = path.resolve(__dirname, '..', '..');
const SRC = path.join(ROOT, 'src');
const CLOUDS = ['aws', 'azure', 'gcp'];

interface Import {
  readonly file: string;
  readonly target: string;
}

/** Every import of every source file, as paths below src/ or package names. */
const imports: Import[] = files(SRC).flatMap((file) => {
  const text = fs.readFileSync(file, 'utf8');
  return [...text.matchAll(/^(?:import\b|export (?:type )?[*{])[^;]*?from '([^']+)'/gm)].map(([, specifier]) => ({
    file: path.relative(SRC, file),
    target: specifier.startsWith('.') ? path.relative(SRC, path.resolve(path.dirname(file), specifier)) : specifier,
  }));
});

test('there are imports to look at', () => {
  expect(imports.length).toBeGreaterThan(100);
});

test('core imports constructs and itself', () => {
  expect(breaches('core/', (target) => target.startsWith('core') || target === 'constructs' || isNode(target))).toEqual([]);
});

test('aws imports core, the CDK and itself', () => {
  const isAllowed = (target: string) => /^(core|aws)(\/|$)/.test(target) || ['constructs', 'aws-cdk-lib'].includes(target) || isNode(target);
  expect(breaches('aws/', isAllowed)).toEqual([]);
});

test('terraform imports core, cdktf and itself', () => {
  const isAllowed = (target: string) => /^(core|terraform)(\/|$)/.test(target) || ['constructs', 'cdktf'].includes(target) || isNode(target);
  expect(breaches('terraform/', isAllowed)).toEqual([]);
});

test.each([['azure', 'azurerm'], ['gcp', 'google']])('%s imports core, terraform, cdktf, its provider and itself', (cloud, provider) => {
  const allowed = new RegExp(`^(core|terraform|${cloud})(/|$)|^@cdktf/provider-${provider}/lib/[a-z0-9-]+$`);
  expect(breaches(`${cloud}/`, (target) => allowed.test(target) || ['constructs', 'cdktf'].includes(target) || isNode(target))).toEqual([]);
});

test.each(CLOUDS)('constructs of %s import no blueprint', (cloud) => {
  const constructs = imports.filter(({ file }) => new RegExp(`^${cloud}/[^/]+\\.ts$`).test(file) && file !== `${cloud}/index.ts`);
  expect(constructs.filter(({ target }) => target.startsWith(`${cloud}/blueprints`))).toEqual([]);
});

describe.each([['aws', []], ['azure', AZURE_GROUND], ['gcp', GCP_GROUND]])('the private files of %s', (cloud, ground) => {
  const rooms = ROOMS[cloud];
  const inRooms = imports.filter(({ file }) => file.startsWith(`${cloud}/private/`));

  test('lie in the rooms of the table, none of them flat', () => {
    expect([...new Set(inRooms.map(({ file }) => roomOf(file)))].filter((room) => !(room in rooms))).toEqual([]);
  });

  test('read the props of a construct and the ground that it stands on, and import no construct, policy or blueprint', () => {
    const allowed = new RegExp(`^${cloud}/(private/.+|[a-z-]+-props${ground.map((name) => `|${name}`).join('')})$`);
    expect(inRooms.filter(({ target }) => target.startsWith(`${cloud}/`) && !allowed.test(target))).toEqual([]);
  });

  test('use base and the rooms that theirs stands on', () => {
    expect(inRooms.filter(({ file, target }) => {
      if (!target.startsWith(`${cloud}/private/`)) return false;
      const [from, to] = [roomOf(file), roomOf(target)];
      return from !== to && to !== 'base' && !rooms[from].includes(to);
    })).toEqual([]);
  });
});

test('the clouds have the same rooms, and no room stands on one that stands on it', () => {
  for (const cloud of CLOUDS) expect(Object.keys(ROOMS[cloud]).sort()).toEqual(Object.keys(ROOMS.aws).sort());
  for (const rooms of Object.values(ROOMS)) {
    expect(circlesOf(new Map(Object.entries(rooms).map(([room, others]) => [room, [...others]])))).toEqual([]);
  }
});

test('no file imports itself by way of others', () => {
  const sources = new Set(imports.map(({ file }) => file));
  const edges = new Map<string, string[]>();
  for (const { file, target } of imports) {
    const imported = [`${target}.ts`, `${target}/index.ts`].find((name) => sources.has(name));
    if (imported) edges.set(file, [...edges.get(file) ?? [], imported]);
  }
  expect(circlesOf(edges)).toEqual([]);
});

test('a file of more than 300 lines says near its top why it is one', () => {
  const long = files(SRC).filter((file) => {
    const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
    return lines.length > 300 && !lines.slice(0, 5).some((line) => /^\/\/ Over 300 lines: .+\.$/.test(line));
  });
  expect(long.map((file) => path.relative(ROOT, file))).toEqual([]);
});

test('nothing imports the root of a Terraform provider package', () => {
  expect(imports.filter(({ target }) => /^@cdktf\/provider-[a-z]+$/.test(target))).toEqual([]);
});

test('requiring the AWS constructs loads no service module of the CDK and no Terraform', () => {
  const script = `
    require('aws-cdk-lib');
    const before = new Set(Object.keys(require.cache));
    require('./src/aws');
    console.log(JSON.stringify(Object.keys(require.cache).filter((file) => !before.has(file))));
  `;
  const output = execFileSync('node', ['-r', 'ts-node/register/transpile-only', '-e', script], {
    cwd: ROOT, encoding: 'utf8', env: { ...process.env, TS_NODE_PROJECT: 'tsconfig.dev.json' },
  });
  const loaded: string[] = JSON.parse(output);
  expect(loaded.filter((file) => file.includes('cdktf'))).toEqual([]);
  expect(loaded.map((file) => /aws-cdk-lib\/(aws-[a-z0-9-]+)\//.exec(file)?.[1]).filter((service) => service !== undefined)).toEqual([]);
}, 60_000);

/** The room of `aws/private/serving/plan.ts`, or the file's own name where it lies flat. */
function roomOf(file: string): string {
  return file.split('/')[2];
}

/** Each circle once, as the path that leads back to its start. */
function circlesOf(edges: Map<string, string[]>): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, trail: string[]): void => {
    if (trail.includes(node)) circles.push([...trail.slice(trail.indexOf(node)), node].join(' -> '));
    if (trail.includes(node) || done.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return circles;
}

function isNode(target: string): boolean {
  return builtinModules.includes(target.replace(/^node:/, ''));
}

function breaches(folder: string, isAllowed: (target: string) => boolean): Import[] {
  return imports.filter(({ file, target }) => file.startsWith(folder) && !isAllowed(target));
}

function files(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    return entry.isDirectory() ? files(full) : full.endsWith('.ts') ? [full] : [];
  });
}
