import { StorageQueue } from '@cdktf/provider-azurerm/lib/storage-queue';
import { ITerraformDependable } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { customRole, grantRole } from './grants';
import { azureName } from './names';
import { after } from './ordering';
import { resourceGroupOf } from './resource-group-of';
import { refuse, Speaker } from '../../../core/private/validation';
import { IDataLake } from '../../data-lake-props';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';

/** A queue of Azure Storage: an inbox that keeps a message until somebody has taken it, opened by roles alone. */
export interface Queue {
  /** Name of the queue. */
  readonly name: string;
  /** ARM id, at which roles are given. */
  readonly queueId: string;
  /** Address, `https://<account>.queue.core.windows.net/<name>`: `GET …/messages` takes, `POST …/messages` puts. */
  readonly queueUrl: string;
  /** What must exist before something is put or taken. */
  readonly ready?: ITerraformDependable;
}

/** A new queue in the lake's store. */
export function newQueue(scope: Construct, id: string, data: IDataLake): Queue {
  resourceGroupOf(scope)._register('Microsoft.Storage');
  const name = azureName(scope, 'queue', id);
  const queue = new StorageQueue(scope, id, { name, storageAccountId: data.storeAccountId });
  return {
    name,
    queueId: `${data.storeAccountId}/queueServices/default/queues/${name}`,
    queueUrl: `${data.queueEndpoint}/${name}`,
    ready: queue,
  };
}

/** A queue that exists. */
export function queueNamed(who: Speaker, prop: string, queueId: string): Queue {
  const parts =
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Storage\/storageAccounts\/([a-z0-9]+)\/queueServices\/default\/queues\/([a-z0-9-]+)$/i.exec(
      queueId,
    ) ??
    refuse(who, prop, queueId, '…/storageAccounts/<account>/queueServices/default/queues/<name>, known at synthesis');
  return { name: parts[2], queueId, queueUrl: `https://${parts[1]}.queue.core.windows.net/${parts[2]}` };
}

/** Allows putting messages into a queue, and nothing else. */
export function grantSend(opened: IConstruct, { queueId, ready }: Queue, principal: IPrincipal): Grant {
  return grantRole(opened, principal, `send ${nameOf(queueId)}`, {
    scope: queueId,
    role: 'storageQueueDataMessageSender',
    description: 'Puts messages into the queue',
    needs: after(ready),
  });
}

/** Allows looking at, taking and deleting messages of a queue, and nothing else. */
export function grantTake(opened: IConstruct, { queueId, ready }: Queue, principal: IPrincipal): Grant {
  return grantRole(opened, principal, `take ${nameOf(queueId)}`, {
    scope: queueId,
    role: 'storageQueueDataMessageProcessor',
    description: 'Takes messages from the queue',
    needs: after(ready),
  });
}

/**
 * Allows holding messages of a queue for longer than a look hides them, and taking them. No built-in role that may
 * write a message is without deleting the queue.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-queue-service-operations
 */
export function grantHold(opened: Construct, queue: Queue, principal: IPrincipal): Grant {
  const role = customRole(opened, 'MessageHolder', {
    title: 'Holds messages of queues',
    dataActions: ['Microsoft.Storage/storageAccounts/queueServices/queues/messages/write'],
  }, queue.queueId);
  const held = grantRole(opened, principal, `hold ${nameOf(queue.queueId)}`, {
    scope: queue.queueId,
    role,
    description: 'Holds a message of the queue while it works on it',
    needs: after(queue.ready),
  });
  return Grant.all([grantTake(opened, queue, principal), held]);
}

function nameOf(queueId: string): string {
  return queueId.slice(queueId.lastIndexOf('/') + 1);
}
