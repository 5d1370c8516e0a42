import { PubsubSchema } from '@cdktf/provider-google/lib/pubsub-schema';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member';
import { Construct } from 'constructs';
import { stableName } from '../../../terraform/names';
import { once, onceInStack } from '../../../terraform/once';
import { IDataLake } from '../../data-lake-props';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { grantOnce } from '../base/grants';
import { after } from '../base/ordering';

/** Allows publishing to a topic, the one of this purpose below the construct. */
export function grantPublish(scope: Construct, topicId: string, principal: IPrincipal): Grant {
  // A topic that is named may be of another project.
  const project = /^projects\/([^/$]+)\/topics\//.exec(topicId)?.[1] ?? GoogleProject.of(scope).projectId;
  return grantOnce(scope, principal, 'publish', (place, id) =>
    onceInStack(
      place,
      ['topic', topicId, principal.member],
      () =>
        new PubsubTopicIamMember(place, id, {
          project,
          topic: topicId,
          role: 'roles/pubsub.publisher',
          member: principal.member,
        }),
    ),
  );
}

/**
 * Schema of an approval. In Avro's JSON every field must be there, so that `promote` could not be left out, and without
 * a field for it not be said.
 *
 * @see https://cloud.google.com/pubsub/docs/schemas
 */
const APPROVAL = `syntax = "proto2";

message Approval {
  // Id of the version, a number.
  required string version = 1;
  // Whether a challenger takes over.
  optional bool promote = 2;
}
`;

/** A topic of approvals, or of promotions, which are said in the same words. */
export function newApprovalTopic(
  registry: Construct,
  id: 'Approvals' | 'Promotions',
  data: IDataLake,
  retentionDays: number,
): string {
  const project = GoogleProject.of(registry);
  const api = project._api('pubsub');
  const schema = once(
    registry,
    'ApprovalSchema',
    (schemaId) =>
      new PubsubSchema(registry, schemaId, {
        name: stableName(registry, schemaId, { maxLength: 100, separator: '-' }),
        project: project.projectId,
        type: 'PROTOCOL_BUFFER',
        definition: APPROVAL,
        dependsOn: after(api),
      }),
  );
  return new PubsubTopic(registry, id, {
    name: stableName(registry, id, { maxLength: 100, separator: '-' }),
    project: project.projectId,
    kmsKeyName: data.encryptionKey.keyId,
    messageRetentionDuration: `${retentionDays * 86400}s`,
    messageStoragePolicy: { allowedPersistenceRegions: [project.region] },
    schemaSettings: { schema: schema.id, encoding: 'JSON' },
    dependsOn: after(api, data.encryptionKey.grantServiceAgent('pubsub')),
  }).id;
}
