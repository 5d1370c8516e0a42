import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { transpileModule, ModuleKind, ScriptTarget } from 'typescript';
import { Cost, inTurn, median, run } from './measure';
import { typedTemplate } from './typed-aws';
import { typedConfiguration } from './typed-terraform';
import { examples, ROOT, stacksOf, synthesize } from '../projenrc/scripts/examples';

/**
 * Measures synthesis in cold processes against two floors in the same run, programs that make the same output: one from
 * raw `CfnResource`s or `TerraformResource`s with literal properties, one from the CDK's or the provider's own class of
 * each type. Figures go to docs/performance.md as ratios. Needs `npm run compile` first.
 */
const ROUNDS = Number(process.argv.find((arg) => /^\d+$/.test(arg)) ?? 7);
const BUILD = path.join(ROOT, 'out', 'bench');
const IMAGE_FOR_FLOOR = '111122223333.dkr.ecr.eu-central-1.amazonaws.com/breast-cancer:1';

const cli = build();
const rows = examples().filter(({ name }) => name.startsWith('aws-')).map(({ name, level }) => {
  const template = outputOf(name);
  const typed = prepared(`${name}-typed.json`, typedTemplate(template));
  for (const floor of [
    ['floor', template, 'false'],
    ['typed-floor', typed, 'false'],
  ]) {
    requireSame(template, floor, ({ Resources }) => Resources);
  }
  const costs = inTurn(cli, {
    ours: ['blueprint', level, '1', 'true'],
    raw: ['floor', template, 'true'],
    typed: ['typed-floor', typed, 'true'],
    oursUnvalidated: ['blueprint', level, '1', 'false'],
    rawUnvalidated: ['floor', template, 'false'],
    typedUnvalidated: ['typed-floor', typed, 'false'],
  }, ROUNDS);
  return { name, ...costs };
});

const terraformRows = ['azure', 'gcp'].map((cloud) => ({
  cloud,
  rows: examples().filter(({ name }) => name.startsWith(`${cloud}-`)).map(({ name, level }) => {
    const configuration = outputOf(name);
    const typed = prepared(`${name}-typed.json`, typedConfiguration(configuration));
    for (const floor of [['terraform-floor', configuration], ['terraform-typed-floor', typed]]) {
      requireSame(configuration, floor, ({ resource }) => withoutMetadata(resource));
    }
    const programs = {
      ours: [`${cloud}-blueprint`, level],
      raw: ['terraform-floor', configuration],
      typed: ['terraform-typed-floor', typed],
    };
    return { name, ...inTurn(cli, programs, ROUNDS) };
  }),
  load: inTurn(cli, { nothing: ['nothing'], ours: [`require-${cloud}`] }, ROUNDS),
}));

const load = inTurn(cli, { cdk: ['require-cdk'], ours: ['require-ours'] }, ROUNDS);
const loadMs = (median(load.ours, 'wallSeconds') - median(load.cdk, 'wallSeconds')) * 1000;

const growth = inTurn(cli, {
  one: ['blueprint', '1', '1', 'false'],
  ten: ['blueprint', '1', '10', 'false'],
  hundred: ['blueprint', '1', '100', 'false'],
}, 1);
const [one, ten, hundred] = [growth.one, growth.ten, growth.hundred].map((costs) => median(costs, 'cpuSeconds'));
const perWorkload = ((hundred - one) / 99) / ((ten - one) / 9);

const text = report();
fs.writeFileSync(path.join(ROOT, 'docs', 'performance.md'), text);
console.log(text);

function ratio(a: Cost[], b: Cost[], figure: keyof Cost = 'cpuSeconds'): string {
  return (median(a, figure) / median(b, figure)).toFixed(2);
}

function megabytesMore(a: Cost[], b: Cost[]): string {
  return (median(a, 'peakMegabytes') - median(b, 'peakMegabytes')).toFixed(0);
}

