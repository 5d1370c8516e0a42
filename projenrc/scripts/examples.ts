import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

export const ROOT = path.resolve(__dirname, '..', '..');

/** An app under `examples/`: a folder with a `cdk.json`. */
export interface Example {
  readonly name: string;
  readonly level: string;
  readonly folder: string;
}

/** What one synthesis produced. */
export interface Synthesis {
  readonly example: Example;
  readonly stacks: number;
  readonly resources: number;
  readonly seconds: number;
}

/** Traces of where a construct was made hold the folder of the checkout; without them two machines synthesize the same bytes. */
const WITHOUT_TRACES = { 'aws:cdk:disable-stack-trace': true, 'aws:cdk:disable-creation-stack-traces': true };

/** Every example, in alphabetical order. */
export function examples(): Example[] {
  const folder = path.join(ROOT, 'examples');
  return fs.readdirSync(folder)
    .filter((name) => fs.existsSync(path.join(folder, name, 'cdk.json')))
    .sort()
    .map((name) => ({ name, level: name.replace(/^.*level/, ''), folder: path.join(folder, name) }));
}

/** Runs an example's app as the CDK CLI would, without needing the CLI. */
export function synthesize(example: Example, outdir: string, env: Record<string, string> = {}, context: Record<string, string> = {}): Synthesis {
  fs.rmSync(outdir, { recursive: true, force: true });
  const config = JSON.parse(fs.readFileSync(path.join(example.folder, 'cdk.json'), 'utf8'));
  const start = process.hrtime.bigint();
  const run = spawnSync(config.app, {
    cwd: example.folder,
    shell: true,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...config.context, ...WITHOUT_TRACES, ...context }),
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
      ...env,
    },
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (run.status !== 0) throw new Error(`example ${example.name} does not synthesize:\n${run.stdout}${run.stderr}`);
  const templates = fs.readdirSync(outdir).filter((file) => file.endsWith('.template.json'));
  const resources = templates.map((file) => {
    const template = JSON.parse(fs.readFileSync(path.join(outdir, file), 'utf8'));
    return Object.keys(template.Resources ?? {}).length;
  });
  return { example, stacks: templates.length, resources: resources.reduce((sum, each) => sum + each, 0), seconds };
}
