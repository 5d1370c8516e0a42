import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

export const ROOT = path.resolve(__dirname, '..', '..');

/** An app under `examples/`: a folder with a `cdk.json` (CloudFormation) or a `cdktf.json` (Terraform). */
export interface Example {
  readonly name: string;
  readonly config: 'cdk.json' | 'cdktf.json';
  readonly level: string;
  readonly folder: string;
}

/** What one synthesis produced. */
export interface Synthesis {
  readonly example: Example;
  readonly stacks: number;
  readonly resources: number;
  /** Warnings that the engine's command line would print. */
  readonly warnings: readonly string[];
  readonly seconds: number;
}

/**
 * Traces of where a construct was made hold the folder of the checkout; without them two machines synthesize the same
 * bytes.
 */
const WITHOUT_TRACES = { 'aws:cdk:disable-stack-trace': true, 'aws:cdk:disable-creation-stack-traces': true };

/** Every example, in alphabetical order. */
export function examples(): Example[] {
  const folder = path.join(ROOT, 'examples');
  return fs.readdirSync(folder).sort().flatMap((name) => {
    const config = (['cdk.json', 'cdktf.json'] as const).find((file) => fs.existsSync(path.join(folder, name, file)));
    return config === undefined
      ? []
      : [{ name, config, level: /level(\d)$/.exec(name)?.[1] ?? '1', folder: path.join(folder, name) }];
  });
}

/** Runs an example's app as its engine's CLI would, without needing the CLI. */
export function synthesize(
  example: Example,
  outdir: string,
  env: Record<string, string> = {},
  context: Record<string, string> = {},
): Synthesis {
  fs.rmSync(outdir, { recursive: true, force: true });
  fs.mkdirSync(path.dirname(outdir), { recursive: true });
  const config = JSON.parse(fs.readFileSync(path.join(example.folder, example.config), 'utf8'));
  const start = process.hrtime.bigint();
  // The users' own way is to transpile in each process; here the examples share what was transpiled.
  const app = config.app.replace('ts-node/register/transpile-only', path.join(ROOT, 'projenrc', 'transpile-once.js'));
  const run = spawnSync(app, {
    cwd: example.folder,
    shell: true,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...config.context, ...WITHOUT_TRACES, ...context }),
      CDKTF_OUTDIR: outdir,
      CDKTF_CONTEXT_JSON: JSON.stringify({ ...config.context, ...context }),
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
      ...env,
    },
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (run.status !== 0) throw new Error(`example ${example.name} does not synthesize:\n${run.stdout}${run.stderr}`);
  const counts = stacksOf(example, outdir).map((file) => resourceCount(JSON.parse(fs.readFileSync(file, 'utf8'))));
  return {
    example,
    stacks: counts.length,
    resources: counts.reduce((sum, each) => sum + each, 0),
    warnings: warningsOf(outdir),
    seconds,
  };
}

/** What the manifest of either engine notes at level warn, and what the CDK's validations found. */
function warningsOf(outdir: string): string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { type, level, data, message } = value as {
      type?: string;
      level?: string;
      data?: unknown;
      message?: unknown;
    };
    if (type === 'aws:cdk:warning') found.push(String(data));
    else if (level === '@cdktf/warn' || type === '@cdktf/warn') found.push(String(message ?? data));
    Object.values(value).forEach(visit);
  };
  for (const file of fs
    .readdirSync(outdir)
    .filter((each) => each === 'manifest.json' || each.endsWith('.metadata.json'))) {
    visit(JSON.parse(fs.readFileSync(path.join(outdir, file), 'utf8')));
  }
  return [...new Set(found)];
}

/** The files that a synthesis wrote, one for each stack: CloudFormation templates or Terraform configurations. */
export function stacksOf(example: Example, outdir: string): string[] {
  if (example.config === 'cdk.json') {
    return fs
      .readdirSync(outdir)
      .filter((file) => file.endsWith('.template.json'))
      .map((file) => path.join(outdir, file));
  }
  return fs.readdirSync(path.join(outdir, 'stacks')).map((stack) => path.join(outdir, 'stacks', stack, 'cdk.tf.json'));
}

function resourceCount(stack: { Resources?: object; resource?: Record<string, object> }): number {
  const terraform = Object.values(stack.resource ?? {}).reduce((sum, ofType) => sum + Object.keys(ofType).length, 0);
  return Object.keys(stack.Resources ?? {}).length + terraform;
}
