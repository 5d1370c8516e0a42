import { Validations } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { Landscape } from './resource-view';
import { PresenceRule, Rule } from './rule';
import { ComplianceRow, evaluateAll, outermost } from '../../../core/private/compliance';

export type { ComplianceRow } from '../../../core/private/compliance';

/**
 * The landscapes of the scopes, those that were looked at already among them; scopes that lie in another one are looked
 * at with it.
 */
export function landscapesOf(
  scopes: readonly IConstruct[],
  seen: ReadonlyMap<IConstruct, Landscape> = new Map(),
): Landscape[] {
  return outermost(scopes).map((scope) => seen.get(scope) ?? new Landscape(scope));
}

/** What all policies say of everything in the landscapes, in the order of the policies and then of the tree. */
export function evaluate(
  landscapes: readonly Landscape[],
  rules: readonly Rule[],
  presenceRules: readonly PresenceRule[],
): ComplianceRow[] {
  return evaluateAll(landscapes, {
    rules,
    presenceRules,
    exceptionsOn: acknowledgments,
    howToExcept: 'acknowledge({ id, reason }) with the id of a policy and a reason that a reader can judge',
  });
}

/**
 * Exceptions are recorded by `Validations.of(x).acknowledge`; the engine puts its own namespace before ids without one.
 */
function acknowledgments(node: IConstruct): [id: string, reason: string][] {
  return node.node.metadata
    .filter((entry) => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap((entry) => Object.entries((entry.data ?? {}) as Record<string, unknown>))
    .map(([id, reason]) => [id.replace(/^[^:[]+::/, ''), typeof reason === 'string' ? reason : '']);
}
