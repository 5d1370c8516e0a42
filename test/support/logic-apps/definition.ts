/** An action or trigger as it is written. */
export interface Body {
  readonly type: string;
  readonly inputs?: any;
  readonly runAfter?: { readonly [name: string]: readonly string[] };
  readonly [member: string]: any;
}

/** Actions by their names. */
export interface Bodies {
  readonly [name: string]: Body;
}

/** A definition as the service takes it. */
export interface Definition {
  readonly $schema: string;
  readonly contentVersion: string;
  readonly parameters?: object;
  readonly triggers: Bodies;
  readonly actions: Bodies;
  readonly outputs?: object;
}

/** The lists of actions inside an action. */
export function blocksOf(body: Body): Bodies[] {
  return [
    body.actions, body.else?.actions, ...Object.values(body.cases ?? {}).map((each: any) => each.actions), body.default?.actions,
  ].filter((block) => block !== undefined);
}

/** What is found out of a list of actions once, though each run asks. */
function remembered<T>(find: (actions: Bodies) => T): (actions: Bodies) => T {
  const found = new WeakMap<Bodies, T>();
  return (actions) => {
    if (!found.has(actions)) found.set(actions, find(actions));
    return found.get(actions)!;
  };
}

/** Actions that no other one of the list runs after. */
export const leavesOf = remembered((actions): readonly string[] => {
  const before = new Set(Object.values(actions).flatMap(({ runAfter = {} }) => Object.keys(runAfter)));
  return Object.keys(actions).filter((name) => !before.has(name));
});

/** Names in an order in which each stands behind what it runs after. */
export const inOrder = remembered((actions): readonly string[] => {
  const done: string[] = [];
  const visit = (name: string, trail: readonly string[]): void => {
    if (done.includes(name)) return;
    if (trail.includes(name)) throw new Error(`actions run after each other: ${[...trail, name].join(' -> ')}`);
    for (const before of Object.keys(actions[name].runAfter ?? {})) visit(before, [...trail, name]);
    done.push(name);
  };
  Object.keys(actions).forEach((name) => visit(name, []));
  return done;
});

/** Seconds of an ISO 8601 duration. */
export function secondsOf(duration: string): number {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  if (match === null || duration === 'P') throw new Error(`'${duration}' is no duration`);
  const [days, hours, minutes, seconds] = match.slice(1).map((each) => Number(each ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}
