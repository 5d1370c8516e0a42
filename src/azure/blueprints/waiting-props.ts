import { WaitingProps } from '../../core/private/level-defaults';
import { GovernanceGuardrailsOptions } from '../governance-guardrails-props';
import { MonitoringStackOptions } from '../monitoring-stack-props';

const DRIFT: (keyof MonitoringStackOptions)[] = [
  'connections',
  'driftCommand',
  'driftCompute',
  'driftTimeoutMinutes',
  'driftVmSize',
  'featureMetrics',
  'logRetentionDays',
  'modelMonitor',
];

const AUDIT_LOG: (keyof GovernanceGuardrailsOptions)[] = ['auditActivityLog', 'auditLocked', 'auditRetentionDays'];

const CLOUD_GUARDRAILS: (keyof GovernanceGuardrailsOptions)[] = [
  'allowedLocations',
  'allowedModelPublishers',
  'defenderPlans',
  'deniedPolicies',
  'guardrailEmails',
  'policyDryRun',
  'policyExemptions',
  'remediations',
];

/**
 * Azure's own props that are about what a higher level has: said early they wait, so that going up changes the class
 * and nothing else.
 */
export const WAITING: WaitingProps = { drift: DRIFT, auditLog: AUDIT_LOG, cloudGuardrails: CLOUD_GUARDRAILS };
