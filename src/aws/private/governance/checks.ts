import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { openedBeyond } from './boundary-actions';
import { checkBudget } from './cost-budget';
import { checkTags } from './tag-policy';
import { checkDuties } from '../../../core/private/duties';
import { requireKnown } from '../../../core/private/known-values';
import { requireTexts } from '../../../core/private/texts';
import { refuse, refuseBecause, requireInteger, requireMatch, Speaker } from '../../../core/private/validation';
import { GovernanceGuardrailsProps } from '../../governance-guardrails-props';
import { requireSubnets } from '../base/network-interfaces';

/** The subnets that jobs and models are limited to; none without a network. */
export function subnetsOf({ vpc, vpcSubnets }: GovernanceGuardrailsProps): ec2.ISubnet[] {
  if (vpc === undefined) return [];
  if (vpcSubnets !== undefined) return vpc.selectSubnets(vpcSubnets).subnets;
  return vpc.isolatedSubnets.length > 0 ? vpc.isolatedSubnets : vpc.privateSubnets;
}

/** Limits of AWS, and props that belong together. */
export function checkGuardrails(who: Speaker, props: GovernanceGuardrailsProps): void {
  requireTexts(who, props, {
    boundaryActions: 'texts?',
    allowedInstanceTypes: 'texts?',
    trustedAccounts: 'texts?',
    budgetTag: 'text?',
  });
  checkBudget(who, props.budget);
  checkTags(who, props.tags);
  if (props.budgetScope !== undefined && props.budget === undefined) {
    refuseBecause(who, 'budgetScope says where the budget is made, and there is no budget');
  }
  if (props.budgetTag !== undefined) {
    if (props.budget === undefined) refuseBecause(who, 'budgetTag says what the budget counts, and there is no budget');
    if (props.tags?.[props.budgetTag] === undefined) {
      refuse(who, 'budgetTag', props.budgetTag, 'the key of one of the tags');
    }
  }
  requireKnown(who, { maxWarmPoolMinutes: props.maxWarmPoolMinutes });
  requireInteger(who, 'maxWarmPoolMinutes', props.maxWarmPoolMinutes, 0, 360);
  for (const account of props.trustedAccounts ?? []) {
    requireMatch(who, 'trustedAccounts', account, /^\d{12}$/, 'account ids of 12 digits');
  }
  for (const action of props.boundaryActions ?? []) {
    requireMatch(who, 'boundaryActions', action, /^[a-z0-9-]+:[A-Za-z*]+$/, 'actions like dynamodb:GetItem');
    const opened = openedBeyond(action);
    if (opened !== undefined) {
      refuse(who, 'boundaryActions', action, `actions that leave the boundary closed, and this one opens ${opened}`);
    }
  }
  for (const each of props.allowedInstanceTypes ?? []) {
    requireMatch(
      who,
      'allowedInstanceTypes',
      each,
      /^ml\.[a-z0-9*-]+\.[a-z0-9*-]+$/,
      'patterns of instance types like ml.m5.*',
    );
  }
  if (props.allowedInstanceTypes?.length === 0) refuse(who, 'allowedInstanceTypes', '[]', 'at least one pattern');
  if (
    subnetsOf(props).some((subnet) => props.vpc!.publicSubnets.includes(subnet)) ||
    (props.vpc !== undefined && subnetsOf(props).length === 0)
  ) {
    refuseBecause(
      who,
      'vpc must have isolated or private subnets for jobs and models: in a public one they would have an address of their own',
    );
  }
  if (props.vpc !== undefined) requireSubnets(who, 'vpcSubnets', subnetsOf(props));
  for (const prop of ['securityGroups', 'vpcSubnets'] as const) {
    if (props[prop] !== undefined && props.vpc === undefined) {
      refuseBecause(who, `${prop} belong to a network, and there is no vpc`);
    }
  }
  checkSwitchedOff(who, props);
  checkDuties(who, props.roles, props.registry, (one, other) => one === other);
}

/** Props of something that is switched off would be ignored. */
function checkSwitchedOff(who: Speaker, props: GovernanceGuardrailsProps): void {
  const limits: { [prop: string]: unknown } = {
    allowedInstanceTypes: props.allowedInstanceTypes,
    boundaryActions: props.boundaryActions,
    encryptionKeys: props.encryptionKeys,
    encryptTrafficBetweenMachines: props.encryptTrafficBetweenMachines,
    maxWarmPoolMinutes: props.maxWarmPoolMinutes,
    securityGroups: props.securityGroups,
    trustedAccounts: props.trustedAccounts,
    vpcSubnets: props.vpcSubnets,
  };
  const given = Object.keys(limits).find((prop) => limits[prop] !== undefined);
  if (props.cloudGuardrails === false) {
    const also =
      given ??
      (props.permissionsBoundary !== undefined ? 'permissionsBoundary' : props.configRules ? 'configRules' : undefined);
    if (also !== undefined) refuseBecause(who, `${also} is a guardrail in the cloud, and cloudGuardrails is false`);
  }
  if (props.permissionsBoundary !== undefined && given !== undefined) {
    refuseBecause(who, `${given} is a part of the boundary made here, and permissionsBoundary takes its place`);
  }
  if (props.auditLog === false) {
    const also =
      props.auditRetentionDays !== undefined
        ? 'auditRetentionDays'
        : props.auditEndpointCalls !== undefined
          ? 'auditEndpointCalls'
          : undefined;
    if (also !== undefined) refuseBecause(who, `${also} is about the audit trail, and auditLog is false`);
  }
  if (props.modelCardStatus !== undefined && props.modelCard === undefined) {
    refuseBecause(who, 'modelCardStatus is about the model card, and there is none');
  }
}
