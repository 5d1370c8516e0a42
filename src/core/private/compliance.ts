import { IConstruct } from 'constructs';
import { Finding, PresenceRuleOf, RuleOf, Verdict } from './policy-rule';
import { Policies, PolicySeverity } from '../policies';

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

/** A violation, and every resource that it is said of in the same words. */
export interface SharedFinding {
  readonly row: ComplianceRow;
  /** Paths, in the order of the report. */
  readonly resources: readonly string[];
}

/**
 * The violations as people are told of them. What a warning says of many resources in the same words is one finding:
 * a missing tag is repaired in one place. Errors stay apart, each at its resource.
 */
export function sharedFindings(rows: readonly ComplianceRow[]): SharedFinding[] {
  const found = new Map<string, { row: ComplianceRow; resources: string[] }>();
  rows.filter(({ verdict }) => verdict === 'violation').forEach((row, index) => {
    const isWarning = Policies.find(row.policy).severity === PolicySeverity.WARNING;
    const key = JSON.stringify([row.policy, row.details, row.fix, isWarning ? '' : index]);
    const known = found.get(key);
    if (known === undefined) found.set(key, { row, resources: [row.resource] });
    else known.resources.push(row.resource);
  });
  return [...found.values()];
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
  const needed = new Needed();
  const rowsOf = rowMaker(exceptionsOn, needed);
  const judged = landscapes.flatMap((around) => [
    ...around.resources.flatMap((resource) =>
      rules
        .filter((rule) => rule.types.includes(resource.type) || rule.typesLike?.test(resource.type))
        .flatMap((rule) =>
          rowsOf(rule, aliasesOf(rule, resource.type), rule.check(resource, around), resource.node, resource.type),
        ),
    ),
    ...presenceRules.flatMap((rule) => rowsOf(rule, [], rule.checkAll(around), around.scope)),
  ]);
  const rows = [...judged, ...exceptionRows(landscapes, evaluation, needed)];
  const order = new Map(Policies.ALL.map((policy, index) => [policy.id, index]));
  return rows.sort(
    (a, b) =>
      order.get(a.policy)! - order.get(b.policy)! || compare(a.resource, b.resource) || compare(a.verdict, b.verdict),
  );
}

/** Scopes that lie in another one are looked at with it. */
export function outermost(scopes: readonly IConstruct[]): IConstruct[] {
  return [...new Set(scopes)].filter(
    (scope) => !scopes.some((other) => other !== scope && scope.node.scopes.includes(other)),
  );
}

/** The exceptions that something was found for. */
class Needed {
  private readonly found = new Map<IConstruct, Set<string>>();

  public add(node: IConstruct, id: string): void {
    this.found.set(node, (this.found.get(node) ?? new Set()).add(id));
  }

  public has(node: IConstruct, id: string): boolean {
    return this.found.get(node)?.has(id) ?? false;
  }
}

function aliasesOf(
  { reasonedBy = [] }: { readonly reasonedBy?: readonly (string | readonly [string, string])[] },
  type: string,
): string[] {
  return reasonedBy.flatMap((each) => (typeof each === 'string' ? [each] : each[1] === type ? [each[0]] : []));
}

type Spoken = { readonly policy: string; readonly fix: string };
type ExceptionsOn = Evaluation<View, Surroundings<View>>['exceptionsOn'];

