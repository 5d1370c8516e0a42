import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { TerraformConfig } from './terraform';
import { examples, stacksOf, synthesize } from '../../projenrc/scripts/examples';

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

function stackOf(name: string): unknown {
  const example = examples().find((each) => each.name === name);
  if (example === undefined) throw new Error(`no example '${name}' among ${examples().map((each) => each.name)}`);
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), `${name}-`));
  try {
    synthesize(example, outdir);
    const stacks = stacksOf(example, outdir);
    if (stacks.length !== 1) throw new Error(`example '${name}' has the stacks ${stacks}, expected one`);
    return JSON.parse(fs.readFileSync(stacks[0], 'utf8'));
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}
