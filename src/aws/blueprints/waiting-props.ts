import { WaitingProps } from '../../core/private/level-defaults';
import { GovernanceGuardrailsOptions } from '../governance-guardrails-props';
import { MonitoringStackOptions } from '../monitoring-stack-props';

const DRIFT: (keyof MonitoringStackOptions)[] = [
  'connections',
  'driftCompute',
  'driftInstanceType',
  'featureMetrics',
  'legacyModelMonitor',
  'securityGroups',
  'vpc',
  'vpcSubnets',
];

const AUDIT_LOG: (keyof GovernanceGuardrailsOptions)[] = ['auditEndpointCalls', 'auditRetentionDays'];

const CLOUD_GUARDRAILS: (keyof GovernanceGuardrailsOptions)[] = [
  'allowedInstanceTypes',
  'boundaryActions',
  'configRules',
  'encryptTrafficBetweenMachines',
  'maxWarmPoolMinutes',
  'permissionsBoundary',
  'securityGroups',
  'trustedAccounts',
  'vpcSubnets',
];

/**
 * AWS's own props that are about what a higher level has: said early they wait, so that going up changes the class and
 * nothing else.
 */
export const WAITING: WaitingProps = { drift: DRIFT, auditLog: AUDIT_LOG, cloudGuardrails: CLOUD_GUARDRAILS };
