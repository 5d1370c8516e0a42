import { WaitingProps } from '../../core/private/level-defaults';
import { GovernanceGuardrailsOptions } from '../governance-guardrails-props';
import { MonitoringStackOptions } from '../monitoring-stack-props';

const DRIFT: (keyof MonitoringStackOptions)[] = [
  'driftCompute', 'driftMachineType', 'driftTimeoutMinutes', 'featureMetrics', 'logRetentionDays', 'network',
];

const AUDIT_LOG: (keyof GovernanceGuardrailsOptions)[] = [
  'auditEndpointCalls', 'auditExemptions', 'auditLocked', 'auditRetentionDays', 'auditServices',
];

const CLOUD_GUARDRAILS: (keyof GovernanceGuardrailsOptions)[] = [
  'allowedLocations',
  'binaryAuthorization',
  'cmekServices',
  'denyExceptions',
  'denyPolicy',
  'guardrailEmails',
  'orgPolicies',
  'orgPolicyDryRun',
  'orgPolicyExemptions',
  'servicePerimeter',
];

/**
 * Google's own props that are about what a higher level has: said early they wait, so that going up changes the class
 * and nothing else.
 */
export const WAITING: WaitingProps = { drift: DRIFT, auditLog: AUDIT_LOG, cloudGuardrails: CLOUD_GUARDRAILS };
