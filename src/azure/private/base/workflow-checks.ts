import { Action, Actions } from './workflow-actions';
import { refuseBecause, Speaker } from '../../../core/private/validation';

/**
 * Limits of a workflow.
 *
 * @see https://learn.microsoft.com/azure/logic-apps/logic-apps-limits-and-configuration#workflow-definition-limits
 */
const LIMITS = {
  actions: 500,
  depth: 8,
  variables: 250,
  cases: 25,
  expression: 8192,
  name: 80,
  bytes: 1_000_000,
  untilCount: 5000,
  untilDays: 90,
};

/** An action and where it is. */
interface Place {
  readonly name: string;
  readonly action: Action;
  readonly siblings: readonly string[];
  readonly depth: number;
  readonly around: readonly string[];
}

/**
 * Refuses a definition that the service would not save, or that would not run as it reads: most of these it finds only
 * when the workflow is deployed.
 */
export function requireDefinition(who: Speaker, triggers: unknown, actions: Actions): void {
  const places = placesOf(actions, 1, []);
  requireNames(who, places);
  requireLimits(who, places);
  requireVariables(who, places);
  requireOrder(who, places);
  for (const expression of expressionsOf([triggers, actions])) {
    if (expression.length > LIMITS.expression) {
      refuseBecause(
        who,
        `an expression has ${expression.length} characters and Logic Apps takes ${LIMITS.expression}: give fewer or shorter values, it begins ${expression.slice(0, 100)}`,
      );
    }
  }
  const bytes = Buffer.byteLength(JSON.stringify([triggers, actions]));
  if (bytes > LIMITS.bytes) {
    refuseBecause(
      who,
      `its definition has ${bytes} bytes and Logic Apps takes ${LIMITS.bytes}: hyperparameters and variables stand in it, so give fewer or shorter ones, ` +
        'or let the image read them from a file of the lake',
    );
  }
}

function placesOf(actions: Actions, depth: number, around: readonly string[]): Place[] {
  const siblings = Object.keys(actions);
  return siblings.flatMap((name) => {
    const action = actions[name];
    const inside = [...around, action.type];
    return [
      { name, action, siblings, depth, around },
      ...blocksOf(action).flatMap((block) => placesOf(block, depth + 1, inside)),
    ];
  });
}

/** The lists of actions inside an action. */
function blocksOf(action: Action): Actions[] {
  const { actions, else: otherwise, cases, default: usual } = action as { readonly [member: string]: any };
  const blocks = [
    actions,
    otherwise?.actions,
    ...Object.values(cases ?? {}).map((each: any) => each.actions),
    usual?.actions,
  ];
  return blocks.filter((block) => block !== undefined);
}

function requireNames(who: Speaker, places: readonly Place[]): void {
  const seen = new Set<string>();
  for (const { name } of places) {
    if (!/^[A-Za-z0-9_-]+$/.test(name) || name.length > LIMITS.name) {
      refuseBecause(
        who,
        `action '${name}' must be named by at most ${LIMITS.name} letters, digits, hyphens and underscores: give a shorter name to what it is made from`,
      );
    }
    if (seen.has(name.toLowerCase())) {
      refuseBecause(
        who,
        `two actions are named '${name}', and a name is taken once in the whole workflow, upper and lower case alike`,
      );
    }
    seen.add(name.toLowerCase());
  }
}

