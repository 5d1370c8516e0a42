import { MonitoringAlertPolicy } from '@cdktf/provider-google/lib/monitoring-alert-policy';
import { Construct } from 'constructs';
import { GoogleProject } from '../../google-project';
import { after } from '../base/ordering';

/**
 * What tells that a rule of the house was broken, by what it was: each is written to the log of admin activity, which
 * is always on and free.
 */
const BREACHES: readonly string[] = [
  // A key of a service account: a password that never expires.
  'protoPayload.methodName="google.iam.admin.v1.CreateServiceAccountKey"',
  'protoPayload.methodName="google.iam.admin.v1.UploadServiceAccountKey"',
  // Somebody becomes owner or editor of the project, or everybody gets something.
  '(protoPayload.serviceData.policyDelta.bindingDeltas.action="ADD" AND protoPayload.serviceData.policyDelta.bindingDeltas.role=("roles/owner" OR "roles/editor"))',
  '(protoPayload.serviceData.policyDelta.bindingDeltas.action="ADD" AND protoPayload.serviceData.policyDelta.bindingDeltas.member=("allUsers" OR "allAuthenticatedUsers"))',
  // The record is made shorter or blind.
  'protoPayload.serviceData.policyDelta.auditConfigDeltas:*',
  'protoPayload.methodName=~"^google\\.logging\\.v2\\.ConfigServiceV2\\.(Delete|Update)(Bucket|BucketAsync|Sink)$"',
  // What a key encrypted is gone with its version. Cloud KMS writes its methods with and without the name of its
  // service in front.
  'protoPayload.methodName=~"(^|\\.)DestroyCryptoKeyVersion$"',
];

/**
 * Tells people when somebody does what the guardrails are against. It prevents nothing, and needs no right in the
 * organisation.
 *
 * @see https://cloud.google.com/logging/docs/alerting/log-based-alerts
 * @see https://cloud.google.com/logging/docs/audit-logging
 * @see https://cloud.google.com/kms/docs/audit-logging
 */
export class GuardrailWatch extends Construct {
  constructor(scope: Construct, id: string, channels: readonly string[]) {
    super(scope, id);
    const project = GoogleProject.of(this);
    new MonitoringAlertPolicy(this, 'Alert', {
      project: project.projectId,
      displayName: `Guardrails of ${project.projectId}: ${this.node.path}`,
      combiner: 'OR',
      severity: 'WARNING',
      conditions: [
        {
          displayName: 'Somebody did what the guardrails are against',
          conditionMatchedLog: {
            filter: `log_id("cloudaudit.googleapis.com/activity") AND (${BREACHES.join(' OR ')})`,
            labelExtractors: {
              method: 'EXTRACT(protoPayload.methodName)',
              principal: 'EXTRACT(protoPayload.authenticationInfo.principalEmail)',
              resource: 'EXTRACT(protoPayload.resourceName)',
            },
          },
        },
      ],
      alertStrategy: { notificationRateLimit: { period: '300s' }, autoClose: '604800s' },
      notificationChannels: [...channels],
      documentation: {
        mimeType: 'text/markdown',
        content:
          'Keys of service accounts, owners and editors, public access, changes of audit logs and destroyed key versions. ' +
          'Ask the principal why; a deployment that changes them raises this alert as well.',
      },
      dependsOn: after(project._api('monitoring', 'logging')),
    });
  }
}
