import { IModelRegistry, ManagedIdentity, ModelRegistry, ModelRegistryAttributes, ModelRegistryProps, Principal, RemovalPolicy } from '../../src/azure';
import { IPrincipal } from '../../src/azure/principal';
import { ROLES } from '../../src/azure/private/base/roles';
import { Approval } from '../../src/core/model-registry';
import { azureStack, onlyResource, resourcesOf, SUBSCRIPTION, synthesized, TerraformConfig } from '../support/azure';
import { PlainLake, PlainWorkspace } from '../support/azure-parts';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml`;
const REGISTRY = `${GROUP}/providers/Microsoft.ContainerRegistry/registries/images`;
const WORKSPACE = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/work`;
const PERSON = '12345678-1111-2222-3333-444444444444';

const scene = (props: Partial<ModelRegistryProps> = {}, context: { readonly [flag: string]: boolean } = {}) => {
  const stack = azureStack({}, context);
  const [data, workspace] = [new PlainLake(stack, 'Data'), new PlainWorkspace(stack, 'Workspace')];
  const registry = new ModelRegistry(stack, 'Registry', { data, workspace, ...props });
  return { stack, data, workspace, registry, config: () => synthesized(stack) };
};

const attributes: ModelRegistryAttributes = {
  modelName: 'churn',
  workspaceId: WORKSPACE,
  approvalQueueId: `${GROUP}/providers/Microsoft.Storage/storageAccounts/store/queueServices/default/queues/approvals`,
  artifactContainerId: `${GROUP}/providers/Microsoft.Storage/storageAccounts/store/blobServices/default/containers/artifacts`,
  containerRegistryId: REGISTRY,
};
const imported = (more: Partial<ModelRegistryAttributes> = {}) => {
  const stack = azureStack();
  return { stack, registry: ModelRegistry.fromAttributes(stack, 'Registry', { ...attributes, ...more }) };
};

/**
 * Roles that one principal has: the name of a built-in role, or the title of the stack's own, where, and under which
 * condition.
 */
