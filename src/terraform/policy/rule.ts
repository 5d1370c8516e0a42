import { Landscape, ResourceView } from './resource-view';
import { PresenceRuleOf, RuleOf } from '../../core/private/policy-rule';

export { COMPLIANT, NOT_APPLICABLE, undecided, unless, violation, worst } from '../../core/private/policy-rule';
export type { Finding, Verdict } from '../../core/private/policy-rule';

/** One policy over Terraform. */
export type Rule = RuleOf<ResourceView, Landscape>;

/** A policy about what must be there at all. */
export type PresenceRule = PresenceRuleOf<Landscape>;
