import { CfnResource, Validations } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { Finding, PresenceRule, Rule, Verdict } from './policy-rule';
import { Landscape } from './resource-view';
import { Policies } from '../../core/policies';

/** One line of the report: what a policy says of one resource. */
export interface ComplianceRow {
  readonly policy: string;
  /** Path of the resource, or of the scope where the policy is about something that is missing. */
  readonly resource: string;
  /** CloudFormation type; absent where the row is about a scope. */
  readonly resourceType?: string;
  readonly verdict: 'compliant' | 'violation' | 'exception' | 'undecided';
  /** What is wrong, or was accepted, or why it cannot be decided. */
  readonly details: readonly string[];
  /** Reasons of an exception. */
  readonly reasons: readonly string[];
  /** What to do about it. */
  readonly fix?: string;
}

/** The policy that is about exceptions themselves. */
const EXCEPTIONS = 'MLOPS-EXC-01';

/** The landscapes of the scopes; scopes that lie in another one are looked at with it. */
export function landscapesOf(scopes: readonly IConstruct[]): Landscape[] {
  return outermost(scopes).map((scope) => new Landscape(scope));
}

/** What all policies say of everything in the landscapes, in the order of the policies and then of the tree. */
export function evaluate(landscapes: readonly Landscape[], rules: readonly Rule[], presenceRules: readonly PresenceRule[]): ComplianceRow[] {
  const rows = landscapes.flatMap((around) => {
    const { scope } = around;
    return [
      ...around.resources.flatMap((resource) => rules
        .filter((rule) => rule.types.includes(resource.type))
        .flatMap((rule) => rowsOf(rule, rule.check(resource, around), resource.node, resource.type))),
      ...presenceRules.flatMap((rule) => rowsOf(rule, rule.checkAll(around), scope)),
      ...acknowledgmentRows(scope),
    ];
  });
  const order = new Map(Policies.ALL.map((policy, index) => [policy.id, index]));
  return rows.sort((a, b) => order.get(a.policy)! - order.get(b.policy)! || compare(a.resource, b.resource) || compare(a.verdict, b.verdict));
}

function rowsOf(rule: Rule | PresenceRule, verdict: Verdict, node: IConstruct, resourceType?: string): ComplianceRow[] {
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
    case 'violation': return violationRows(rule, verdict.findings, node, row);
  }
}

type RowMaker = (kind: ComplianceRow['verdict'], details?: readonly string[], reasons?: readonly string[]) => ComplianceRow;

function violationRows(rule: Rule | PresenceRule, findings: readonly Finding[], node: IConstruct, row: RowMaker): ComplianceRow[] {
  const aliases = 'reasonedBy' in rule ? rule.reasonedBy ?? [] : [];
  const judged = findings.map((finding) => ({ finding, reason: reasonFor(node, [rule.policy, ...aliases], finding.element) }));
  const open = judged.filter(({ reason }) => reason === undefined);
  const accepted = judged.filter(({ reason }) => reason !== undefined);
  return [
    ...(open.length > 0 ? [row('violation', open.map(({ finding }) => finding.text))] : []),
    ...(accepted.length > 0 ? [row('exception', accepted.map(({ finding }) => finding.text), [...new Set(accepted.map(({ reason }) => reason!))])] : []),
  ];
}

/** The reason that was given on the construct or around it, for the policy as a whole or for the element. */
function reasonFor(node: IConstruct, ids: readonly string[], element: string | undefined): string | undefined {
  const wanted = new Set(ids.flatMap((id) => (element === undefined ? [id] : [id, `${id}[${element}]`])));
  for (let current: IConstruct | undefined = node; current !== undefined; current = current.node.scope) {
    const found = acknowledgments(current).find(([id, reason]) => wanted.has(id) && reason.trim() !== '');
    if (found !== undefined) return found[1];
  }
  return undefined;
}

/** Exceptions are recorded by `Validations.of(x).acknowledge`; the engine puts its own namespace before ids without one. */
function acknowledgments(node: IConstruct): [id: string, reason: string][] {
  return node.node.metadata
    .filter((entry) => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap((entry) => Object.entries((entry.data ?? {}) as Record<string, unknown>))
    .map(([id, reason]) => [id.replace(/^[^:[]+::/, ''), typeof reason === 'string' ? reason : '']);
}

function acknowledgmentRows(scope: IConstruct): ComplianceRow[] {
  const above = scope.node.scopes.slice(0, -1);
  return [...above, ...scope.node.findAll()].flatMap((node) => acknowledgments(node)
    .filter(([id]) => id.startsWith('MLOPS-'))
    .map(([id, reason]): ComplianceRow => {
      const known = Policies.ALL.some((policy) => policy.id === id.replace(/\[.*$/, '') && policy.id !== EXCEPTIONS);
      const faults = [...(known ? [] : [`${id} is no policy that can have exceptions`]), ...(reason.trim() === '' ? [`${id} has no reason`] : [])];
      return {
        policy: EXCEPTIONS,
        resource: node.node.path,
        ...(CfnResource.isCfnResource(node) ? { resourceType: node.cfnResourceType } : {}),
        verdict: faults.length === 0 ? 'compliant' : 'violation',
        details: faults.length === 0 ? [id] : faults,
        reasons: reason.trim() === '' ? [] : [reason],
        ...(faults.length === 0 ? {} : { fix: 'acknowledge({ id, reason }) with the id of a policy and a reason that a reader can judge' }),
      };
    }));
}

function outermost(scopes: readonly IConstruct[]): IConstruct[] {
  return [...new Set(scopes)].filter((scope) => !scopes.some((other) => other !== scope && scope.node.scopes.includes(other)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
