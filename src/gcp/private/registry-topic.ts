import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member';
import { Construct } from 'constructs';
import { grantId } from './grant-id';
import { GoogleProject } from '../google-project';
import { Grant } from '../grant';
import { IPrincipal } from '../principal';

/** Allows publishing to a topic, the one of this purpose below the construct. */
export function grantPublish(scope: Construct, topicId: string, principal: IPrincipal): Grant {
  const id = grantId(principal, 'publish');
  const existing = scope.node.tryFindChild(id) as PubsubTopicIamMember | undefined;
  // A topic that is named may be of another project.
  const project = /^projects\/([^/$]+)\/topics\//.exec(topicId)?.[1] ?? GoogleProject.of(scope).projectId;
  const member = existing ?? new PubsubTopicIamMember(scope, id, {
    project, topic: topicId, role: 'roles/pubsub.publisher', member: principal.member,
  });
  return new Grant([member.fqn]);
}
