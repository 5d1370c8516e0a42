import { LoggingLogViewIamMember } from '@cdktf/provider-google/lib/logging-log-view-iam-member';
import { LoggingProjectBucketConfig } from '@cdktf/provider-google/lib/logging-project-bucket-config';
import { LoggingProjectExclusion } from '@cdktf/provider-google/lib/logging-project-exclusion';
import { LoggingProjectSink } from '@cdktf/provider-google/lib/logging-project-sink';
import { ProjectIamAuditConfig } from '@cdktf/provider-google/lib/project-iam-audit-config';
import { Construct } from 'constructs';
import { grantId } from '../../../terraform/grants';
import { stableName } from '../../../terraform/names';
import { onceInStack } from '../../../terraform/once';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';
import { IPrincipal } from '../../principal';
import { lastingName } from '../base/lasting-names';
import { after } from '../base/ordering';

/** What is recorded and where. */
export interface AuditLogSpec {
  readonly encryptionKey: IEncryptionKey;
  /** APIs whose reads and writes of data are recorded, `storage`. */
  readonly services: readonly string[];
  readonly retentionDays: number;
  /** Whether calls of endpoints are kept as well. */
  readonly endpointCalls: boolean;
  /** Whose calls are not recorded. */
  readonly exempted: readonly IPrincipal[];
  /** Whether nobody may shorten the retention any more, for ever. */
  readonly locked: boolean;
  readonly destroyable: boolean;
}

/** What Google writes about people and programs: changes, reads and writes of data, denials, its own actions. */
const AUDIT = ['activity', 'data_access', 'policy', 'system_event'].map(logId).join(' OR ');
/** The two of them that also go to the bucket `_Default`, and are paid there a second time. */
const ALSO_IN_DEFAULT = ['data_access', 'policy'].map(logId).join(' OR ');
/** Online predictions, each of which is a read of data. */
const ENDPOINT_CALLS = 'protoPayload.methodName=~"^google\\.cloud\\.aiplatform\\.[a-z0-9]+\\.PredictionService\\."';

/**
 * Cloud Audit Logs of the project in a log bucket of its own, encrypted with the stack's key and kept for so long as is
 * said.
 *
 * Entries of a log bucket cannot be changed, and who deletes the bucket is on record in `_Required`, which nobody can
 * switch off. A sink into a bucket of the same project writes with the project's own right: it has no identity that
 * needed a permission.
 *
 * @see https://cloud.google.com/logging/docs/audit/configure-data-access
 * @see https://cloud.google.com/logging/docs/routing/managed-encryption-storage
 */
export class AuditLog extends Construct {
  /** Name of the log bucket, `projects/<id>/locations/<region>/buckets/<name>`. */
  public readonly bucketName: string;
  private readonly bucket: LoggingProjectBucketConfig;

  constructor(scope: Construct, id: string, spec: AuditLogSpec) {
    super(scope, id);
    const project = GoogleProject.of(this);
    const ready = project._api('logging');
    this.bucket = new LoggingProjectBucketConfig(this, 'Bucket', {
      project: project.projectId,
      location: project.region,
      bucketId: lastingName(this, undefined, { maxLength: 63, separator: '-' }),
      description: 'Who read and wrote data, and who changed what',
      retentionDays: spec.retentionDays,
      locked: spec.locked,
      enableAnalytics: true,
      cmekSettings: { kmsKeyName: spec.encryptionKey.keyId },
      lifecycle: { preventDestroy: !spec.destroyable },
      dependsOn: after(ready, spec.encryptionKey.grantServiceAgent('logging')),
    });
    this.bucketName = this.bucket.id;
    const sink = new LoggingProjectSink(this, 'Sink', {
      project: project.projectId,
      name: stableName(this, 'Sink', { maxLength: 100, separator: '-' }),
      description: `Audit logs into ${this.node.path}`,
      destination: `logging.googleapis.com/${this.bucket.id}`,
      filter: AUDIT,
      exclusions: spec.endpointCalls
        ? undefined
        : [{ name: 'endpoint-calls', description: 'Captured requests say what was asked', filter: ENDPOINT_CALLS }],
      uniqueWriterIdentity: true,
    });
    new LoggingProjectExclusion(this, 'OnlyOnce', {
      project: project.projectId,
      name: stableName(this, 'OnlyOnce', { maxLength: 100, separator: '-' }),
      description: 'Kept in the bucket of audit logs, and not paid a second time in _Default',
      filter: ALSO_IN_DEFAULT,
      dependsOn: after(sink),
    });
    for (const service of spec.services) {
      // One setting of the project, where guardrails stand more than once in a stack.
      onceInStack(this, ['audit', service], () => new ProjectIamAuditConfig(this, `Service-${service}`, {
        project: project.projectId,
        service: `${service}.googleapis.com`,
        auditLogConfig: ['ADMIN_READ', 'DATA_READ', 'DATA_WRITE'].map((logType) => ({
          logType, exemptedMembers: spec.exempted.length === 0 ? undefined : spec.exempted.map(({ member }) => member),
        })),
        dependsOn: after(sink),
      }));
    }
  }

  /** Allows reading the audit logs, and no others. */
  public grantRead(principal: IPrincipal): void {
    const project = GoogleProject.of(this);
    new LoggingLogViewIamMember(this, grantId(principal, 'read'), {
      parent: `projects/${project.projectId}`,
      location: project.region,
      bucket: this.bucket.bucketId,
      name: '_AllLogs',
      role: 'roles/logging.viewAccessor',
      member: principal.member,
      dependsOn: after(this.bucket),
    });
  }
}

function logId(name: string): string {
  return `log_id("cloudaudit.googleapis.com/${name}")`;
}
