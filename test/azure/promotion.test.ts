import { DataLake, IModelRegistry, ManagedIdentity, ModelRegistry, PromotedRegistryProps, Workspace } from '../../src/azure';
import { ROLES } from '../../src/azure/private/base/roles';
import { azureStack, onlyResource, resourcesOf, SUBSCRIPTION, synthesized } from '../support/azure';
import { PlainLake, PlainWorkspace } from '../support/azure-parts';

const TRAINING = '/subscriptions/99999999-2222-3333-4444-555555555555/resourceGroups/train';
const scene = (props: Partial<PromotedRegistryProps> = {}) => {
  const stack = azureStack();
  const [data, workspace] = [new PlainLake(stack, 'Data'), new PlainWorkspace(stack, 'Workspace')];
  const registry: IModelRegistry = ModelRegistry.promotedFrom(stack, 'Registry', {
    stage: 'prod',
    modelName: 'churn',
    trainingWorkspaceId: `${TRAINING}/providers/Microsoft.MachineLearningServices/workspaces/work`,
    trainingStoreAccountName: 'trainstore',
    trainingContainerRegistryId: `${TRAINING}/providers/Microsoft.ContainerRegistry/registries/trainimages`,
    data,
    workspace,
    ...props,
  });
  return { stack, registry, config: () => synthesized(stack) };
};

test('the registry of a stage has a queue of promotions beside that of approvals, and a workflow that takes them', () => {
  const { registry, config } = scene();
  const made = config();
  expect(registry).toMatchObject({ promotionStage: 'prod', modelName: 'churn', isApprovalAutomatic: false, imageRepositoryUri: 'images.azurecr.io/churn' });
  expect(resourcesOf(made, 'azurerm_storage_queue').map(({ name }) => name.replace(/-[0-9a-f]{8}$/, ''))).toEqual(['stack-registry-approvals', 'stack-registry-promotions']);
  const workflow = onlyResource(made, 'azapi_resource');
  expect(workflow.type).toBe('Microsoft.Logic/workflows@2019-05-01');
  expect(workflow.body.properties.definition.triggers.Message.inputs.uri).toBe(`${registry.promotionQueueUrl}/messages`);
  expect(registry.promotionWorkflowId).toMatch(/TfToken/);
});

test('who may promote puts messages into the queue of promotions alone', () => {
  const { stack, registry, config } = scene();
  registry.grantApprove(new ManagedIdentity(stack, 'Approver'));
  const approver = resourcesOf(config(), 'azurerm_role_assignment').filter((each) => each.principal_id.includes('.Approver_'));
  expect(approver.map(({ scope }) => scope.split('/').pop().replace(/-[0-9a-f]{8}$/, '')).sort()).toEqual(['stack-registry-promotions', 'work']);
});

test('the promoter writes the files of versions, registers, imports images and approves in the stage, and nothing else', () => {
  const { config } = scene();
  const made = config();
  const builtIn = new Map(Object.entries(ROLES).map(([name, id]) => [id, name]));
  const roles = resourcesOf(made, 'azurerm_role_assignment').map((each) => [
    builtIn.get(each.role_definition_id.split('/').pop() as never) ?? each.role_definition_id.replace(/.*\.(?:Registry_)?(\w+?)_[0-9A-F]{8}\..*/, '$1'),
    each.scope.split('/').slice(-1)[0].replace(/-[0-9a-f]{8}$/, ''),
    ...(each.condition === undefined ? [] : [each.condition]),
  ]);
  expect(roles.sort()).toEqual([
    ['EnvironmentCreator', 'work'],
    ['ImageImporter', 'images'],
    ['MessageHolder', 'stack-registry-promotions'],
    ['ModelRegistrar', 'work'],
    ['azureMlComputeOperator', 'work'],
    ['storageBlobDataContributor', 'artifacts', "path StringLike 'training/*'"],
    ['storageBlobDataContributor', 'worklogs'],
    ['storageQueueDataMessageProcessor', 'stack-registry-promotions'],
    ['storageQueueDataMessageSender', 'stack-registry-approvals'],
  ]);
  for (const each of resourcesOf(made, 'azurerm_role_assignment')) expect(each.principal_id).toContain('Registry_Promoter_Identity');
});