function requireLimits(who: Speaker, places: readonly Place[]): void {
  if (places.length > LIMITS.actions) {
    refuseBecause(
      who,
      `it has ${places.length} actions and Logic Apps takes ${LIMITS.actions}: split it, and start the second part by a message`,
    );
  }
  for (const { name, action, depth, around } of places) {
    if (depth > LIMITS.depth) {
      refuseBecause(
        who,
        `action '${name}' is ${depth} levels deep and Logic Apps takes ${LIMITS.depth}: move it out of scopes and conditions around it`,
      );
    }
    if (action.type === 'Terminate' && around.some((each) => each === 'Foreach' || each === 'Until')) {
      refuseBecause(
        who,
        `action '${name}' ends the run inside a loop, which Logic Apps does not take: fail or leave there instead`,
      );
    }
    if (action.type === 'Switch' && Object.keys(action.cases as object).length > LIMITS.cases) {
      refuseBecause(who, `action '${name}' has more than ${LIMITS.cases} cases`);
    }
    if (action.type === 'Until') {
      const { count, timeout } = action.limit as { readonly count: number; readonly timeout: string };
      if (!Number.isInteger(count) || count < 1 || count > LIMITS.untilCount) {
        refuseBecause(
          who,
          `loop '${name}' must end after 1 to ${LIMITS.untilCount} turns, got ${count}: look less often`,
        );
      }
      if (!(secondsOf(timeout) > 0 && secondsOf(timeout) <= LIMITS.untilDays * 86_400)) {
        refuseBecause(
          who,
          `loop '${name}' must end within the ${LIMITS.untilDays} days of a run, as PT2H or P30D, got '${timeout}'`,
        );
      }
    }
  }
}

function requireVariables(who: Speaker, places: readonly Place[]): void {
  const made = new Map<string, string>();
  for (const { name, action, depth } of places.filter((each) => each.action.type === 'InitializeVariable')) {
    if (depth > 1) refuseBecause(who, `action '${name}' must make its variable at the top of the workflow`);
    for (const each of (action.inputs as any).variables) made.set(each.name, each.type);
  }
  if (made.size > LIMITS.variables) {
    refuseBecause(who, `it has ${made.size} variables and Logic Apps takes ${LIMITS.variables}`);
  }
  for (const { name, action } of places) {
    if (!['SetVariable', 'IncrementVariable', 'AppendToArrayVariable'].includes(action.type)) continue;
    const { name: variableName, value } = action.inputs as { readonly name: string; readonly value: unknown };
    if (!made.has(variableName)) {
      refuseBecause(who, `action '${name}' sets variable '${variableName}', which nothing makes`);
    }
    if (
      action.type === 'SetVariable' &&
      expressionsOf(value).some((each) => each.includes(`variables('${variableName}')`))
    ) {
      refuseBecause(
        who,
        `action '${name}' sets variable '${variableName}' from itself, which Logic Apps does not take: keep the old value by compose first`,
      );
    }
  }
  for (const expression of expressionsOf(
    places.map(({ action }) => action.inputs ?? action.expression ?? action.foreach),
  )) {
    for (const [, name] of expression.matchAll(/variables\('([^']+)'\)/g)) {
      if (!made.has(name)) {
        refuseBecause(who, `an expression reads variable '${name}', which nothing makes: ${expression.slice(0, 100)}`);
      }
    }
  }
}

function requireOrder(who: Speaker, places: readonly Place[]): void {
  for (const { name, action, siblings } of places) {
    for (const before of Object.keys(action.runAfter ?? {})) {
      if (siblings.indexOf(before) < 0 || siblings.indexOf(before) >= siblings.indexOf(name)) {
        refuseBecause(
          who,
          `action '${name}' must run after an action that stands before it in the same list, got '${before}'`,
        );
      }
    }
  }
}

/** The texts of a rendered value that have expressions in them. */
function expressionsOf(value: unknown, found: string[] = []): string[] {
  if (typeof value === 'string' && value.includes('@')) found.push(value);
  if (value !== null && typeof value === 'object') {
    for (const each of Object.values(value)) expressionsOf(each, found);
  }
  return found;
}

/** Seconds of an ISO 8601 duration of days, hours, minutes and seconds; NaN for any other text. */
export function secondsOf(duration: string): number {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  if (match === null) return NaN;
  const [days, hours, minutes, seconds] = match.slice(1).map((each) => Number(each ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}
