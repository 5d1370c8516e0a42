import { POLICIES } from './built-in-policies';
import { checkBudget } from './cost-budget';
import { DEFENDER_PLANS } from './defender';
import { checkDuties } from '../../../core/private/duties';
import { requireKnown } from '../../../core/private/known-values';
import {
  refuse,
  refuseBecause,
  requireEmails,
  requireMatch,
  requireUnique,
  Speaker,
} from '../../../core/private/validation';
import { GovernanceGuardrailsProps, GuardrailPolicy, GuardrailRemediation } from '../../governance-guardrails-props';
import { RemovalPolicy } from '../../removal-policy';
import { requireTags } from '../base/tags';

/** The props, and the stack's region where it is known. */
export interface GuardrailsInput extends GovernanceGuardrailsProps {
  readonly location?: string;
}

/** Refuses what Azure would refuse later, what would be ignored, and duties that belong apart. */
export function checkGuardrails(who: Speaker, props: GuardrailsInput): void {
  requireKnown(who, props, 'auditRetentionDays');
  checkBudget(who, props.budget);
  requireTags(who, props.tags ?? {});
  if (props.budgetTag !== undefined && props.tags?.[props.budgetTag] === undefined) {
    refuse(who, 'budgetTag', props.budgetTag, 'the name of one of the tags');
  }
  requireEmails(who, 'guardrailEmails', props.guardrailEmails);
  requireUnique(who, 'guardrailEmails', props.guardrailEmails ?? []);
  checkPolicies(who, props);
  for (const plan of props.defenderPlans ?? []) {
    if (!(plan in DEFENDER_PLANS)) {
      refuse(who, 'defenderPlans', plan, `among ${Object.keys(DEFENDER_PLANS).join(', ')}`);
    }
  }
  requireUnique(who, 'defenderPlans', props.defenderPlans ?? []);
  checkSwitches(who, props);
  if (props.removalPolicy === RemovalPolicy.DESTROY && props.auditLocked) {
    refuseBecause(
      who,
      'removalPolicy DESTROY and auditLocked exclude each other: a locked container cannot be deleted until its last blob is free',
    );
  }
  checkDuties(who, props.roles, props.registry, (one, other) => one.principalId === other.principalId);
}

function checkPolicies(who: Speaker, props: GuardrailsInput): void {
  for (const prop of ['deniedPolicies', 'policyExemptions'] as const) {
    for (const each of props[prop] ?? []) requireAmong(who, prop, each, Object.values(GuardrailPolicy));
    requireUnique(who, prop, props[prop] ?? []);
  }
  for (const each of props.deniedPolicies ?? []) {
    if (!POLICIES[each].canDeny) {
      refuse(who, 'deniedPolicies', each, 'policies that can deny: Azure lets this one only mark what does not comply');
    }
    if (props.policyExemptions?.includes(each)) {
      refuseBecause(who, `deniedPolicies has '${each}', and so has policyExemptions: it is not assigned`);
    }
    if (each === GuardrailPolicy.APPROVED_MODELS && props.allowedModelPublishers === undefined) {
      refuseBecause(
        who,
        "deniedPolicies has 'approved-models', and allowedModelPublishers does not say which models are",
      );
    }
  }
  for (const each of props.remediations ?? []) {
    requireAmong(who, 'remediations', each, Object.values(GuardrailRemediation));
  }
  requireUnique(who, 'remediations', props.remediations ?? []);
  if (props.allowedLocations?.length === 0) refuse(who, 'allowedLocations', '[]', 'at least one region');
  for (const each of props.allowedLocations ?? []) {
    requireMatch(who, 'allowedLocations', each, /^[a-z]+\d?$/, 'regions like westeurope');
  }
  requireUnique(who, 'allowedLocations', props.allowedLocations ?? []);
  if (
    props.location !== undefined &&
    props.allowedLocations !== undefined &&
    !props.allowedLocations.includes(props.location)
  ) {
    refuse(
      who,
      'allowedLocations',
      props.allowedLocations,
      `such that ${props.location} is among them, or the stack's next apply is refused itself`,
    );
  }
  if (props.allowedModelPublishers?.length === 0) refuse(who, 'allowedModelPublishers', '[]', 'at least one publisher');
  for (const each of props.allowedModelPublishers ?? []) {requireMatch(who, 'allowedModelPublishers', each, /\S/, 'names of publishers like Microsoft');}
}

function requireAmong(who: Speaker, prop: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) refuse(who, prop, value, `among ${known.join(', ')}`);
}

/** Props of something that is switched off would be ignored. */
function checkSwitches(who: Speaker, props: GuardrailsInput): void {
  const given = (...names: (keyof GuardrailsInput)[]) =>
    names.find((name) => props[name] !== undefined && props[name] !== false);
  if (props.budget === undefined && props.budgetTag !== undefined) {
    refuseBecause(who, 'budgetTag is about the budget, and there is none');
  }
  const audit = given('auditActivityLog', 'auditRetentionDays', 'auditLocked');
  if (props.auditLog === false && audit !== undefined) {
    refuseBecause(who, `${audit} is about the audit log, and auditLog is false`);
  }
  const cloud = given(
    'guardrailEmails',
    'deniedPolicies',
    'policyExemptions',
    'policyDryRun',
    'remediations',
    'allowedLocations',
    'allowedModelPublishers',
    'deletionLocks',
    'defenderPlans',
  );
  if (props.cloudGuardrails === false && cloud !== undefined) {
    refuseBecause(who, `${cloud} is a guardrail in the cloud, and cloudGuardrails is false`);
  }
}
