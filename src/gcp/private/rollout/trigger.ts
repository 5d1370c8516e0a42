import { EventarcTrigger } from '@cdktf/provider-google/lib/eventarc-trigger';
import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { Construct } from 'constructs';
import { stableName } from '../../../terraform/names';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { ServiceAccount } from '../../service-account';
import { after } from '../base/ordering';
import { grantInProject } from '../base/project-roles';

/**
 * Starts a workflow with every message of a topic. Workflows takes an event at once and keeps the run, so a message is
 * not lost while another rollout goes on.
 *
 * @see https://cloud.google.com/eventarc/docs/workflows/route-trigger-cloud-pubsub
 */
export function startOnMessage(
  scope: Construct,
  id: string,
  topicId: string,
  workflow: WorkflowsWorkflow,
): EventarcTrigger {
  const project = GoogleProject.of(scope);
  const caller = new ServiceAccount(scope, `${id}Caller`, { displayName: `Starts ${scope.node.path} on messages` });
  const mayStart = Grant.all([
    grantInProject(scope, caller, 'workflows.invoker'),
    grantInProject(scope, caller, 'eventarc.eventReceiver'),
  ]);
  return new EventarcTrigger(scope, id, {
    name: stableName(scope, id, { maxLength: 63, separator: '-' }),
    project: project.projectId,
    location: project.region,
    matchingCriteria: [{ attribute: 'type', value: 'google.cloud.pubsub.topic.v1.messagePublished' }],
    transport: { pubsub: { topic: topicId } },
    destination: { workflow: workflow.id },
    serviceAccount: caller.email,
    eventDataContentType: 'application/json',
    dependsOn: after(
      project._api('eventarc', 'eventarcpublishing', 'pubsub'),
      project._agentReady('eventarc'),
      mayStart,
    ),
  });
}
