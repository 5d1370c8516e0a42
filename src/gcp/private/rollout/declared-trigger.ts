import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { StorageNotification } from '@cdktf/provider-google/lib/storage-notification';
import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { Construct } from 'constructs';
import { startOnMessage } from './trigger';
import { speakerFor } from '../../../core/private/validation';
import { stableName } from '../../../terraform/names';
import { pause } from '../../../terraform/pause';
import { jsonText } from '../../../terraform/text';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';
import { listenToBucket, publisherOf } from '../base/bucket-events';
import { after } from '../base/ordering';

/** Where the stack says what shall be live. */
export interface Declaration {
  readonly bucketName: string;
  readonly encryptionKey: IEncryptionKey;
  /** What shall be live; a change of it starts the workflow. */
  readonly content: { readonly [key: string]: unknown };
}

/**
 * Starts a workflow whenever `terraform apply` changes what the stack declares: an object says it, and Cloud Storage
 * tells of the object once workflow and trigger are there.
 *
 * @see https://cloud.google.com/storage/docs/pubsub-notifications
 */
export function startOnDeclaration(
  scope: Construct,
  id: string,
  declaration: Declaration,
  workflow: WorkflowsWorkflow,
): void {
  const project = GoogleProject.of(scope);
  const { bucketName, encryptionKey } = declaration;
  listenToBucket(speakerFor('serving endpoint', scope), scope, bucketName);
  const publisher = publisherOf(scope, id, bucketName);
  const prefix = `serving/${stableName(scope, id, { maxLength: 63, separator: '-' })}/`;
  const topic = new PubsubTopic(scope, `${id}Topic`, {
    name: stableName(scope, id, { maxLength: 255, separator: '-' }),
    project: project.projectId,
    kmsKeyName: encryptionKey.keyId,
    messageStoragePolicy: { allowedPersistenceRegions: [project.region] },
    dependsOn: after(project._api('pubsub'), encryptionKey.grantServiceAgent('pubsub')),
  });
  const mayTell = new PubsubTopicIamMember(scope, `${id}Publisher`, {
    project: project.projectId,
    topic: topic.name,
    role: 'roles/pubsub.publisher',
    member: publisher.member,
    dependsOn: publisher.ready,
  });
  const notification = new StorageNotification(scope, `${id}Notification`, {
    bucket: bucketName,
    topic: topic.id,
    payloadFormat: 'JSON_API_V1',
    eventTypes: ['OBJECT_FINALIZE'],
    objectNamePrefix: prefix,
    // Cloud Storage tries the topic at once.
    dependsOn: [pause(scope, `${id}Ready`, 60, { dependsOn: [mayTell] })],
  });
  const trigger = startOnMessage(scope, id, topic.id, workflow);
  new StorageBucketObject(scope, `${id}Object`, {
    bucket: bucketName,
    name: `${prefix}declared.json`,
    content: jsonText(declaration.content),
    contentType: 'application/json',
    dependsOn: after(notification, trigger),
  });
}
