import { EventarcTrigger, EventarcTriggerConfig } from '@cdktf/provider-google/lib/eventarc-trigger';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { speakerFor } from '../../../core/private/validation';
import { Trigger } from '../../../core/trigger';
import { acknowledge } from '../../../terraform/acknowledge';
import { stableName } from '../../../terraform/names';
import { once } from '../../../terraform/once';
import { pause } from '../../../terraform/pause';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';
import { ServiceAccount } from '../../service-account';
import { listenToBucket, sameProject } from '../base/bucket-events';
import { after } from '../base/ordering';
import { grantInProject } from '../base/project-roles';
import { startAt } from '../base/schedule';

/** The topic whose messages start runs. */
export function newStartTopic(scope: Construct, encryptionKey: IEncryptionKey): PubsubTopic {
  const project = GoogleProject.of(scope);
  return new PubsubTopic(scope, 'Start', {
    name: stableName(scope, 'Start', { maxLength: 100, separator: '-' }),
    project: project.projectId,
    kmsKeyName: encryptionKey.keyId,
    messageRetentionDuration: '86400s',
    messageStoragePolicy: { allowedPersistenceRegions: [project.region] },
    dependsOn: after(project._api('pubsub'), encryptionKey.grantServiceAgent('pubsub')),
  });
}

/**
 * What starts the workflow: messages always, times and new objects as asked for. Children: `Trigger1` … for times,
 * `OnMessage`, `OnNewData`.
 */
export function addTriggers(
  scope: Construct, workflow: WorkflowsWorkflow, topic: PubsubTopic, rawBucket: string, triggers: readonly Trigger[],
): void {
  triggers.forEach((trigger, index) => {
    if (trigger.when !== undefined) {
      startAt(scope, `Trigger${index + 1}`, trigger.when, workflow, { trigger: 'schedule' });
    }
  });
  const listensToData = triggers.some(({ dataPrefix }) => dataPrefix !== undefined);
  const events = new WorkflowEvents(scope, workflow, listensToData);
  events.listen('OnMessage', [{ attribute: 'type', value: 'google.cloud.pubsub.topic.v1.messagePublished' }], { transport: { pubsub: { topic: topic.id } } });
  if (!listensToData) return;
  listenToBucket(speakerFor('training pipeline', scope), scope, rawBucket);
  const precondition = sameProject(scope, 'OnNewData', rawBucket);
  events.listen('OnNewData', [
    { attribute: 'type', value: 'google.cloud.storage.object.v1.finalized' },
    { attribute: 'bucket', value: rawBucket },
  ], { lifecycle: precondition && { precondition: [precondition] } });
}

/** Eventarc's way to a workflow: an identity that may start it, and agents that may carry events. */
class WorkflowEvents {
  private readonly caller: ServiceAccount;
  private readonly ready: ITerraformDependable[];

  public constructor(
    private readonly scope: Construct,
    private readonly workflow: WorkflowsWorkflow,
    fromStorage: boolean,
  ) {
    const project = GoogleProject.of(scope);
    this.caller = new ServiceAccount(scope, 'EventCaller', { displayName: `Starts ${scope.node.path} on events` });
    const mayStart = [
      grantInProject(scope, this.caller, 'workflows.invoker'),
      grantInProject(scope, this.caller, 'eventarc.eventReceiver'),
    ];
    this.ready = after(
      project._api('eventarc', 'eventarcpublishing', 'pubsub'),
      project._agentReady('eventarc'),
      ...mayStart,
    );
    if (fromStorage) this.ready.push(this.storagePublishes());
  }

  /**
   * Cloud Storage publishes its events to a topic that Eventarc makes, so the role cannot be given on the topic;
   * Eventarc tries it at once. Once for all pipelines: of two that give the same role, the one that goes would take it
   * from the other.
   */
  private storagePublishes(): ITerraformDependable {
    const project = GoogleProject.of(this.scope);
    return once(project, 'StorageReady', (id) => {
      const publishes = new ProjectIamMember(project, 'StoragePublishes', {
        project: project.projectId,
        role: 'roles/pubsub.publisher',
        member: project._agent('storage'),
        dependsOn: after(project._agentReady('storage')),
      });
      acknowledge(
        publishes,
        'MLOPS-IAM-01',
        'Eventarc makes the topic itself, after this, and asks for the role in the project before it does',
      );
      return pause(project, id, 120, { dependsOn: [publishes] });
    });
  }

  public listen(
    id: string,
    matchingCriteria: { readonly attribute: string; readonly value: string }[],
    more: Pick<EventarcTriggerConfig, 'transport' | 'lifecycle'>,
  ): void {
    const project = GoogleProject.of(this.scope);
    new EventarcTrigger(this.scope, id, {
      name: stableName(this.scope, id, { maxLength: 63, separator: '-' }),
      project: project.projectId,
      location: project.region,
      matchingCriteria,
      destination: { workflow: this.workflow.id },
      serviceAccount: this.caller.email,
      eventDataContentType: 'application/json',
      ...more,
      dependsOn: this.ready,
    });
  }
}
