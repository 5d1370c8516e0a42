import { EventgridSystemTopic } from '@cdktf/provider-azurerm/lib/eventgrid-system-topic';
import { EventgridSystemTopicEventSubscription } from '@cdktf/provider-azurerm/lib/eventgrid-system-topic-event-subscription';
import { Construct } from 'constructs';
import { refuse, Speaker } from '../../../core/private/validation';
import { Trigger } from '../../../core/trigger';
import { onceInStack } from '../../../terraform/once';
import { literal } from '../../../terraform/text';
import { IDataLake } from '../../data-lake-props';
import { ManagedIdentity } from '../../managed-identity';
import { IPrincipal, Principal } from '../../principal';
import { StoreEventTopic } from '../../training-pipeline-props';
import { settled } from '../base/grants';
import { azureName } from '../base/names';
import { after } from '../base/ordering';
import { grantSend, Queue } from '../base/queue';
import { resourceGroupOf } from '../base/resource-group-of';
import { newWorkflow } from '../base/workflow';
import { insist } from '../base/workflow-control';
import { recurrence } from '../base/workflow-recurrence';
import { store } from '../base/workflow-storage';

/** What starts a training besides people. */
export interface TriggerInput {
  readonly who: Speaker;
  readonly data: IDataLake;
  readonly start: Queue;
  readonly triggers: readonly Trigger[];
  /** The system topic of the lake's store, where somebody else has made it. */
  readonly storeEventTopic?: StoreEventTopic;
}

/**
 * Puts a message into the queue of starts at times and for new files. Children: `Schedule1` … for times,
 * `ScheduleIdentity`, `NewData`.
 */
export function addTriggers(scope: Construct, input: TriggerInput): void {
  const { who, start, triggers } = input;
  const times = triggers.flatMap(({ when }, index) =>
    when === undefined ? [] : [{ when, id: `Schedule${index + 1}` }],
  );
  if (times.length > 0) {
    const identity = new ManagedIdentity(scope, 'ScheduleIdentity');
    const needs = [grantSend(scope, start, identity)];
    for (const { when, id } of times) {
      newWorkflow(scope, id, {
        description: `Starts ${scope.node.path} at its times`,
        trigger: recurrence(who, when),
        actions: insist('Start', store.putMessage({ queueUrl: start.queueUrl, message: { trigger: 'schedule' } })),
        errorCode: 'ScheduleFailed',
        runsAs: identity,
        needs,
      });
    }
  }
  const prefixes = triggers.flatMap(({ dataPrefix }) => (dataPrefix === undefined ? [] : [dataPrefix]));
  if (prefixes.length > 0) listen(scope, input, prefixes);
}

/** Event Grid filters by at most so many texts. */
const MOST_PREFIXES = 25;

/**
 * Has Event Grid put its events into the queue, with the identity of its topic.
 *
 * @see https://learn.microsoft.com/azure/event-grid/deliver-events-using-managed-identity
 */
function listen(
  scope: Construct,
  { who, data, start, storeEventTopic }: TriggerInput,
  prefixes: readonly string[],
): void {
  if (prefixes.length > MOST_PREFIXES) {
    refuse(who, 'triggers', `${prefixes.length} prefixes of new data`, `at most ${MOST_PREFIXES}`);
  }
  const topic = storeEventTopic === undefined ? newTopic(data) : topicNamed(who, storeEventTopic);
  resourceGroupOf(scope)._register('Microsoft.EventGrid');
  new EventgridSystemTopicEventSubscription(scope, 'NewData', {
    name: azureName(scope, 'eventGridTopic', 'NewData'),
    systemTopic: topic.name,
    resourceGroupName: topic.resourceGroupName,
    eventDeliverySchema: 'EventGridSchema',
    includedEventTypes: ['Microsoft.Storage.BlobCreated'],
    advancedFilter: {
      stringBeginsWith: [
        {
          key: 'subject',
          values: prefixes.map((each) => `/blobServices/default/containers/${data.rawContainer}/blobs/${literal(each)}`),
        },
      ],
    },
    storageQueueEndpoint: {
      storageAccountId: data.storeAccountId,
      queueName: start.name,
      queueMessageTimeToLiveInSeconds: 604_800,
    },
    deliveryIdentity: { type: 'SystemAssigned' },
    retryPolicy: { eventTimeToLive: 1440, maxDeliveryAttempts: 30 },
    dependsOn: after(settled(scope, 'NewDataReady', [grantSend(scope, start, topic.principal)])),
  });
}

interface Topic {
  readonly name: string;
  readonly resourceGroupName: string;
  readonly principal: IPrincipal;
}

/** An account of storage has one system topic, whichever pipeline listens. */
function newTopic(data: IDataLake): Topic {
  const { location, resourceGroupName } = resourceGroupOf(data);
  const scope = data as unknown as Construct;
  const topic = onceInStack(data, ['events', data.storeAccountId], () => new EventgridSystemTopic(scope, 'Events', {
    name: azureName(data, 'eventGridTopic', 'Events'),
    location,
    resourceGroupName,
    sourceResourceId: data.storeAccountId,
    topicType: 'Microsoft.Storage.StorageAccounts',
    identity: { type: 'SystemAssigned' },
  }));
  return {
    name: topic.name,
    resourceGroupName,
    principal: { objectId: topic.identity.principalId, principalType: 'ServicePrincipal', principalId: topic.node.path },
  };
}

function topicNamed(who: Speaker, { topicId, principalObjectId }: StoreEventTopic): Topic {
  const [, resourceGroupName, name] =
    /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)\/providers\/Microsoft\.EventGrid\/systemTopics\/([^/]+)$/i.exec(
      topicId,
    ) ??
    refuse(
      who,
      'storeEventTopic.topicId',
      topicId,
      'the ARM id of a system topic, …/providers/Microsoft.EventGrid/systemTopics/<name>, known at synthesis',
    );
  return { name, resourceGroupName, principal: Principal.servicePrincipal(principalObjectId) };
}
