import { MonitoringNotificationChannel } from '@cdktf/provider-google/lib/monitoring-notification-channel';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { after } from './ordering';
import { Token } from '../../../core/private/tokens';
import { stableName } from '../../../terraform/names';
import { literal } from '../../../terraform/text';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';

/**
 * A channel for each address, by its name. Every channel of the library that mails is made here: an address that is
 * taken away or changed must not block the apply, because Terraform deletes its channel before it updates the alert
 * policies that name it.
 *
 * @param title of a channel; the address unless said otherwise
 */
export function newEmailChannels(
  scope: Construct,
  emails: readonly string[],
  title: (email: string) => string = (email) => email,
): string[] {
  const project = GoogleProject.of(scope);
  return emails.map(
    (email, index) =>
      new MonitoringNotificationChannel(scope, `Email-${Token.isUnresolved(email) ? index : email}`, {
        project: project.projectId,
        type: 'email',
        displayName: literal(title(Token.isUnresolved(email) ? `mail ${index + 1}` : email)),
        labels: { email_address: literal(email) },
        forceDelete: true,
        dependsOn: after(project._api('monitoring')),
      }).name,
  );
}

/** A topic that programs subscribe to, encrypted with the key. */
export function newAlertTopic(scope: Construct, id: string, key: IEncryptionKey): PubsubTopic {
  const project = GoogleProject.of(scope);
  return new PubsubTopic(scope, id, {
    name: stableName(scope, id, { maxLength: 255, separator: '-' }),
    project: project.projectId,
    kmsKeyName: key.keyId,
    messageStoragePolicy: { allowedPersistenceRegions: [project.region] },
    messageRetentionDuration: '604800s',
    dependsOn: after(project._api('pubsub'), key.grantServiceAgent('pubsub')),
  });
}

/** A channel that publishes to a topic, and the permission that it needs. */
export function newTopicChannel(
  scope: Construct,
  id: string,
  topicId: string,
): { readonly name: string; readonly mayPublish: ITerraformDependable } {
  const project = GoogleProject.of(scope);
  const mayPublish = new PubsubTopicIamMember(scope, `${id}Publisher`, {
    project: project.projectId,
    topic: topicId,
    role: 'roles/pubsub.publisher',
    member: project._agent('monitoring'),
    dependsOn: after(project._agentReady('monitoring')),
  });
  const channel = new MonitoringNotificationChannel(scope, `${id}Channel`, {
    project: project.projectId,
    type: 'pubsub',
    displayName: `${scope.node.path} ${id}`,
    labels: { topic: topicId },
    forceDelete: true,
    dependsOn: after(project._api('monitoring'), mayPublish),
  });
  return { name: channel.name, mayPublish };
}
