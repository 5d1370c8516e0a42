import { ArmRenderer } from '../../../../src/azure/azure-resource-group-props';
import { DataLake } from '../../../../src/azure/data-lake';
import { ManagedIdentity } from '../../../../src/azure/managed-identity';
import { newQueue, grantSend, grantTake } from '../../../../src/azure/private/base/queue';
import { newWorkflow } from '../../../../src/azure/private/base/workflow';
import { arm } from '../../../../src/azure/private/base/workflow-actions';
import { Delivery, inbox } from '../../../../src/azure/private/base/workflow-triggers';
import { azureStack, resourcesOf, synthesized, TerraformConfig } from '../../../support/azure';

/** A workflow over a queue of a lake; one permission is given before it is made, and one after. */
function workflowOver(privateEndpoints: boolean, armRenderer?: ArmRenderer): TerraformConfig {
  const stack = azureStack({ armRenderer });
  const data = new DataLake(stack, 'Data', { privateEndpoints });
  const queue = newQueue(stack, 'Inbox', data);
  const runsAs = new ManagedIdentity(stack, 'Runs');
  newWorkflow(stack, 'Workflow', {
    description: 'Works',
    errorCode: 'WorkFailed',
    runsAs,
    trigger: inbox({ queueUrl: queue.queueUrl, delivery: Delivery.ONCE }),
    actions: { Look: arm.get({ type: 'Microsoft.MachineLearningServices/workspaces/jobs', id: '/subscriptions/1/jobs/2' }) },
    needs: [grantTake(stack, queue, runsAs)],
  });
  grantSend(stack, queue, runsAs);
  grantSend(stack, queue, runsAs);
  return synthesized(stack);
}

const workflowOf = (config: TerraformConfig) => resourcesOf(config, 'azapi_resource').find(({ type }) => type.startsWith('Microsoft.Logic/'));
const rolesAtQueue = (config: TerraformConfig, principal: string) => resourcesOf(config, 'azurerm_role_assignment')
  .filter(({ scope, principal_id }) => scope.includes('/queues/') && principal_id.includes(principal))
  .map(({ role_definition_id }) => role_definition_id.split('/').pop()).sort();

test('a workflow acts as the identity of the user\'s where storage is open to it', () => {
  const config = workflowOver(false);
  expect(workflowOf(config).identity).toEqual([{ type: 'UserAssigned', identity_ids: [expect.stringContaining('Runs_Identity')] }]);
  expect(resourcesOf(config, 'azurerm_role_assignment').filter(({ principal_id }) => principal_id.includes('azapi_resource'))).toEqual([]);
});

test('a workflow acts as itself where storage is behind a firewall, with all permissions, given before and after', () => {
  const config = workflowOver(true);
  const { identity, body } = workflowOf(config);
  expect(identity).toEqual([{ type: 'SystemAssigned' }]);
  expect(JSON.stringify(body)).toContain('"type":"ManagedServiceIdentity"');
  expect(JSON.stringify(body)).not.toContain('Runs_Identity');
  expect(rolesAtQueue(config, 'terraform_data.Workflow-principalId')).toEqual(rolesAtQueue(config, 'Runs_Identity'));
  expect(rolesAtQueue(config, 'terraform_data.Workflow-principalId')).toHaveLength(2);
});

test('in a template as well', () => {
  const config = workflowOver(true, ArmRenderer.TEMPLATE);
  expect(config.resource.azurerm_resource_group_template_deployment.Workflow.template_content).toContain('"SystemAssigned"');
});
