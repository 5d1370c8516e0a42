import { parse } from 'yaml';

/**
 * The definition of a `google_workflows_workflow` in a parsed `cdk.tf.json`, as the service would get it: Terraform's
 * escapes undone, its interpolations written as `<google_x.y.id>`. `name` is the end of the resource's name where there
 * are several.
 */
export function definitionOf(synthesized: any, name?: string): any {
  const workflows: Record<string, any> = synthesized.resource?.google_workflows_workflow ?? {};
  const found = Object.keys(workflows).filter((each) => name === undefined || each.endsWith(name));
  if (found.length !== 1) {
    const wanted = name === undefined ? '' : ` whose name ends in '${name}'`;
    throw new Error(`want one google_workflows_workflow${wanted}, got ${found.length} of: ${Object.keys(workflows).join(', ') || 'none'}`);
  }
  return parseSource(workflows[found[0]].source_contents);
}

/** The definition in the text of `source_contents`, be it JSON or YAML. */
export function parseSource(source: string): any {
  return parse(asDeployed(source));
}

/** What Terraform makes of the text, with a stand-in for everything it would put in. */
function asDeployed(source: string): string {
  let text = '';
  for (let at = 0; at < source.length;) {
    const three = source.slice(at, at + 3);
    if (three === '$${' || three === '%%{') {
      text += three.slice(1);
      at += 3;
    } else if (source.startsWith('${', at)) {
      const end = endOf(source, at + 2);
      text += `<${source.slice(at + 2, end)}>`.replace(/["\\]/g, "'");
      at = end + 1;
    } else {
      text += source[at++];
    }
  }
  return text;
}

/** Where the interpolation that begins before `at` is closed: braces and quoted text inside it are its own. */
function endOf(source: string, at: number): number {
  for (let depth = 0, quoted = false; at < source.length; at++) {
    if (source[at] === '"' && source[at - 1] !== '\\') quoted = !quoted;
    if (quoted) continue;
    if (source[at] === '{') depth++;
    if (source[at] === '}' && depth-- === 0) return at;
  }
  throw new Error(`an interpolation is not closed: ${source.slice(-60)}`);
}