function rolesOf(config: TerraformConfig, principalId: string): string[][] {
  const titles = new Map(Object.entries<any>(config.resource.azurerm_role_definition ?? {}).map(([id, each]) => [`\${azurerm_role_definition.${id}.role_definition_resource_id}`, each.name.replace(/ \(.*/, '')]));
  const builtIn = new Map(Object.entries(ROLES).map(([name, id]) => [id, name]));
  return resourcesOf(config, 'azurerm_role_assignment').filter((each) => each.principal_id.includes(principalId)).map((each) => [
    titles.get(each.role_definition_id) ?? builtIn.get(each.role_definition_id.split('/').pop() as never) ?? each.role_definition_id,
    each.scope.split('/').slice(-2).join('/'),
    ...(each.condition === undefined ? [] : [each.condition]),
  ]).sort(([one], [other]) => (one < other ? -1 : 1));
}

describe('the model', () => {
  test('takes its name, or one of its place', () => {
    expect(scene({ modelName: 'Customer-Churn' }).registry).toMatchObject({
      modelName: 'Customer-Churn', modelContainerId: `${WORKSPACE}/models/Customer-Churn`,
    });
    expect(scene().registry.modelName).toMatch(/^stack-registry-[0-9a-f]{8}$/);
  });

  test.each(['', '-churn', 'churn_model', 'x'.repeat(64)])('refuses the name %p', (modelName) => {
    expect(() => scene({ modelName })).toThrow(new Error(
      `model registry 'Stack/Registry': modelName must be letters, digits and hyphens between them, at most 63, got '${modelName}'`));
  });

  test('is not approved by registering it unless that is asked for', () => {
    expect(scene().registry.isApprovalAutomatic).toBe(false);
    expect(scene({ approval: Approval.manual() }).registry.isApprovalAutomatic).toBe(false);
    expect(scene({ approval: Approval.automatic() }).registry.isApprovalAutomatic).toBe(true);
  });

  test('of two registries is a warning', () => {
    const { stack, data, workspace, registry } = scene({ modelName: 'churn' });
    const second = new ModelRegistry(stack, 'Second', { data, workspace, modelName: 'Churn' });
    expect(registry.node.metadata).toEqual([]);
    expect(second.node.metadata.map(({ data: said }) => said)).toEqual([
      "model registry 'Stack/Second': modelName Churn is that of 'Stack/Registry' in the same workspace, so that both have the versions of one model: choose another name, or give that registry to what uses this one",
    ]);
  });

  test('has its numbers in the lake, and its approvals in a queue of it', () => {
    const { registry, config } = scene({ modelName: 'churn' });
    expect(registry.versionNumbersUrl).toBe('https://store.blob.core.windows.net/artifacts/registry/churn');
    const queue = onlyResource(config(), 'azurerm_storage_queue');
    expect(registry.approvalQueueUrl).toBe(`https://store.queue.core.windows.net/${queue.name}`);
    expect(registry.approvalQueueId).toMatch(new RegExp(`/storageAccounts/store/queueServices/default/queues/${queue.name}$`));
    const { promotionQueueId, promotionQueueUrl, promotionWorkflowId, promotionStage } = registry;
    expect([promotionQueueId, promotionQueueUrl, promotionWorkflowId, promotionStage]).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('images', () => {
  test('lie in the container registry of the workspace', () => {
    expect(scene({ modelName: 'Churn' }).registry.imageRepositoryUri).toBe('images.azurecr.io/churn');
  });

  test('or in one of yours', () => {
    const { registry, config } = scene({ modelName: 'churn', containerRegistryId: `${GROUP}/providers/Microsoft.ContainerRegistry/registries/Central1` });
    registry.grantPushImages(Principal.group(PERSON));
    expect(registry.imageRepositoryUri).toBe('central1.azurecr.io/churn');
    expect(rolesOf(config(), PERSON)).toEqual([['acrPush', 'registries/Central1']]);
  });

  test('an id that is none is refused', () => {
    expect(() => scene({ containerRegistryId: 'central.azurecr.io' })).toThrow(new Error(
      "model registry 'Stack/Registry': containerRegistryId must be the ARM id of a container registry, …/providers/Microsoft.ContainerRegistry/registries/<name>, known at synthesis, got 'central.azurecr.io'"));
  });
});

describe('a shared registry', () => {
  const shared = (props: Partial<ModelRegistryProps>, context = {}) =>
    resourcesOf(scene(props, context).config(), 'azapi_resource').find((each) => each.type.startsWith('Microsoft.MachineLearningServices/registries@'))!;

  test('is an Azure ML registry in the regions that are named and that of the stack, and is kept', () => {
    const made = shared({ sharedRegistry: { registryName: 'company', locations: ['northeurope', 'westeurope'] } });
    expect(made).toMatchObject({
      name: 'company',
      location: 'westeurope',
      identity: [{ type: 'SystemAssigned' }],
      lifecycle: { prevent_destroy: true },
      body: {
        properties: {
          publicNetworkAccess: 'Enabled',
          regionDetails: [
            { location: 'westeurope', acrDetails: [{ systemCreatedAcrAccount: { acrAccountSku: 'Premium' } }], storageAccountDetails: [{ systemCreatedStorageAccount: { allowBlobPublicAccess: false } }] },
            { location: 'northeurope' },
          ],
        },
      },
    });
    const accounts = made.body.properties.regionDetails.map((each: any) => each.storageAccountDetails[0].systemCreatedStorageAccount);
    const names = accounts.map(({ storageAccountName }: any) => storageAccountName);
    expect(new Set(names).size).toBe(2);
    for (const each of names) expect(each).toMatch(/^[a-z0-9]{3,24}$/);
  });

  test('has a name of its place, and can be closed', () => {
    expect(shared({ sharedRegistry: { publicNetworkAccess: false } })).toMatchObject({
      name: expect.stringMatching(/^[a-z0-9-]{3,32}$/), body: { properties: { publicNetworkAccess: 'Disabled' } },
    });
  });

  test('is deleted only with both keys', () => {
    expect(() => scene({ sharedRegistry: {}, removalPolicy: RemovalPolicy.DESTROY })).toThrow(new Error(
      "model registry 'Stack/Registry': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN"));
    expect(shared({ sharedRegistry: {}, removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': true })).not.toMatchObject({ lifecycle: { prevent_destroy: true } });
  });

  test.each<[ModelRegistryProps['sharedRegistry'], string]>([
    [{ registryName: 'x' }, "sharedRegistry.registryName must be 3 to 32 letters, digits, hyphens and underscores that start with a letter or digit, got 'x'"],
    [{ locations: ['West Europe'] }, "sharedRegistry.locations must be regions like westeurope, in lower case and without spaces, got 'West Europe'"],
    [{ locations: ['westus', 'westus'] }, "sharedRegistry.locations must be without repeats, got 'westus'"],
  ])('refuses %j', (sharedRegistry, sentence) => {
    expect(() => scene({ sharedRegistry })).toThrow(new Error(`model registry 'Stack/Registry': ${sentence}`));
  });
});

describe('grants', () => {
  /** What a principal gets of a registry. */
  function given(grant: (registry: IModelRegistry, principal: IPrincipal) => void, props: Partial<ModelRegistryProps> = {}): string[][] {
    const { stack, registry, config } = scene({ modelName: 'churn', ...props });
    const identity = new ManagedIdentity(stack, 'Somebody');
    grant(registry, identity);
    grant(registry, identity);
    return rolesOf(config(), 'azurerm_user_assigned_identity').map(([role, where, ...more]) => [role, where.replace(/-[0-9a-f]{8}$/, ''), ...more]);
  }

  const REGISTRAR = ['MLOps model registrar', 'workspaces/work'];
  const NUMBERS = ['storageBlobDataContributor', 'containers/artifacts', "path StringLike 'registry/churn/*'"];
  const SENDER = ['storageQueueDataMessageSender', 'queues/stack-registry-approvals'];

  test.each<[string, (registry: IModelRegistry, principal: IPrincipal) => void, string[][]]>([
    ['reading', (registry, to) => registry.grantRead(to), [['MLOps model reader', 'workspaces/work']]],
    ['registering', (registry, to) => registry.grantRegister(to), [REGISTRAR, NUMBERS]],
    ['approving', (registry, to) => registry.grantApprove(to), [['MLOps model reader', 'workspaces/work'], SENDER]],
    ['pulling images', (registry, to) => registry.grantPullImages(to), [['acrPull', 'registries/images']]],
    ['pushing images', (registry, to) => registry.grantPushImages(to), [['acrPush', 'registries/images']]],
  ])('%s is given once, at the smallest resource there is', (_, grant, roles) => {
    expect(given(grant)).toEqual([...roles].sort(([one], [other]) => (one < other ? -1 : 1)));
  });

  test('registering approves where approval is automatic, and shares where versions are shared', () => {
    expect(given((registry, to) => registry.grantRegister(to), { approval: Approval.automatic() })).toEqual([REGISTRAR, NUMBERS, SENDER]);
    expect(given((registry, to) => registry.grantRegister(to), { sharedRegistry: { registryName: 'company' } }))
      .toEqual([REGISTRAR, ['azureMlRegistryUser', expect.stringMatching(/^\$\{azapi_resource\.Registry_SharedRegistry_[0-9A-F]{8}\.id\}$/)], NUMBERS]);
  });

  test('the roles allow models alone: no jobs, no endpoints, no deletion', () => {
    const { stack, registry, config } = scene();
    registry.grantRegister(new ManagedIdentity(stack, 'Somebody'));
    registry.grantRead(new ManagedIdentity(stack, 'Other'));
    const models = 'Microsoft.MachineLearningServices/workspaces/models';
    expect(resourcesOf(config(), 'azurerm_role_definition').map(({ permissions }) => permissions)).toEqual([
      [{ actions: [`${models}/read`, `${models}/versions/read`] }],
      [{ actions: [`${models}/read`, `${models}/write`, `${models}/versions/read`, `${models}/versions/write`] }],
    ]);
  });
});

describe('promotion', () => {
  const promotion = { stages: [{ name: 'staging', promoterObjectId: PERSON }] };

  test('lets the identity of the stage read versions, their files and images', () => {
    expect(rolesOf(scene({ promotion }).config(), PERSON)).toEqual([
      ['MLOps model reader', 'workspaces/work'], ['acrPull', 'registries/images'], ['storageBlobDataReader', 'containers/artifacts', "path StringLike 'training/*'"],
    ]);
  });

  test('of a stage whose lake is private lets the workflow itself read versions and images, and the promoter files', () => {
    const workflowObjectId = '87654321-1111-2222-3333-444444444444';
    const config = scene({ promotion: { stages: [{ ...promotion.stages[0], workflowObjectId }] } }).config();
    expect(rolesOf(config, PERSON)).toEqual([['storageBlobDataReader', 'containers/artifacts', "path StringLike 'training/*'"]]);
    expect(rolesOf(config, workflowObjectId)).toEqual([['MLOps model reader', 'workspaces/work'], ['acrPull', 'registries/images']]);
  });

  test.each<[ModelRegistryProps['promotion'], string]>([
    [{ stages: [] }, 'promotion.stages must be at least one stage, got 0'],
    [{ stages: [{ name: 'a b', promoterObjectId: PERSON }] }, "promotion.stages.name must be letters, digits and hyphens, at most 32, got 'a b'"],
    [{ stages: [{ name: 'a', promoterObjectId: 'x' }] }, "promotion.stages.promoterObjectId must be an object id, 00000000-0000-0000-0000-000000000000, got 'x'"],
    [{ stages: [promotion.stages[0], { ...promotion.stages[0], name: 'prod' }] }, `promotion.stages.promoterObjectId must be another for each stage, got '${PERSON}'`],
    [{ stages: [promotion.stages[0], promotion.stages[0]] }, "promotion.stages.name must be another for each stage, got 'staging'"],
  ])('refuses %j', (props, sentence) => {
    expect(() => scene({ promotion: props })).toThrow(new Error(`model registry 'Stack/Registry': ${sentence}`));
  });
});

describe('a registry that exists', () => {
  test('is what its attributes say', () => {
    expect({ ...imported().registry, node: undefined }).toMatchObject({
      modelName: 'churn',
      workspaceId: WORKSPACE,
      modelContainerId: `${WORKSPACE}/models/churn`,
      isApprovalAutomatic: false,
      approvalQueueId: attributes.approvalQueueId,
      approvalQueueUrl: 'https://store.queue.core.windows.net/approvals',
      versionNumbersUrl: 'https://store.blob.core.windows.net/artifacts/registry/churn',
      imageRepositoryUri: 'images.azurecr.io/churn',
    });
    expect(imported({ approval: Approval.automatic() }).registry.isApprovalAutomatic).toBe(true);
  });

  test('gives the same permissions', () => {
    const { stack, registry } = imported();
    const to = Principal.user(PERSON);
    registry.grantRegister(to);
    registry.grantApprove(to);
    registry.grantPullImages(to);
    registry.grantPushImages(to);
    expect(rolesOf(synthesized(stack), PERSON)).toEqual([
      ['MLOps model reader', 'workspaces/work'],
      ['MLOps model registrar', 'workspaces/work'],
      ['acrPull', 'registries/images'],
      ['acrPush', 'registries/images'],
      ['storageBlobDataContributor', 'containers/artifacts', expect.stringMatching(/blobs\/write'.* StringStartsWith 'registry\/churn\/'/)],
      ['storageQueueDataMessageSender', 'queues/approvals'],
    ]);
  });

  test.each<[Partial<ModelRegistryAttributes>, string]>([
    [{ modelName: 'churn_model' }, "modelName must be letters, digits and hyphens between them, at most 63, got 'churn_model'"],
    [{ workspaceId: 'work' }, "workspaceId must be the ARM id of a workspace, …/providers/Microsoft.MachineLearningServices/workspaces/<name>, got 'work'"],
    [{ approvalQueueId: 'approvals' }, "approvalQueueId must be …/storageAccounts/<account>/queueServices/default/queues/<name>, known at synthesis, got 'approvals'"],
    [{ artifactContainerId: 'artifacts' }, "artifactContainerId must be …/storageAccounts/<account>/blobServices/default/containers/<name>, known at synthesis, got 'artifacts'"],
    [{ containerRegistryId: 'x' },
      "containerRegistryId must be the ARM id of a container registry, …/providers/Microsoft.ContainerRegistry/registries/<name>, known at synthesis, got 'x'"],
  ])('refuses %j', (more, sentence) => {
    expect(() => imported(more)).toThrow(new Error(`model registry 'Stack/Registry': ${sentence}`));
  });
});
