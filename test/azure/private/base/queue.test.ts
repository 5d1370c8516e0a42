import { TerraformStack } from 'cdktf';
import { ManagedIdentity } from '../../../../src/azure/managed-identity';
import { grantSend, grantTake, newQueue, queueNamed } from '../../../../src/azure/private/base/queue';
import { ROLES } from '../../../../src/azure/private/base/roles';
import { azureStack, onlyResource, resourcesOf, synthesized } from '../../../support/azure';
import { PlainLake } from '../../../support/azure-parts';

const WHO = { what: 'model registry', name: 'Stack/Registry' };
const ID = '/subscriptions/1/resourceGroups/ml/providers/Microsoft.Storage/storageAccounts/store/queueServices/default/queues/approvals';
const scene = () => {
  const stack: TerraformStack = azureStack();
  const data = new PlainLake(stack, 'Data');
  return { stack, data, queue: newQueue(stack, 'Approvals', data) };
};

test('a queue lies in the store of the lake, under a name that follows from its place', () => {
  const { stack, data, queue } = scene();
  expect(queue.name).toMatch(/^stack-approvals-[0-9a-f]{8}$/);
  expect(queue).toMatchObject({ queueId: `${data.storeAccountId}/queueServices/default/queues/${queue.name}`, queueUrl: `https://store.queue.core.windows.net/${queue.name}` });
  expect(onlyResource(synthesized(stack), 'azurerm_storage_queue')).toEqual({ name: queue.name, storage_account_id: data.storeAccountId });
});

test('putting and taking are two roles at the queue alone, given once, after it exists', () => {
  const { stack, queue } = scene();
  const identity = new ManagedIdentity(stack, 'Workflow');
  grantSend(stack, queue, identity);
  grantSend(stack, queue, identity);
  grantTake(stack, queue, identity);
  const given = resourcesOf(synthesized(stack), 'azurerm_role_assignment');
  expect(given.map((each) => [each.scope, each.role_definition_id.split('/').pop()])).toEqual([
    [queue.queueId, ROLES.storageQueueDataMessageSender], [queue.queueId, ROLES.storageQueueDataMessageProcessor],
  ]);
  for (const each of given) expect(each.depends_on).toEqual([expect.stringMatching(/^azurerm_storage_queue\.Approvals$/)]);
});

test('a queue that exists is found by its id', () => {
  expect(queueNamed(WHO, 'approvalQueueId', ID)).toEqual({ name: 'approvals', queueId: ID, queueUrl: 'https://store.queue.core.windows.net/approvals' });
  expect(() => queueNamed(WHO, 'approvalQueueId', 'approvals')).toThrow(
    "model registry 'Stack/Registry': approvalQueueId must be …/storageAccounts/<account>/queueServices/default/queues/<name>, known at synthesis, got 'approvals'");
});