function rowMaker(exceptionsOn: ExceptionsOn, needed: Needed) {
  return (
    rule: Spoken,
    aliases: readonly string[],
    verdict: Verdict,
    node: IConstruct,
    resourceType?: string,
  ): ComplianceRow[] => {
    const row = (
      kind: ComplianceRow['verdict'],
      details: readonly string[] = [],
      reasons: readonly string[] = [],
    ): ComplianceRow => ({
      policy: rule.policy,
      resource: node.node.path,
      ...(resourceType === undefined ? {} : { resourceType }),
      verdict: kind,
      details,
      reasons,
      ...(kind === 'violation' ? { fix: rule.fix } : {}),
    });
    switch (verdict.kind) {
      case 'notApplicable':
        return [];
      case 'compliant':
        return [row('compliant')];
      case 'undecided': {
        const reason = reasonFor(exceptionsOn, needed, node, [rule.policy], undefined);
        return [reason === undefined ? row('undecided', [verdict.why]) : row('exception', [verdict.why], [reason])];
      }
      case 'exception':
        return [row('exception', [], [verdict.reason])];
      case 'violation': {
        const reasonOf = ({ element }: Finding) =>
          reasonFor(exceptionsOn, needed, node, [rule.policy, ...aliases], element);
        return violationRows(verdict.findings, reasonOf, row);
      }
    }
  };
}

type RowMaker = (
  kind: ComplianceRow['verdict'],
  details?: readonly string[],
  reasons?: readonly string[],
) => ComplianceRow;

function violationRows(
  findings: readonly Finding[],
  reasonOf: (finding: Finding) => string | undefined,
  row: RowMaker,
): ComplianceRow[] {
  const judged = findings.map((finding) => ({ finding, reason: reasonOf(finding) }));
  const open = judged.filter(({ reason }) => reason === undefined);
  const accepted = judged.filter(({ reason }) => reason !== undefined);
  return [
    ...(open.length > 0
      ? [
        row(
          'violation',
          open.map(({ finding }) => finding.text),
        ),
      ]
      : []),
    ...(accepted.length > 0
      ? [
        row(
          'exception',
          accepted.map(({ finding }) => finding.text),
          [...new Set(accepted.map(({ reason }) => reason!))],
        ),
      ]
      : []),
  ];
}

/** The reason that was given on the construct or around it, for the policy as a whole or for the element. */
function reasonFor(
  exceptionsOn: ExceptionsOn, needed: Needed, node: IConstruct, ids: readonly string[], element: string | undefined,
): string | undefined {
  const wanted = new Set(ids.flatMap((id) => (element === undefined ? [id] : [id, `${id}[${element}]`])));
  for (let current: IConstruct | undefined = node; current !== undefined; current = current.node.scope) {
    const found = exceptionsOn(current).find(([id, reason]) => wanted.has(id) && reason.trim() !== '');
    if (found === undefined) continue;
    needed.add(current, found[0]);
    return found[1];
  }
  return undefined;
}

function exceptionRows<Resource extends View, Around extends Surroundings<Resource>>(
  landscapes: readonly Around[], { exceptionsOn, howToExcept }: Evaluation<Resource, Around>, needed: Needed,
): ComplianceRow[] {
  const types = new Map<IConstruct, string>(
    landscapes.flatMap(({ resources }) => resources.map((each) => [each.node, each.type] as const)),
  );
  const nodes = new Set(
    landscapes.flatMap(({ scope }) => [...scope.node.scopes.slice(0, -1), ...scope.node.findAll()]),
  );
  return [...nodes].flatMap((node) => exceptionsOn(node)
    .filter(([id]) => id.startsWith('MLOPS-'))
    .map(([id, reason]): ComplianceRow => {
      const known = Policies.ALL.some((policy) => policy.id === id.replace(/\[.*$/, '') && policy.id !== EXCEPTIONS);
      const faults = [
        ...(known ? [] : [`${id} is no policy that can have exceptions`]),
        ...(reason.trim() === '' ? [`${id} has no reason`] : []),
      ];
      const resourceType = types.get(node);
      return {
        policy: EXCEPTIONS,
        resource: node.node.path,
        ...(resourceType === undefined ? {} : { resourceType }),
        verdict: faults.length === 0 ? 'compliant' : 'violation',
        details:
          faults.length > 0
            ? faults
            : [needed.has(node, id) ? id : `${id} is not needed: nothing was found that it excepts`],
        reasons: reason.trim() === '' ? [] : [reason],
        ...(faults.length === 0 ? {} : { fix: howToExcept }),
      };
    }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
