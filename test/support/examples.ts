import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { sharedFolder } from './run/shared-folder';
import { TerraformConfig } from './terraform';
import { Example, examples, ROOT, stacksOf, synthesize } from '../../projenrc/scripts/examples';

/** A template as plain data. */
export interface Template {
  readonly Resources: Record<string, TemplateResource>;
  readonly [section: string]: unknown;
}

/** A resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string[];
}

/** The one template of an example, synthesized into a folder of its own. */
export function templateOf(name: string): Template {
  return stackOf(name) as Template;
}

/** The same of an example that becomes Terraform. */
export function terraformOf(name: string): TerraformConfig {
  return stackOf(name) as TerraformConfig;
}

/**
 * The files of an example by their names, synthesized in one time zone, and in another from a copy of the project in
 * another folder.
 */
export function synthesizedTwice(name: string): { readonly here: Record<string, string>; readonly there: Record<string, string> } {
  const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), 'elsewhere-'));
  try {
    for (const part of ['src', 'examples', 'runtime', 'projenrc', 'package.json', 'tsconfig.json', 'tsconfig.dev.json', '.dockerignore']) {
      if (fs.existsSync(path.join(ROOT, part))) fs.cpSync(path.join(ROOT, part), path.join(elsewhere, part), { recursive: true });
    }
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(elsewhere, 'node_modules'));
    const [here, there] = [path.join(elsewhere, 'out-here'), path.join(elsewhere, 'out-there')];
    const example = exampleNamed(name);
    synthesize(example, here, { TZ: 'Pacific/Kiritimati' });
    synthesize({ ...example, folder: path.join(elsewhere, 'examples', name) }, there, { TZ: 'America/Anchorage' });
    return { here: contents(here), there: contents(there) };
  } finally {
    fs.rmSync(elsewhere, { recursive: true });
  }
}

function contents(folder: string): Record<string, string> {
  return Object.fromEntries(fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => fs.statSync(path.join(folder, file)).isFile())
    .sort()
    .map((file) => [file, fs.readFileSync(path.join(folder, file), 'utf8')]));
}

function exampleNamed(name: string): Example {
  const example = examples().find((each) => each.name === name);
  if (example === undefined) throw new Error(`no example '${name}' among ${examples().map((each) => each.name)}`);
  return example;
}

function stackOf(name: string): unknown {
  const example = exampleNamed(name);
  const outdir = path.join(sharedFolder(), name);
  if (!fs.existsSync(outdir)) synthesizeWhole(example, outdir);
  const stacks = stacksOf(example, outdir);
  if (stacks.length !== 1) throw new Error(`example '${name}' has the stacks ${stacks}, expected one`);
  return JSON.parse(fs.readFileSync(stacks[0], 'utf8'));
}

/** Another worker may do the same at the same time: the folder appears when everything is in it. */
function synthesizeWhole(example: Example, outdir: string): void {
  const unfinished = fs.mkdtempSync(`${outdir}-`);
  synthesize(example, unfinished);
  if (!fs.existsSync(outdir)) fs.renameSync(unfinished, outdir);
}
