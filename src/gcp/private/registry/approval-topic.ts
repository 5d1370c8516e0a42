import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member';
import { Construct } from 'constructs';
import { onceInStack } from '../../../terraform/once';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { grantOnce } from '../base/grants';

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
