import { LIMITS } from './limits';
import type { Routine } from './machine';
import { checkValue } from './validation/expressions';
import { readsBeforeAssignment } from './validation/flow';
import { Names } from './validation/names';
import { checkInner } from './validation/steps';

/**
 * What the service would refuse when the definition is deployed, and what can be seen to fail when it runs; one line
 * for each, none when all is well. Where the vendor's pages leave a question open, the narrower reading counts: what
 * passes here passes there.
 */
export function validateWorkflow(definition: any): string[] {
  if (typeof definition !== 'object' || definition === null) return ['the definition must be a map of workflows or a list of steps'];
  const routines: Record<string, Routine> = Array.isArray(definition) ? { main: { steps: definition } } : definition;
  const problems: string[] = [];
  const bytes = Buffer.byteLength(JSON.stringify(definition));
  if (bytes > LIMITS.sourceBytes) problems.push(`the source has ${bytes} bytes, at most ${LIMITS.sourceBytes}`);
  if (!Object.hasOwn(routines, 'main')) problems.push("there is no workflow 'main'");
  for (const [name, routine] of Object.entries(routines)) checkRoutine(name, routine, routines, problems);
  return problems.length > 0 ? problems : Object.entries(routines).flatMap(([name, routine]) => readsBeforeAssignment(name, routine));
}

function checkRoutine(name: string, routine: Routine, routines: Record<string, Routine>, problems: string[]): void {
  const report = (problem: string) => { problems.push(`${name}: ${problem}`); };
  if (!/^[A-Za-z_]\w*$/.test(name)) report('the name of a workflow must be letters, digits and underscores');
  if (typeof routine !== 'object' || routine === null || Array.isArray(routine)) return report('a workflow must be a map');
  Object.keys(routine).filter((each) => each !== 'params' && each !== 'steps').forEach((each) => report(`unknown key '${each}'`));
  const names = new Names();
  checkParameters(name, routine.params ?? [], names, routines, report);
  checkInner(routine.steps, { path: name, routines, names, seen: new Set(), reachable: [], loop: 'none', parallelDepth: 0, problems });
}

function checkParameters(name: string, params: unknown, names: Names, routines: Record<string, Routine>, report: (problem: string) => void): void {
  if (!Array.isArray(params)) return report("'params' must be a list");
  const most = name === 'main' ? 1 : LIMITS.parametersPerWorkflow;
  if (params.length > most) report(`'params' has ${params.length} parameters, at most ${most}`);
  let optional = false;
  for (const each of params) {
    const [key, ...more] = typeof each === 'string' ? [each] : Object.keys(each ?? {});
    if (typeof key !== 'string' || !/^[A-Za-z_]\w*$/.test(key) || more.length > 0) {
      report(`a parameter must be a name, or a map of one name to its default, got ${JSON.stringify(each)}`);
      continue;
    }
    if (names.has(key)) report(`there are two parameters '${key}'`);
    if (typeof each !== 'string' && name === 'main') report(`the parameter '${key}' of main cannot have a default`);
    if (typeof each === 'string' && optional) report(`the parameter '${key}' needs a default, for one before it has one`);
    if (typeof each !== 'string') {
      optional = true;
      checkValue(each[key], { routines, names: new Names(), report });
    }
    names.declare(key);
  }
}