function report(): string {
  return [
    '# What synthesis costs',
    '',
    `Written by \`npm run bench\`: medians of ${ROUNDS} cold processes a program, run in turn. Two floors make the same output, so a ratio of 1`,
    'means that the constructs cost nothing. The raw floor writes literal properties into untyped resources (`CfnResource`, `TerraformResource`)',
    "and loads no class of any service; the typed floor uses the class that the CDK or the provider's package has for each type. A program that",
    'a person writes is the second at best.',
    '',
    '## AWS',
    '',
    '| example | CPU / raw | CPU / typed | unvalidated: CPU / raw | unvalidated: CPU / typed | typed / raw, unvalidated | wall / raw | memory over the raw floor, MB |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.map(
      (row) =>
        `| ${[
          row.name,
          ratio(row.ours, row.raw),
          ratio(row.ours, row.typed),
          ratio(row.oursUnvalidated, row.rawUnvalidated),
          ratio(row.oursUnvalidated, row.typedUnvalidated),
          ratio(row.typedUnvalidated, row.rawUnvalidated),
          ratio(row.ours, row.raw, 'wallSeconds'),
          megabytesMore(row.ours, row.raw),
        ].join(' | ')} |`,
    ),
    '',
    '"Unvalidated" is `builtinCloudFormationValidation: false`.',
    'Aims: CPU at most 1.05 with the validation and 1.5 without, at most 60 MB more memory.',
    '',
    `\`require('mlops-constructs/aws')\` adds ${loadMs.toFixed(0)} ms to \`require('aws-cdk-lib')\` (aim: under 60).`,
    '',
    `From 1 to 100 workloads (level 1, a stack each) the cost of one more workload is ${perWorkload.toFixed(2)} times that between 1 and 10 (aim: within 1.2).`,
    '',
    ...terraformRows.flatMap(terraformReport),
  ].join('\n');
}

function terraformReport({ cloud, rows: ofCloud, load: loading }: (typeof terraformRows)[number]): string[] {
  const loadingMs = (median(loading.ours, 'wallSeconds') - median(loading.nothing, 'wallSeconds')) * 1000;
  return [
    `## ${cloud === 'gcp' ? 'Google Cloud' : 'Azure'}`,
    '',
    '| example | CPU / raw | CPU / typed | typed / raw | wall / raw | memory over the raw floor, MB |',
    '|---|---|---|---|---|---|',
    ...ofCloud.map(
      (row) =>
        `| ${[
          row.name,
          ratio(row.ours, row.raw),
          ratio(row.ours, row.typed),
          ratio(row.typed, row.raw),
          ratio(row.ours, row.raw, 'wallSeconds'),
          megabytesMore(row.ours, row.raw),
        ].join(' | ')} |`,
    ),
    '',
    'Aim: CPU at most 1.3.',
    '',
    `\`require('mlops-constructs/${cloud}')\` and its first class take ${loadingMs.toFixed(0)} ms with cdktf (aim: under 350), and the process has ` +
      `${median(loading.ours, 'peakMegabytes').toFixed(0)} MB in all (aim: under 110).`,
    '',
  ];
}

/** The programs as plain JavaScript below the project's root, where the package finds itself by its name. */
function build(): string {
  const sources = [
    'bench/programs/blueprint.ts',
    'bench/programs/floor.ts',
    'bench/programs/typed-floor.ts',
    'bench/programs/cli.ts',
    'bench/programs/azure-blueprint.ts',
    'bench/programs/gcp-blueprint.ts',
    'bench/programs/terraform-floor.ts',
    'bench/programs/terraform-typed-floor.ts',
    'examples/intent.ts',
  ];
  for (const source of sources) {
    const code = fs.readFileSync(path.join(ROOT, source), 'utf8');
    const { outputText } = transpileModule(code, {
      compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 },
    });
    const target = path.join(BUILD, source.replace(/\.ts$/, '.js'));
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, outputText);
  }
  return path.join(BUILD, 'bench/programs/cli.js');
}

function outputOf(name: string): string {
  const example = examples().find((each) => each.name === name)!;
  const outdir = path.join(BUILD, name);
  synthesize(example, outdir, {}, { image: IMAGE_FOR_FLOOR });
  return stacksOf(example, outdir)[0];
}

function prepared(name: string, content: unknown): string {
  const file = path.join(BUILD, name);
  fs.writeFileSync(file, JSON.stringify(content));
  return file;
}

/** A floor that made something else would measure something else. */
function requireSame(output: string, program: string[], part: (written: any) => unknown): void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-'));
  try {
    run(cli, program, folder);
    const written = fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .find((file) => path.basename(file) === path.basename(output))!;
    const [wanted, got] = [output, path.join(folder, written)].map((file) =>
      part(JSON.parse(fs.readFileSync(file, 'utf8'))),
    );
    assert.deepStrictEqual(got, wanted);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Resources without what cdktf notes on each about the program. */
function withoutMetadata(resources: Record<string, Record<string, Record<string, unknown>>>): unknown {
  return Object.fromEntries(Object.entries(resources).map(([type, ofType]) =>
    [type, Object.fromEntries(Object.entries(ofType).map(([id, { '//': _, ...resource }]) => [id, resource]))]));
}
