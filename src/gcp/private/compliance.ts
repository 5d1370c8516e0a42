import { IConstruct } from 'constructs';
import { acknowledgedOn } from './acknowledge';
import { PresenceRule, Rule } from './policy-rule';
import { Landscape } from './policy-view';
import { ComplianceRow, evaluateAll } from '../../core/private/compliance';

/** What all policies say of everything in the landscapes, in the order of the policies and then of the tree. */
export function evaluate(landscapes: readonly Landscape[], rules: readonly Rule[], presenceRules: readonly PresenceRule[]): ComplianceRow[] {
  return evaluateAll(landscapes, {
    rules,
    presenceRules,
    exceptionsOn: (node: IConstruct) => acknowledgedOn(node),
    howToExcept: 'MlopsPolicies.acknowledge(construct, id, reason) with the id of a policy and a reason that a reader can judge',
  });
}
