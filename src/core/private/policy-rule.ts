/** What is wrong, and with which part of the resource. */
export interface Finding {
  /** What is wrong, in words. */
  readonly text: string;
  /**
   * The part, where a resource can have several faults of one kind: `Action::s3:*`; an exception can name it in
   * brackets.
   */
  readonly element?: string;
}

/** What a rule says of a resource. */
export type Verdict =
  | { readonly kind: 'compliant' }
  | { readonly kind: 'violation'; readonly findings: readonly Finding[] }
  /** An exception that was made elsewhere than by an acknowledgment. */
  | { readonly kind: 'exception'; readonly reason: string }
  /** The value will be known only in the cloud. */
  | { readonly kind: 'undecided'; readonly why: string }
  | { readonly kind: 'notApplicable' };

/** One policy on one cloud: pure, without memory, one file. */
export interface RuleOf<Resource, Around> {
  /** Id of the policy in `core/policies.ts`. */
  readonly policy: string;
  /** Types of the resources that it looks at. */
  readonly types: readonly string[];
  /** Further types, by the look of their names. */
  readonly typesLike?: RegExp;
  /** What to do about a violation, in this cloud's words. */
  readonly fix: string;
  /**
   * Ids of other judges that ask for the same: a reason given to them is a reason given here. Where the rule looks at
   * several types and the other judge at one, with that type: a reason about topics is none about buckets.
   */
  readonly reasonedBy?: readonly (string | readonly [id: string, type: string])[];
  check(resource: Resource, around: Around): Verdict;
}

/** A policy about what must be there at all: it looks at everything at once, and what it says is about the scope. */
export interface PresenceRuleOf<Around> {
  readonly policy: string;
  readonly fix: string;
  checkAll(around: Around): Verdict;
}

export const COMPLIANT: Verdict = { kind: 'compliant' };
export const NOT_APPLICABLE: Verdict = { kind: 'notApplicable' };

export function violation(...texts: readonly string[]): Verdict {
  return { kind: 'violation', findings: texts.map((text) => ({ text })) };
}

export function undecided(why: string): Verdict {
  return { kind: 'undecided', why };
}

/** Compliant unless something was found. */
export function unless(findings: readonly (Finding | string)[]): Verdict {
  if (findings.length === 0) return COMPLIANT;
  return { kind: 'violation', findings: findings.map((each) => (typeof each === 'string' ? { text: each } : each)) };
}

/** One verdict from the verdicts on the parts: the worst speaks, and where nothing applies nothing is said. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const findings = verdicts.flatMap((each) => (each.kind === 'violation' ? each.findings : []));
  if (findings.length > 0) return unless(findings);
  return (
    verdicts.find((each) => each.kind === 'undecided') ??
    verdicts.find((each) => each.kind === 'compliant') ??
    NOT_APPLICABLE
  );
}
