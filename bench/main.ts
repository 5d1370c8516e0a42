import * as fs from 'node:fs';
import * as path from 'node:path';
import { transpileModule, ModuleKind, ScriptTarget } from 'typescript';
import { Cost, inTurn, median } from './measure';
import { examples, ROOT, stacksOf, synthesize } from '../projenrc/scripts/examples';

/**
 * Measures synthesis in cold processes against a floor in the same run: a program that builds the same stack from raw
 * `CfnResource`s or `TerraformResource`s. Figures go to docs/performance.md as ratios. Needs `npm run compile` first.
 */
const ROUNDS = Number(process.argv.find((arg) => /^\d+$/.test(arg)) ?? 7);
const BUILD = path.join(ROOT, 'out', 'bench');
const IMAGE_FOR_FLOOR = '111122223333.dkr.ecr.eu-central-1.amazonaws.com/breast-cancer:1';

const cli = build();
const rows = examples().filter(({ name }) => name.startsWith('aws-')).map(({ name, level }) => {
  const template = templateOf(name);
  const costs = inTurn(cli, {
    ours: ['blueprint', level, '1', 'true'],
    floor: ['floor', template, 'true'],
    oursUnvalidated: ['blueprint', level, '1', 'false'],
    floorUnvalidated: ['floor', template, 'false'],
  }, ROUNDS);
  return { name, ...comparison(costs.ours, costs.floor, costs.oursUnvalidated, costs.floorUnvalidated) };
});

const gcpRows = examples().filter(({ name }) => name.startsWith('gcp-')).map(({ name, level }) => {
  const { ours, floor } = inTurn(cli, { ours: ['gcp-blueprint', level], floor: ['gcp-floor', templateOf(name)] }, ROUNDS);
  return { name, ...terraformComparison(ours, floor) };
});
const gcpLoad = inTurn(cli, { nothing: ['nothing'], ours: ['require-gcp'] }, ROUNDS);
const gcpLoadMs = (median(gcpLoad.ours, 'wallSeconds') - median(gcpLoad.nothing, 'wallSeconds')) * 1000;

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

function comparison(ours: Cost[], floor: Cost[], oursUnvalidated: Cost[], floorUnvalidated: Cost[]) {
  const ratio = (a: Cost[], b: Cost[], figure: keyof Cost) => (median(a, figure) / median(b, figure)).toFixed(2);
  return {
    cpu: ratio(ours, floor, 'cpuSeconds'),
    wall: ratio(ours, floor, 'wallSeconds'),
    cpuUnvalidated: ratio(oursUnvalidated, floorUnvalidated, 'cpuSeconds'),
    wallUnvalidated: ratio(oursUnvalidated, floorUnvalidated, 'wallSeconds'),
    memory: (median(ours, 'peakMegabytes') - median(floor, 'peakMegabytes')).toFixed(0),
  };
}

function terraformComparison(ours: Cost[], floor: Cost[]) {
  const ratio = (figure: keyof Cost) => (median(ours, figure) / median(floor, figure)).toFixed(2);
  return {
    cpu: ratio('cpuSeconds'), wall: ratio('wallSeconds'), memory: (median(ours, 'peakMegabytes') - median(floor, 'peakMegabytes')).toFixed(0),
  };
}

function report(): string {
  return [
    '# What synthesis costs',
    '',
    `Written by \`npm run bench\`: medians of ${ROUNDS} cold processes a program, run in turn. The floor builds the same template from raw`,
    '`CfnResource`s with literal properties, so a ratio of 1 means that the constructs cost nothing.',
    '',
    '| example | CPU | wall | CPU without the CDK\'s validation | wall without it | memory over the floor, MB |',
    '|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row.name} | ${row.cpu} | ${row.wall} | ${row.cpuUnvalidated} | ${row.wallUnvalidated} | ${row.memory} |`),
    '',
    'Aims: CPU at most 1.05 with the validation and 1.5 without, at most 60 MB more memory.',
    '',
    `\`require('mlops-constructs/aws')\` adds ${loadMs.toFixed(0)} ms to \`require('aws-cdk-lib')\` (aim: under 60).`,
    '',
    `From 1 to 100 workloads (level 1, a stack each) the cost of one more workload is ${perWorkload.toFixed(2)} times that between 1 and 10 (aim: within 1.2).`,
    '',
    '## Google Cloud',
    '',
    'The floor builds the same configuration from raw `TerraformResource`s with literal attributes.',
    '',
    '| example | CPU | wall | memory over the floor, MB |',
    '|---|---|---|---|',
    ...gcpRows.map((row) => `| ${row.name} | ${row.cpu} | ${row.wall} | ${row.memory} |`),
    '',
    'Aim: CPU at most 1.3.',
    '',
    `\`require('mlops-constructs/gcp')\` and its first class take ${gcpLoadMs.toFixed(0)} ms with cdktf (aim: under 350), and the process has ` +
      `${median(gcpLoad.ours, 'peakMegabytes').toFixed(0)} MB in all (aim: under 110).`,
    '',
  ].join('\n');
}

/** The programs as plain JavaScript below the project's root, where the package finds itself by its name. */
function build(): string {
  const sources = ['bench/programs/blueprint.ts', 'bench/programs/floor.ts', 'bench/programs/cli.ts', 'bench/programs/gcp-blueprint.ts', 'bench/programs/gcp-floor.ts', 'examples/intent.ts'];
  for (const source of sources) {
    const code = fs.readFileSync(path.join(ROOT, source), 'utf8');
    const { outputText } = transpileModule(code, { compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 } });
    const target = path.join(BUILD, source.replace(/\.ts$/, '.js'));
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, outputText);
  }
  return path.join(BUILD, 'bench/programs/cli.js');
}

function templateOf(name: string): string {
  const example = examples().find((each) => each.name === name)!;
  const outdir = path.join(BUILD, name);
  synthesize(example, outdir, {}, { image: IMAGE_FOR_FLOOR });
  return stacksOf(example, outdir)[0];
}
