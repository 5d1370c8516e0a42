import { TerraformStack, TerraformVariable } from 'cdktf';
import { ManagedIdentity } from '../../../../src/azure/managed-identity';
import { jobEnvironment } from '../../../../src/azure/private/base/job-environment';
import { newWorkflow } from '../../../../src/azure/private/base/workflow';
import { Delivery, inbox } from '../../../../src/azure/private/base/workflow-triggers';
import { azureStack, resourcesOf, synthesized } from '../../../support/azure';

const WORKSPACE = '/subscriptions/1/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/work';

/** The request of a workflow that has an environment made. */
function request(imageOf: (stack: TerraformStack) => string) {
  const stack = azureStack();
  newWorkflow(stack, 'Workflow', {
    description: 'Works',
    errorCode: 'WorkFailed',
    runsAs: new ManagedIdentity(stack, 'Runs'),
    trigger: inbox({ queueUrl: 'https://a.queue.core.windows.net/start', delivery: Delivery.ONCE }),
    actions: jobEnvironment('Environment', WORKSPACE, 'churn', imageOf(stack)).actions,
  });
  return resourcesOf(synthesized(stack), 'azapi_resource')[0].body.properties.definition.actions.Run.actions.Environment_until.actions.Environment.inputs;
}

test('an environment is its image, under a version that follows from its address', () => {
  const { environmentId } = jobEnvironment('Environment', WORKSPACE, 'churn', 'images.azurecr.io/churn:1');
  expect(environmentId).toMatch(new RegExp(`^${WORKSPACE}/environments/churn/versions/[0-9a-f]{16}$`));
  expect(jobEnvironment('Environment', WORKSPACE, 'churn', 'images.azurecr.io/churn:1').environmentId).toBe(environmentId);
  expect(jobEnvironment('Environment', WORKSPACE, 'churn', 'images.azurecr.io/churn:2').environmentId).not.toBe(environmentId);
  expect(request(() => 'images.azurecr.io/churn:1')).toMatchObject({
    method: 'PUT',
    uri: `https://management.azure.com${environmentId}`,
    queries: { 'api-version': '2025-06-01' },
    body: { properties: { image: 'images.azurecr.io/churn:1', osType: 'Linux', autoRebuild: 'Disabled' } },
  });
});

test('Terraform makes the version of an address that it alone knows', () => {
  const { uri, body } = request((stack) => new TerraformVariable(stack, 'image', {}).stringValue);
  expect(uri).toBe(`https://management.azure.com${WORKSPACE}/environments/churn/versions/\${substr(sha256(var.image), 0, 16)}`);
  expect(body.properties.image).toBe('${var.image}');
});
