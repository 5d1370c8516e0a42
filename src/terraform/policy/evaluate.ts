import { Landscape } from './resource-view';
import { PresenceRule, Rule } from './rule';
import { ComplianceRow, evaluateAll } from '../../core/private/compliance';
import { acknowledgedOn } from '../acknowledge';

/** What all policies say of everything in the landscapes, in the order of the policies and then of the tree. */
export function evaluate(
  landscapes: readonly Landscape[],
  rules: readonly Rule[],
  presenceRules: readonly PresenceRule[],
): ComplianceRow[] {
  return evaluateAll(landscapes, {
    rules,
    presenceRules,
    exceptionsOn: acknowledgedOn,
    howToExcept:
      'MlopsPolicies.acknowledge(construct, id, reason) with the id of a policy and a reason that a reader can judge',
  });
}
