import { IConstruct } from 'constructs';
import { Finding, PresenceRuleOf, RuleOf, Verdict } from './policy-rule';
import { Policies } from '../policies';

/** One line of the report: what a policy says of one resource. */
export interface ComplianceRow {
  readonly policy: string;
  /** Path of the resource, or of the scope where the policy is about something that is missing. */
  readonly resource: string;
  /** The cloud's own type; absent where the row is about a scope. */
  readonly resourceType?: string;
  readonly verdict: 'compliant' | 'violation' | 'exception' | 'undecided';
  /** What is wrong, or was accepted, or why it cannot be decided. */
  readonly details: readonly string[];
  /** Reasons of an exception. */
  readonly reasons: readonly string[];
  /** What to do about it. */
  readonly fix?: string;
}

/** A resource as a cloud's rules see it. */
export interface View {
  readonly type: string;
  readonly node: IConstruct;
}

/** Everything below a scope. */
export interface Surroundings<Resource> {
  readonly scope: IConstruct;
  readonly resources: readonly Resource[];
}

/** How a cloud's policies are evaluated. */
export interface Evaluation<Resource extends View, Around extends Surroundings<Resource>> {
  readonly rules: readonly RuleOf<Resource, Around>[];
  readonly presenceRules: readonly PresenceRuleOf<Around>[];
  /** Exceptions that were made on one construct, faulty ones included. */
  readonly exceptionsOn: (node: IConstruct) => readonly (readonly [id: string, reason: string])[];
  /** How an exception is made, in this cloud's words. */
  readonly howToExcept: string;
}

/** The policy that is about exceptions themselves. */
const EXCEPTIONS = 'MLOPS-EXC-01';

/** What all policies say of everything in the landscapes, in the order of the policies and then of the tree. */
export function evaluateAll<Resource extends View, Around extends Surroundings<Resource>>(
  landscapes: readonly Around[], evaluation: Evaluation<Resource, Around>,
): ComplianceRow[] {
  const { rules, presenceRules, exceptionsOn } = evaluation;
  const rowsOf = rowMaker(exceptionsOn);
  const rows = landscapes.flatMap((around) => [
    ...around.resources.flatMap((resource) => rules
      .filter((rule) => rule.types.includes(resource.type))
      .flatMap((rule) => rowsOf(rule, rule.reasonedBy ?? [], rule.check(resource, around), resource.node, resource.type))),
    ...presenceRules.flatMap((rule) => rowsOf(rule, [], rule.checkAll(around), around.scope)),
    ...exceptionRows(around, evaluation),
  ]);
  const order = new Map(Policies.ALL.map((policy, index) => [policy.id, index]));
  return rows.sort((a, b) => order.get(a.policy)! - order.get(b.policy)! || compare(a.resource, b.resource) || compare(a.verdict, b.verdict));
}

/** Scopes that lie in another one are looked at with it. */
export function outermost(scopes: readonly IConstruct[]): IConstruct[] {
  return [...new Set(scopes)].filter((scope) => !scopes.some((other) => other !== scope && scope.node.scopes.includes(other)));
}

type Spoken = { readonly policy: string; readonly fix: string };
type ExceptionsOn = Evaluation<View, Surroundings<View>>['exceptionsOn'];

function rowMaker(exceptionsOn: ExceptionsOn) {
  return (rule: Spoken, aliases: readonly string[], verdict: Verdict, node: IConstruct, resourceType?: string): ComplianceRow[] => {
    const row = (kind: ComplianceRow['verdict'], details: readonly string[] = [], reasons: readonly string[] = []): ComplianceRow => ({
      policy: rule.policy,
      resource: node.node.path,
      ...(resourceType === undefined ? {} : { resourceType }),
      verdict: kind,
      details,
      reasons,
      ...(kind === 'violation' ? { fix: rule.fix } : {}),
    });
    switch (verdict.kind) {
      case 'notApplicable': return [];
      case 'compliant': return [row('compliant')];
      case 'undecided': return [row('undecided', [verdict.why])];
      case 'exception': return [row('exception', [], [verdict.reason])];
      case 'violation': {
        const reasonOf = ({ element }: Finding) => reasonFor(exceptionsOn, node, [rule.policy, ...aliases], element);
        return violationRows(verdict.findings, reasonOf, row);
      }
    }
  };
}

type RowMaker = (kind: ComplianceRow['verdict'], details?: readonly string[], reasons?: readonly string[]) => ComplianceRow;

function violationRows(findings: readonly Finding[], reasonOf: (finding: Finding) => string | undefined, row: RowMaker): ComplianceRow[] {
  const judged = findings.map((finding) => ({ finding, reason: reasonOf(finding) }));
  const open = judged.filter(({ reason }) => reason === undefined);
  const accepted = judged.filter(({ reason }) => reason !== undefined);
  return [
    ...(open.length > 0 ? [row('violation', open.map(({ finding }) => finding.text))] : []),
    ...(accepted.length > 0 ? [row('exception', accepted.map(({ finding }) => finding.text), [...new Set(accepted.map(({ reason }) => reason!))])] : []),
  ];
}

/** The reason that was given on the construct or around it, for the policy as a whole or for the element. */
function reasonFor(exceptionsOn: ExceptionsOn, node: IConstruct, ids: readonly string[], element: string | undefined): string | undefined {
  const wanted = new Set(ids.flatMap((id) => (element === undefined ? [id] : [id, `${id}[${element}]`])));
  for (let current: IConstruct | undefined = node; current !== undefined; current = current.node.scope) {
    const found = exceptionsOn(current).find(([id, reason]) => wanted.has(id) && reason.trim() !== '');
    if (found !== undefined) return found[1];
  }
  return undefined;
}

function exceptionRows<Resource extends View, Around extends Surroundings<Resource>>(
  { scope, resources }: Around, { exceptionsOn, howToExcept }: Evaluation<Resource, Around>,
): ComplianceRow[] {
  const above = scope.node.scopes.slice(0, -1);
  return [...above, ...scope.node.findAll()].flatMap((node) => exceptionsOn(node)
    .filter(([id]) => id.startsWith('MLOPS-'))
    .map(([id, reason]): ComplianceRow => {
      const known = Policies.ALL.some((policy) => policy.id === id.replace(/\[.*$/, '') && policy.id !== EXCEPTIONS);
      const faults = [...(known ? [] : [`${id} is no policy that can have exceptions`]), ...(reason.trim() === '' ? [`${id} has no reason`] : [])];
      const resourceType = resources.find((each) => each.node === node)?.type;
      return {
        policy: EXCEPTIONS,
        resource: node.node.path,
        ...(resourceType === undefined ? {} : { resourceType }),
        verdict: faults.length === 0 ? 'compliant' : 'violation',
        details: faults.length === 0 ? [id] : faults,
        reasons: reason.trim() === '' ? [] : [reason],
        ...(faults.length === 0 ? {} : { fix: howToExcept }),
      };
    }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
