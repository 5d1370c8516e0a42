import { LoggingProjectBucketConfig } from '@cdktf/provider-google/lib/logging-project-bucket-config';
import { LoggingProjectSink } from '@cdktf/provider-google/lib/logging-project-sink';
import { Construct } from 'constructs';
import { acknowledge } from '../../../terraform/acknowledge';
import { stableName } from '../../../terraform/names';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';
import { lastingName } from '../base/lasting-names';
import { after } from '../base/ordering';

/**
 * Keeps what the workflows say of themselves (versions registered, rollouts, drift) for longer than the project's log
 * does, encrypted with the key.
 *
 * The id of a deleted bucket is free again after seven days. A sink into a bucket of the same project writes with the
 * project's own right: it has no writer identity, and a grant to one would be refused.
 *
 * @see https://cloud.google.com/logging/docs/routing/managed-encryption-storage
 */
export function newLogBucket(
  scope: Construct, key: IEncryptionKey, retentionDays: number, workflowNames: readonly string[],
): LoggingProjectBucketConfig {
  const project = GoogleProject.of(scope);
  const shape = { maxLength: 100, separator: '-' };
  const bucket = new LoggingProjectBucketConfig(scope, 'Bucket', {
    project: project.projectId,
    location: project.region,
    bucketId: lastingName(scope, undefined, shape),
    description: `What the workflows of ${scope.node.path} say of themselves`,
    retentionDays,
    cmekSettings: { kmsKeyName: key.keyId },
    dependsOn: after(project._api('logging'), key.grantServiceAgent('logging')),
  });
  acknowledge(
    bucket,
    'MLOPS-DAT-02',
    "what the workflows say of themselves, a copy of the project's own log for a longer time: it ends with them, and can be had back for seven days",
  );
  const bucketName = `projects/${project.projectId}/locations/${project.region}/buckets/${bucket.bucketId}`;
  const ofWorkflows = workflowNames.map((each) => `resource.labels.workflow_id="${each}"`).join(' OR ');
  new LoggingProjectSink(scope, 'Sink', {
    project: project.projectId,
    name: stableName(scope, undefined, shape),
    destination: `logging.googleapis.com/${bucketName}`,
    filter: `resource.type="workflows.googleapis.com/Workflow" AND jsonPayload.mlops:* AND (${ofWorkflows})`,
    uniqueWriterIdentity: true,
    dependsOn: after(bucket),
  });
  return bucket;
}
