import { TerraformOutput } from 'cdktf';
import { ArmRenderer } from '../../src/azure/azure-resource-group-props';
import { ManagedIdentity } from '../../src/azure/managed-identity';
import { ModelRegistry } from '../../src/azure/model-registry';
import { ModelSource } from '../../src/azure/model-source';
import { Principal } from '../../src/azure/principal';
import { ServingEndpoint } from '../../src/azure/serving-endpoint';
import { ServingEndpointProps } from '../../src/azure/serving-endpoint-props';
import { Accelerator, Challenger, ContainerImage, Rollout, ScalingTarget, Serving } from '../../src/core';
import { azureStack, synthesized } from '../support/azure';
import { PlainWorkspace } from '../support/azure-parts';
import { PlainRegistry, PrivateWorkspace, ServingWorld } from '../support/azure-serving';

const IMAGE = ContainerImage.fromUri('images.azurecr.io/churn:1');
const GROUP = '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/ml';
const WORKSPACE = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/work`;
const VERSION = `${WORKSPACE}/models/churn/versions/3`;
const make = (props: Partial<ServingEndpointProps>) => () => new ServingWorld(props);
/** All actions of a workflow by their names. */
const actionsOf = (definition: any): { readonly [name: string]: any } => {
  const found: { [name: string]: any } = {};
  const visit = (actions: any = {}) => Object.entries(actions).forEach(([name, each]: [string, any]) => {
    found[name] = each;
    visit(each.actions);
    visit(each.else?.actions);
  });
  visit(definition.actions);
  return found;
};
const action = (name: string, props: Partial<ServingEndpointProps> = {}) => actionsOf(new ServingWorld(props).definition())[name];
const deployment = (props: Partial<ServingEndpointProps> = {}) => action('Deploy_write', props).inputs.body;
const profile = (scaling: object) => action('Set_scale', { serving: Serving.realTime({ scaling }) }).inputs.body.properties.profiles[0];
const notes = ({ stack }: ServingWorld): string[] => stack.node.findAll().flatMap(({ node }) => node.metadata).filter(({ type }) => /info|warn/.test(type)).map(({ data }) => data);

describe('a real-time endpoint', () => {
  test('is there before any model is, and takes tokens alone', () => {
    const world = new ServingWorld();
    expect(world.resource('azapi_resource', 'Serving_Endpoint')).toMatchObject({
      type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints@2025-06-01',
      name: world.endpoint.endpointName,
      parent_id: WORKSPACE,
      location: 'westeurope',
      identity: [{ type: 'UserAssigned', identity_ids: [expect.stringContaining('azurerm_user_assigned_identity.Serving_Identity')] }],
      body: { kind: 'Managed', properties: { authMode: 'AADToken', publicNetworkAccess: 'Enabled' } },
    });
    expect(world.endpoint.endpointName).toMatch(/^[a-z][a-z0-9-]{2,31}$/);
  });

  test('is never written by Terraform again, because every write sets the traffic', () => {
    const { lifecycle, body, type: _ } = new ServingWorld().resource('azapi_resource', 'Serving_Endpoint');
    expect(lifecycle.ignore_changes).toEqual(['type', 'body', 'identity', 'tags']);
    expect(body.properties).not.toHaveProperty('traffic');
    const template = new ServingWorld({}, { group: { armRenderer: ArmRenderer.TEMPLATE } });
    expect(template.resource('azurerm_resource_group_template_deployment', 'Serving_Endpoint').lifecycle.ignore_changes).toEqual(['template_content', 'parameters_content', 'tags']);
    expect(notes(template).join()).toContain('before terraform destroy, delete its autoscale setting');
  });

  test('has its permissions, and they have arrived, before it is made', () => {
    const world = new ServingWorld();
    const { depends_on } = world.resource('azapi_resource', 'Serving_Endpoint');
    expect(depends_on).toEqual(expect.arrayContaining([
      expect.stringMatching(/role_assignment\.[\w-]+run-as/), expect.stringMatching(/role_assignment\.[\w-]+artifacts/), expect.stringMatching(/time_sleep\.Serving_Ready/),
    ]));
  });

  test('goes with the autoscale setting that its rollouts wrote', () => {
    const world = new ServingWorld();
    expect(world.resource('azapi_resource_action', 'Serving_ScalingRemoval')).toMatchObject({
      type: 'Microsoft.Insights/autoscaleSettings@2022-10-01',
      method: 'DELETE',
      when: 'destroy',
      ignore_not_found: true,
      resource_id: expect.stringMatching(/\/providers\/Microsoft\.Insights\/autoscaleSettings\/stack-serving-live-\w+$/),
    });
    // The workflow, which would write it again, goes first.
    expect(world.resource('azapi_resource', 'Serving_Rollout').depends_on).toContainEqual(expect.stringMatching(/azapi_resource_action\.Serving_ScalingRemoval/));
    expect(action('Set_scale').inputs.uri).toContain('/providers/Microsoft.Insights/autoscaleSettings/stack-serving-live-');
  });

  test('is rolled out to by one run at a time, from the queue of approvals', () => {
    const { triggers } = new ServingWorld().definition();
    expect(triggers.Message).toMatchObject({
      type: 'Http',
      inputs: { method: 'GET', uri: 'https://store.queue.core.windows.net/approvals/messages' },
      runtimeConfiguration: { concurrency: { runs: 1 } },
    });
  });

  test('starts a run when the stack says something else, and once a day', () => {
    const declared = (props: Partial<ServingEndpointProps>) => new ServingWorld(props).definition('Serving_Declared');
    expect(declared({}).triggers.Declared).toMatchObject({ type: 'Recurrence', recurrence: { frequency: 'Day', interval: 1 } });
    expect(JSON.stringify(actionsOf(declared({})).Tell.inputs)).toContain('https://store.queue.core.windows.net/approvals/messages');
    const said = (props: Partial<ServingEndpointProps>) => actionsOf(declared(props)).Declaration.inputs;
    expect(said({})).toEqual(said({}));
    for (const changed of [
      { instanceType: 'Standard_DS3_v2' }, { requestTimeoutSeconds: 60 }, { environment: { A: 'b' } }, { capture: {} }, { container: { port: 9000 } },
      { serving: Serving.realTime({ scaling: { minReplicas: 3 } }) },
    ] as Partial<ServingEndpointProps>[]) expect(said(changed)).not.toEqual(said({}));
    expect(new ServingWorld().resource('azapi_resource', 'Serving_Declared').depends_on).toContainEqual(expect.stringMatching(/azapi_resource\.Serving_Rollout/));
  });

  test('may do what a rollout does, by name', () => {
    const world = new ServingWorld();
    const roles = Object.values(world.config.resource.azurerm_role_definition as { [id: string]: any });
    const actions = roles.flatMap(({ permissions }) => permissions.flatMap((each: any) => each.actions ?? []));
    expect(actions.filter((each: string) => each.includes('*'))).toEqual([]);
    expect(actions).toEqual(expect.arrayContaining(['Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments/delete', 'Microsoft.Insights/autoscaleSettings/delete']));
  });

  test('can be called by whom it is granted, and by nobody else', () => {
    const world = new ServingWorld();
    world.endpoint.grantInvoke(Principal.group('00000000-0000-0000-0000-000000000001'));
    world.endpoint.grantInvoke(Principal.group('00000000-0000-0000-0000-000000000001'));
    const roles = Object.values(world.config.resource.azurerm_role_definition as { [id: string]: any }).filter(({ name }) => name.startsWith('Calls models'));
    expect(roles.map(({ permissions }) => permissions)).toEqual([[{
      actions: ['Microsoft.MachineLearningServices/workspaces/onlineEndpoints/read'],
      data_actions: ['Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action'],
    }]]);
    const given = Object.values(world.config.resource.azurerm_role_assignment as { [id: string]: any }).filter(({ principal_id }) => principal_id === '00000000-0000-0000-0000-000000000001');
    expect(given.map(({ scope }) => scope)).toEqual([expect.stringMatching(/azapi_resource\.Serving_Endpoint_\w+\.id/)]);
  });

  test('names its endpoint, workflow and queue', () => {
    const { endpoint, stack } = new ServingWorld({ endpointName: 'churn', capture: {}, serving: Serving.realTime({ compute: { accelerator: Accelerator.NVIDIA_T4 } }) });
    new TerraformOutput(stack, 'Out', { value: [endpoint.endpointId, endpoint.scoringUri, endpoint.workflowId] });
    expect(synthesized(stack).output.Out.value).toEqual([
      expect.stringMatching(/azapi_resource\.Serving_Endpoint_\w+\.id/), expect.stringMatching(/terraform_data\.Serving_Endpoint-scoringUri_\w+\.output/), expect.stringMatching(/azapi_resource\.Serving_Rollout_\w+\.id/),
    ]);
    const { mode, endpointName, captureFolder, hasAccelerator, isPrivate, workflowName, rolloutQueueUrl } = endpoint;
    expect([mode, endpointName, captureFolder, hasAccelerator, isPrivate, workflowName, rolloutQueueUrl]).toEqual([
      'real-time', 'churn', 'churn', true, false, expect.stringMatching(/^stack-serving-rollout-/), 'https://store.queue.core.windows.net/approvals',
    ]);
  });

  test('may run as an identity of yours', () => {
    const world = new ServingWorld();
    const identity = ManagedIdentity.fromAttributes(world.stack, 'Mine', {
      identityId: `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mine`,
      clientId: '00000000-0000-0000-0000-00000000000a',
      objectId: '00000000-0000-0000-0000-00000000000b',
    });
    const registry = Object.assign(new PlainRegistry(world.stack, 'OtherRegistry'), { approvalQueueId: world.registry.approvalQueueId.replace(/approvals$/, 'other') });
    const other = new ServingEndpoint(world.stack, 'Other', { data: world.data, workspace: world.workspace, model: ModelSource.latestApproved(registry), identity });
    expect(other.identity).toBe(identity);
    expect(world.resource('azapi_resource', 'Other_Endpoint').identity[0].identity_ids).toEqual([`${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mine`]);
  });
});

describe('a deployment', () => {
  test('gets the smallest machine that is asked for', () => {
    expect(deployment().properties.instanceType).toBe('Standard_D2as_v4');
    expect(deployment({ serving: Serving.realTime({ compute: { vcpus: 8, memoryGiB: 32 } }) }).properties.instanceType).toBe('Standard_D8as_v4');
    expect(deployment({ serving: Serving.realTime({ compute: { accelerator: Accelerator.NVIDIA_A100_80GB } }) }).properties.instanceType).toBe('Standard_NC24ads_A100_v4');
    expect(deployment({ instanceType: 'Standard_DS3_v2' }).properties.instanceType).toBe('Standard_DS3_v2');
  });

  test('is probed, and waits for its model as long as it is said', () => {
    expect(deployment({ startupMinutes: 60 }).properties).toMatchObject({
      livenessProbe: { initialDelay: 'PT30S', period: 'PT10S', timeout: 'PT5S', failureThreshold: 30, successThreshold: 1 },
      readinessProbe: { initialDelay: 'PT10S', period: 'PT10S', failureThreshold: 360 },
    });
  });

  test('says how requests are taken', () => {
    expect(deployment({ requestTimeoutSeconds: 90, maxConcurrentRequestsPerInstance: 16 }).properties.requestSettings).toEqual({ requestTimeout: 'PT90S', maxConcurrentRequestsPerInstance: 16 });
  });

  test('has the variables of the contract and of the user', () => {
    expect(deployment({ environment: { LOG: '@{x}' }, container: { port: 9000 } }).properties.environmentVariables).toEqual({
      MLOPS_VERB: 'serve', MLOPS_MODEL_NAME: 'churn', MLOPS_ENDPOINT_NAME: expect.any(String), MLOPS_PORT: '9000', LOG: '@{\'@\'}{x}',
    });
  });

  test('serves an image by its own routes', () => {
    const container = { port: 8000, scoringRoute: '/v1/chat/completions', livenessRoute: '/health', readinessRoute: '/ready' };
    expect(action('Environment', { container }).inputs.body.properties.inferenceConfig).toEqual({
      livenessRoute: { path: '/health', port: 8000 }, readinessRoute: { path: '/ready', port: 8000 }, scoringRoute: { path: '/v1/chat/completions', port: 8000 },
    });
  });

  test('records requests and answers in the lake, where it is asked to', () => {
    const { dataCollector } = deployment({ capture: { samplingPercent: 50 } }).properties;
    expect(Object.keys(dataCollector.collections)).toEqual(['request', 'response']);
    expect(dataCollector.collections.response.samplingRate).toBe(0.5);
    expect(action('Records_request', { capture: {} }).inputs.body.properties.dataUri).toMatch(/^azureml:\/\/datastores\/lake_captured\/paths\/stack-serving-/);
    const { config, endpoint } = new ServingWorld({ capture: {} });
    expect(JSON.stringify(config.resource.azurerm_role_assignment)).toContain(`'${endpoint.captureFolder}/*'`);
    expect(deployment().properties).not.toHaveProperty('dataCollector');
    expect(new ServingWorld({ capture: { samplingPercent: 0 } }).endpoint.captureFolder).toBeUndefined();
  });

  test('connects to where the workspace\'s managed network lets it, or nowhere in public', () => {
    const of = (workspace: PlainWorkspaceMaker) =>
      actionsOf(new ServingWorld({}, { workspace }).definition()).Deploy_write.inputs.body.properties.egressPublicNetworkAccess;
    expect(of((stack) => new PrivateWorkspace(stack, 'Work'))).toBeUndefined();
    expect(of((stack) => new PrivateWorkspace(stack, 'Work', false))).toBe('Disabled');
    expect(of((stack) => new PlainWorkspace(stack, 'Work', false))).toBeUndefined();
  });
});

type PlainWorkspaceMaker = NonNullable<NonNullable<ConstructorParameters<typeof ServingWorld>[1]>['workspace']>;

describe('scaling', () => {
  test('has the bounds and the cooldowns that are said', () => {
    const target = ScalingTarget.cpuUtilization(60);
    expect(profile({ minReplicas: 3, maxReplicas: 9, scaleInCooldownSeconds: 600, scaleOutCooldownSeconds: 120, target })).toMatchObject({
      capacity: { minimum: '3', maximum: '9', default: '3' },
      rules: [
        { metricTrigger: { metricName: 'CpuUtilizationPercentage', operator: 'GreaterThan', threshold: 60 }, scaleAction: { direction: 'Increase', type: 'ChangeCount', value: '1', cooldown: 'PT120S' } },
        { metricTrigger: { metricName: 'CpuUtilizationPercentage', operator: 'LessThan', threshold: 30 }, scaleAction: { direction: 'Decrease', cooldown: 'PT600S' } },
      ],
    });
  });

  test('counts requests of each replica unless it is said otherwise', () => {
    const [{ metricTrigger }] = profile({}).rules;
    expect(metricTrigger).toMatchObject({
      metricName: 'RequestsPerMinute',
      threshold: 600,
      dividePerInstance: true,
      metricResourceUri: expect.stringMatching(/\/onlineEndpoints\/stack-serving-[\w-]+$/),
      dimensions: [{ DimensionName: 'deployment', Operator: 'Equals', Values: ['@variables(\'live\')'] }],
    });
  });

  test('looks at GPUs where it is asked to', () => {
    const serving = Serving.realTime({ compute: { accelerator: Accelerator.NVIDIA_T4 }, scaling: { target: ScalingTarget.gpuUtilization(70) } });
    expect(action('Set_scale', { serving }).inputs.body.properties.profiles[0].rules[0].metricTrigger.metricName).toBe('GpuUtilizationPercentage');
  });

  test('of a fixed number of replicas has no rules', () => {
    expect(profile({ minReplicas: 2, maxReplicas: 2 }).rules).toEqual([]);
  });

  test('says what quota it takes', () => {
    expect(notes(new ServingWorld())).toEqual([
      'serving endpoint \'Stack/Serving\': 4 replicas of Standard_D2as_v4 take 10 vCPUs of the quota standardDASv4Family in westeurope, and twice as much during a rollout',
    ]);
  });
});

test.each([
  ['all at once', {}, [{ share: 100, mirror: 0, minutes: 5 }]],
  ['a canary', { rollout: Rollout.canary({ percent: 5, bakeMinutes: 30 }) }, [{ share: 5, mirror: 0, minutes: 30 }, { share: 100, mirror: 0, minutes: 30 }]],
  ['steps after copies', { rollout: Rollout.linear({ stepPercent: 50, stepMinutes: 2 }), mirrorPercent: 20 }, [{ share: 0, mirror: 20, minutes: 2 }, { share: 50, mirror: 0, minutes: 2 }, { share: 100, mirror: 0, minutes: 2 }]],
])('brings %s as steps of the traffic', (_, props, steps) => {
  expect(action('Takeover_steps', props).inputs).toEqual(steps);
});

describe('a source', () => {
  test('that is a version has a queue of its own', () => {
    const world = new ServingWorld({ model: ModelSource.version(VERSION) });
    expect(world.resource('azurerm_storage_queue', 'Serving_Inbox').storage_account_id).toContain('storageAccounts/store');
    expect(world.endpoint.rolloutQueueUrl).toMatch(/^https:\/\/store\.queue\.core\.windows\.net\/stack-serving-inbox-/);
    expect(actionsOf(world.definition()).Its_version.inputs.value).toBe('3');
  });

  test.each([
    ['a folder of the lake', 'models/one/', 'azureml://datastores/lake_artifacts/paths/models/one/'],
    ['a folder of a datastore', 'azureml://datastores/mine/paths/a/b', 'azureml://datastores/mine/paths/a/b'],
    ['a version of a shared registry', 'azureml://registries/all/models/churn/versions/3', 'azureml://registries/all/models/churn/versions/3'],
  ])('may be files in %s', (_, modelUri, uri) => {
    expect(action('Declare', { model: ModelSource.artifact({ modelUri, image: IMAGE }) }).inputs.body.properties.modelUri).toBe(uri);
  });

  test('of files has another version with other files', () => {
    const version = (modelUri: string) => action('Its_version', { model: ModelSource.artifact({ modelUri, image: IMAGE }) }).inputs.value;
    expect(version('a/')).toMatch(/^[0-9a-f]{8}$/);
    expect(version('a/')).toBe(version('a/'));
    expect(version('b/')).not.toBe(version('a/'));
  });
});

describe('refuses', () => {
  const who = 'serving endpoint \'Stack/Serving\': ';
  test.each<[string, () => unknown, string]>([
    ['copies of more than half', make({ mirrorPercent: 51 }), 'mirrorPercent must be a whole number between 1 and 50, got 51'],
    ['a shadow of more than half', make({ challenger: Challenger.shadow() }), 'challenger.percent must be at most 50 of a shadow on Azure, which copies half of the requests at most: Challenger.shadow(50), got 100'],
    ['a name that is too long', make({ endpointName: 'a'.repeat(33) }), `endpointName must be 3 to 32 letters, digits and hyphens, starting with a letter and not ending with a hyphen, got '${'a'.repeat(33)}'`],
    ['a version whose name is too long', make({ model: ModelSource.version(`${WORKSPACE}/models/churn/versions/${'1'.repeat(23)}`) }), `model.version must be a version of at most 22 characters, because deployments are named after it, got '${'1'.repeat(23)}'`],
    ['a retired size', make({ instanceType: 'Standard_NC6' }), expect.stringContaining('this one is retired') as any],
    ['a GPU that nobody asked for', make({ instanceType: 'Standard_NC24ads_A100_v4' }), expect.stringContaining('say compute.accelerator as well') as any],
    ['public access to a private workspace', () => new ServingWorld({ publicNetworkAccess: true }, { workspace: (stack) => new PrivateWorkspace(stack, 'Work') }),
      'publicNetworkAccess is not possible in a workspace with private endpoints alone: leave it out, or give the workspace a public address'],
    ['private access without a way in', make({ publicNetworkAccess: false }), 'publicNetworkAccess: false needs a workspace with private endpoints, which are the way in then: set privateEndpoints of the workspace'],
    ['machines by count', make({ serving: Serving.realTime({ compute: { instanceCount: 2 } }) }), 'compute.instanceCount is not possible on an endpoint: say how many with scaling.minReplicas'],
    ['a disk', make({ serving: Serving.realTime({ compute: { volumeGiB: 100 } }) }), 'compute.volumeGiB is not possible on an endpoint: the disks of a machine belong to its size, leave it out'],
    ['a GPU target without a GPU', make({ serving: Serving.realTime({ scaling: { target: ScalingTarget.gpuUtilization(50) } }) }), 'ScalingTarget.gpuUtilization has no GPU to look at on Standard_D2as_v4: set compute.accelerator, or use another target'],
    ['a target between two numbers', make({ serving: Serving.realTime({ scaling: { target: ScalingTarget.cpuUtilization(0.5) } }) }), 'scaling.target must be a whole number on Azure, got 0.5'],
    ['no replicas', make({ serving: Serving.realTime({ scaling: { minReplicas: 0 } }) }), 'scaling.minReplicas must be a whole number between 1 and 50, got 0'],
    ['fewer at most than at least', make({ serving: Serving.realTime({ scaling: { minReplicas: 3, maxReplicas: 2 } }) }), 'scaling.maxReplicas must be a whole number between 3 and 50, got 2'],
    ['more replicas than a deployment takes', make({ serving: Serving.realTime({ scaling: { minReplicas: 30 } }) }), 'scaling.maxReplicas is twice scaling.minReplicas, 60, and a deployment takes 50: set it'],
    ['a short cooldown', make({ serving: Serving.realTime({ scaling: { scaleOutCooldownSeconds: 5 } }) }), 'scaling.scaleOutCooldownSeconds must be a whole number between 60 and 604800, got 5'],
    ['a long timeout', make({ requestTimeoutSeconds: 181 }), 'requestTimeoutSeconds must be a whole number between 1 and 180, got 181'],
    ['no concurrency', make({ maxConcurrentRequestsPerInstance: 0 }), 'maxConcurrentRequestsPerInstance must be a whole number between 1 and 1000, got 0'],
    ['a long start', make({ startupMinutes: 121 }), 'startupMinutes must be a whole number between 1 and 120, got 121'],
    ['a route without a slash', make({ container: { scoringRoute: 'score' } }), 'container.scoringRoute must be a path that starts with a slash, got \'score\''],
    ['a port that is none', make({ container: { port: 70000 } }), 'container.port must be a whole number between 1 and 65535, got 70000'],
    ['a variable of the library', make({ environment: { MLOPS_VERB: 'train' } }), 'environment must be names that neither the library nor Azure Machine Learning gives itself, got \'MLOPS_VERB\''],
    ['a variable that is none', make({ environment: { 'a b': 'c' } }), 'environment must be names of variables: letters, digits and underscores, got \'a b\''],
    ['a share of failures that is none', make({ maxErrorPercent: 101 }), 'maxErrorPercent must be between 0 and 100, got 101'],
    ['a challenger of one version', make({ challenger: Challenger.abTest(), model: ModelSource.version(VERSION) }), 'challenger needs versions to compare, ModelSource.version is one: use ModelSource.latestApproved'],
    ['an image beside an artifact', make({ image: IMAGE, model: ModelSource.artifact({ modelUri: 'a/', image: IMAGE }) }), 'image: an artifact names its own image: leave image out'],
    ['an image that is built', make({ image: ContainerImage.fromDirectory('test') }), 'image of the directory \'test\' cannot be built by Terraform: let CI push it to the registry of the stack and give ContainerImage.fromUri'],
    ['files that are nowhere', make({ model: ModelSource.artifact({ modelUri: 'https://example.com/model', image: IMAGE }) }), 'model.modelUri must be a folder of the lake\'s container of artifacts like models/churn/, or an address azureml://…, got \'https://example.com/model\''],
    ['an address that is none', make({ model: ModelSource.artifact({ modelUri: 'azureml://here', image: IMAGE }) }), 'model.modelUri must be azureml://datastores/<name>/paths/<folder> or azureml://registries/<name>/models/<model>/versions/<version>, got \'azureml://here\''],
    ['a version that is none', make({ model: ModelSource.version('churn:3') }), expect.stringContaining('model.version must be /subscriptions/<id>') as any],
    ['a version of another workspace', make({ model: ModelSource.version(VERSION.replace('/work/', '/else/')) }), expect.stringContaining('a version of the endpoint\'s own workspace') as any],
  ])('%s', (_, call, message) => {
    try {
      call();
    } catch (error) {
      expect((error as Error).message).toEqual(typeof message === 'string' ? `${who}${message}` : message);
      return;
    }
    throw new Error('it was taken');
  });

  test('two endpoints that follow one registry, because its queue has one reader', () => {
    const { stack, data, workspace, registry } = new ServingWorld();
    expect(() => new ServingEndpoint(stack, 'Second', { data, workspace, model: ModelSource.latestApproved(registry) })).toThrow(new Error(
      'serving endpoint \'Stack/Second\': the approvals of churn go to serving endpoint \'Stack/Serving\' already, and one queue has one reader: give the second endpoint a ModelSource.version, or a registry of its own',
    ));
  });

  test('two endpoints that follow one queue of approvals, also where it was brought in twice', () => {
    const { stack, data, workspace, registry } = new ServingWorld();
    const again = ModelRegistry.fromAttributes(stack, 'Again', {
      modelName: 'churn',
      workspaceId: workspace.workspaceId,
      approvalQueueId: registry.approvalQueueId,
      artifactContainerId: `${data.storeAccountId}/blobServices/default/containers/artifacts`,
      containerRegistryId: workspace.containerRegistryId,
    });
    expect(() => new ServingEndpoint(stack, 'Second', { data, workspace, model: ModelSource.latestApproved(again) })).toThrow(
      "the approvals of churn go to serving endpoint 'Stack/Serving' already, and one queue has one reader",
    );
  });

  test('two endpoints of one name in a workspace', () => {
    const { stack, data, workspace } = new ServingWorld({ endpointName: 'churn' });
    expect(() => new ServingEndpoint(stack, 'Second', { data, workspace, endpointName: 'churn', model: ModelSource.version(VERSION) })).toThrow(new Error(
      "serving endpoint 'Stack/Second': endpointName churn is that of another endpoint of the workspace: 'Stack/Serving' of the same stack says otherwise",
    ));
  });

  test('a registry of another workspace', () => {
    const { stack, data, workspace } = new ServingWorld();
    const registry = Object.assign(new PlainRegistry(stack, 'Far'), { workspaceId: WORKSPACE.replace(/work$/, 'far') });
    expect(() => new ServingEndpoint(stack, 'Second', { data, workspace, model: ModelSource.latestApproved(registry) })).toThrow('a registry of the endpoint\'s own workspace');
  });
});

describe('an endpoint that exists', () => {
  const ENDPOINT = `${WORKSPACE}/onlineEndpoints/churn`;
  const WORKFLOW = `${GROUP}/providers/Microsoft.Logic/workflows/rollout`;

  test('is called and watched as one of the stack\'s', () => {
    const stack = azureStack();
    const endpoint = ServingEndpoint.fromAttributes(stack, 'There', { endpointId: ENDPOINT, workflowId: WORKFLOW, captureFolder: 'churn' });
    endpoint.grantInvoke(Principal.user('00000000-0000-0000-0000-000000000002'));
    const [given] = Object.values(synthesized(stack).resource.azurerm_role_assignment as { [id: string]: any });
    expect(given.scope).toBe(ENDPOINT);
    expect([endpoint.mode, endpoint.endpointName, endpoint.workflowName, endpoint.captureFolder, endpoint.hasAccelerator, endpoint.isPrivate]).toEqual(['real-time', 'churn', 'rollout', 'churn', false, false]);
  });

  test.each([
    ['mode', { mode: 'batch' }, 'mode must be real-time or serverless, got \'batch\''],
    ['endpointId', { endpointId: 'churn' }, 'endpointId must be the ARM id of an online endpoint, …/workspaces/<name>/onlineEndpoints/<name>, got \'churn\''],
    ['workflowId', { workflowId: 'rollout' }, 'workflowId must be the ARM id of a workflow of Logic Apps, got \'rollout\''],
  ])('refuses a wrong %s', (_, wrong, message) => {
    expect(() => ServingEndpoint.fromAttributes(azureStack(), 'There', { endpointId: ENDPOINT, workflowId: WORKFLOW, ...wrong }))
      .toThrow(new Error(`serving endpoint 'Stack/There': ${message}`));
  });
});
