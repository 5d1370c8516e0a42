import type { Body, Step } from '../machine';

/** What can be seen from a place in the definition: variables of this scope and of those around it. */
export class Names {
  private readonly own = new Set<string>();

  /** @param shared in a branch of a parallel step, the only outer variables that may be assigned. */
  constructor(private readonly outer?: Names, private readonly shared?: ReadonlySet<string>) {}

  has(name: string): boolean {
    return this.own.has(name) || (this.outer?.has(name) ?? false);
  }

  declare(name: string): void {
    this.own.add(name);
  }

  /** An assignment creates a variable unless one of the name is there already. */
  assigned(name: string): void {
    if (!this.has(name)) this.own.add(name);
  }

  /** Whether a step here may change the variable; one of outside a parallel branch must be shared. */
  mayAssign(name: string): boolean {
    if (this.own.has(name) || !this.outer) return true;
    return (this.shared === undefined || this.shared.has(name) || !this.outer.has(name)) && this.outer.mayAssign(name);
  }
}

/**
 * The variables that a list of steps creates in its own scope: not those of loops, branches and `except`, which have
 * their own.
 */
export function assignedIn(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => Object.values(step)).flatMap(assignedBy);
}

/** The variables that one step creates in the scope around it. */
export function assignedBy(body: Body): string[] {
  if (typeof body !== 'object' || body === null) return [];
  const targets = listOf(body.assign).flatMap((each) => Object.keys(each ?? {})).map((each) => /^\s*(\w+)\s*$/.exec(each)?.[1]);
  return [
    ...targets.filter((each): each is string => each !== undefined),
    ...(typeof body.result === 'string' ? [body.result] : []),
    ...listOf(body.switch).flatMap(assignedBy),
    ...(body.try ? assignedBy(body.try) : []),
    ...assignedIn(listOf(body.steps)),
  ];
}

/** A list as it is, and anything else as an empty one: its wrong kind is reported elsewhere. */
export function listOf(value: unknown): any[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : [];
}