test('a machine that copies is there while it copies alone', () => {
  expect(onlyResource(scene().config(), 'azurerm_machine_learning_compute_cluster')).toMatchObject({
    vm_priority: 'Dedicated',
    scale_settings: { min_node_count: 0, max_node_count: 1, scale_down_nodes_after_idle_duration: 'PT120S' },
    local_auth_enabled: false,
    ssh_public_access_enabled: false,
    node_public_ip_enabled: false,
  });
});

test('its object id is an output, because the training stack gives it permissions; an identity of yours is taken', () => {
  const output = Object.values<any>(scene().config().output)[0];
  expect(output.description).toBe('Object id of the identity that promotes churn to prod: promoterObjectId of the stage in the registry of the training workspace');
  expect(output.value).toMatch(/Registry_Promoter_Identity.*principal_id/);
  const stack = azureStack();
  const promoter = new ManagedIdentity(stack, 'Mine');
  const [data, workspace] = [new PlainLake(stack, 'Data'), new PlainWorkspace(stack, 'Workspace')];
  ModelRegistry.promotedFrom(stack, 'Registry', {
    stage: 'prod',
    modelName: 'churn',
    trainingWorkspaceId: `${TRAINING}/providers/Microsoft.MachineLearningServices/workspaces/work`,
    trainingStoreAccountName: 'trainstore',
    trainingContainerRegistryId: `${TRAINING}/providers/Microsoft.ContainerRegistry/registries/trainimages`,
    data,
    workspace,
    promoter,
  });
  expect(resourcesOf(synthesized(stack), 'azurerm_user_assigned_identity')).toHaveLength(1);
});

test('a stage whose lake is private says the workflow\'s own identity as well, which acts there', () => {
  const stack = azureStack();
  const data = new DataLake(stack, 'Data', { privateEndpoints: true });
  ModelRegistry.promotedFrom(stack, 'Registry', {
    stage: 'prod',
    modelName: 'churn',
    trainingWorkspaceId: `${TRAINING}/providers/Microsoft.MachineLearningServices/workspaces/work`,
    trainingStoreAccountName: 'trainstore',
    trainingContainerRegistryId: `${TRAINING}/providers/Microsoft.ContainerRegistry/registries/trainimages`,
    data,
    workspace: new Workspace(stack, 'Workspace', { data }),
  });
  const outputs = Object.entries<any>(synthesized(stack).output).filter(([name]) => name.startsWith('Registry_'));
  expect(outputs.map(([name, { value }]) => [name.replace(/_[0-9A-F]{8}$/, ''), value.replace(/_[0-9A-F]{8}/, '')])).toEqual([
    ['Registry_PromoterObjectId', '${azurerm_user_assigned_identity.Registry_Promoter_Identity.principal_id}'],
    ['Registry_PromotionWorkflowObjectId', '${terraform_data.Registry_Promotion-principalId.output}'],
  ]);
});

test.each<[Partial<PromotedRegistryProps>, string]>([
  [{ stage: 'a b' }, "stage must be letters, digits and hyphens, at most 32, got 'a b'"],
  [{ modelName: '' }, "modelName must be letters, digits and hyphens between them, at most 63, got ''"],
  [{ trainingWorkspaceId: 'work' }, "trainingWorkspaceId must be the ARM id of a workspace, …/providers/Microsoft.MachineLearningServices/workspaces/<name>, got 'work'"],
  [{ trainingWorkspaceId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/work` },
    `trainingWorkspaceId must be another workspace than that of the stage, got '/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/work'`],
  [{ trainingStoreAccountName: 'Train-Store' }, "trainingStoreAccountName must be the name of a storage account, 3 to 24 lower-case letters and digits, got 'Train-Store'"],
  [{ trainingArtifactContainer: 'A' }, "trainingArtifactContainer must be the name of a container, 3 to 63 lower-case letters, digits and hyphens, got 'A'"],
  [{ trainingContainerRegistryId: 'x' },
    "trainingContainerRegistryId must be the ARM id of a container registry, …/providers/Microsoft.ContainerRegistry/registries/<name>, known at synthesis, got 'x'"],
])('refuses %j', (props, sentence) => {
  expect(() => scene(props)).toThrow(new Error(`model registry 'Stack/Registry': ${sentence}`));
});
