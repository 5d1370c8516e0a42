import {
  AzureMlServing, ComputeTarget, ContainerAppServing, ModelSource, Principal, ServingEndpoint, ServingEndpointProps,
} from '../../src/azure';
import { Accelerator, Challenger, ContainerImage, Rollout, Schedule, Serving } from '../../src/core';
import { onlyResource, resourcesOf, SUBSCRIPTION } from '../support/azure';
import { foldersIn } from '../support/azure-parts';
import { ServingWorld } from '../support/azure-serving';

const world = (serving: Serving, props: Partial<ServingEndpointProps> = {}) => new ServingWorld({ serving, ...props });
const WHO = "serving endpoint 'Stack/Serving': ";
const CLIENT = '22222222-2222-2222-2222-222222222222';
const image = ContainerImage.fromUri('images.azurecr.io/churn@sha256:abc');

describe('a serverless endpoint', () => {
  const serverless = (props: Partial<ServingEndpointProps> = {}, serving = Serving.serverless()) => world(serving, props);

  test('is a container app in the network, with a placeholder until a version is approved', () => {
    const here = serverless();
    expect(here.resource('azurerm_container_app', 'Serving_App')).toMatchObject({
      name: expect.stringMatching(/^stack-serving-[0-9a-f]{8}$/),
      revision_mode: 'Multiple',
      workload_profile_name: 'Consumption',
      identity: { type: 'UserAssigned', identity_ids: [expect.stringContaining('Serving_Identity')] },
      registry: [{ server: 'images.azurecr.io', identity: expect.stringContaining('Serving_Identity') }],
      ingress: {
        external_enabled: true,
        allow_insecure_connections: false,
        target_port: 8080,
        traffic_weight: [{ latest_revision: true, percentage: 100 }],
      },
      template: { min_replicas: 0, container: [{ image: expect.stringMatching(/^mcr\.microsoft\.com\//), env: [{ name: 'ASPNETCORE_HTTP_PORTS', value: '8080' }] }] },
      // What rollouts own.
      lifecycle: { ignore_changes: ['template', 'ingress[0].traffic_weight', 'tags'] },
    });
    expect(onlyResource(here.config, 'azurerm_container_app_environment')).toMatchObject({
      internal_load_balancer_enabled: true,
      infrastructure_subnet_id: expect.stringContaining('azurerm_subnet'),
      zone_redundancy_enabled: true,
      logs_destination: 'azure-monitor',
      workload_profile: [{ name: 'Consumption', workload_profile_type: 'Consumption' }],
    });
    expect(onlyResource(here.config, 'azurerm_monitor_diagnostic_setting').log_analytics_workspace_id).toMatch(/\/workspaces\/logs$/);
    expect([here.endpoint.isPrivate, here.endpoint.hasAccelerator, here.endpoint.captureFolder]).toEqual([true, false, undefined]);
    expect(here.endpoint.scoringUri).toMatch(/^https:\/\/.*\/invocations$/);
  });

  test('shares its environment with others of the stack, which are all public or all internal', () => {
    const here = serverless({}, ContainerAppServing.app({ accelerator: Accelerator.NVIDIA_T4 }));
    const more = (props: Partial<ServingEndpointProps>) => new ServingEndpoint(here.stack, 'Other', {
      data: here.data, workspace: here.workspace, model: ModelSource.artifact({ modelUri: 'models/other', image }), serving: Serving.serverless(), ...props,
    });
    more({});
    expect(onlyResource(here.config, 'azurerm_container_app_environment').workload_profile).toEqual([
      { name: 'Consumption', workload_profile_type: 'Consumption' }, { name: 'gpu-t4', workload_profile_type: 'Consumption-GPU-NC8as-T4' },
    ]);
    expect(() => new ServingEndpoint(here.stack, 'Third', {
      data: here.data,
      workspace: here.workspace,
      model: ModelSource.artifact({ modelUri: 'models/other', image }),
      serving: ContainerAppServing.app({ entraClientId: CLIENT }),
      publicNetworkAccess: true,
    })).toThrow("serving endpoint 'Stack/Third': publicNetworkAccess differs from that of another serverless endpoint of the stack, and their network takes one environment of Container Apps: "
      + 'say the same, or put them into two stacks');
  });

  test('asks for a token where an app registration is named, of principals that were granted', () => {
    const here = serverless({ publicNetworkAccess: true }, ContainerAppServing.app({ entraClientId: CLIENT }));
    const ana = Principal.user('12345678-1234-1234-1234-123456789012');
    expect(here.endpoint.grantInvoke(ana).addresses).toHaveLength(1);
    expect(here.resource('azapi_resource', 'Serving_Access').body.properties).toMatchObject({
      globalValidation: { unauthenticatedClientAction: 'Return401' },
      identityProviders: {
        azureActiveDirectory: {
          registration: { clientId: CLIENT, openIdIssuer: expect.stringMatching(/^https:\/\/login\.microsoftonline\.com\/[\w-]+\/v2\.0$/) },
          validation: {
            allowedAudiences: [CLIENT, `api://${CLIENT}`],
            // Nobody, and whoever was granted.
            defaultAuthorizationPolicy: { allowedPrincipals: { identities: ['00000000-0000-0000-0000-000000000000', ana.objectId] } },
          },
        },
      },
    });
    expect(onlyResource(here.config, 'azurerm_container_app_environment').internal_load_balancer_enabled).toBe(false);
    expect(() => serverless().endpoint.grantInvoke(ana)).toThrow(
      `${WHO}grantInvoke: a container app has no role for callers: give ContainerAppServing.app({ entraClientId }), or let callers into its network`);
  });

  test('is rolled out by an identity that may write the app, and tag versions, and nothing else', () => {
    const roles = resourcesOf(serverless().config, 'azurerm_role_definition').flatMap(({ permissions }) => permissions[0].actions);
    expect(roles).toEqual(expect.arrayContaining(['Microsoft.App/containerApps/write', 'Microsoft.App/containerApps/revisions/deactivate/action', 'Microsoft.App/managedEnvironments/join/action']));
    expect(roles.filter((each: string) => /onlineEndpoints|delete|\*/.test(each))).toEqual([]);
  });

  test('tells its updates to the live version', () => {
    const settings = (serving: Serving) => JSON.stringify(world(serving).definition('Serving_Declared').actions.Declaration);
    expect(settings(Serving.serverless({ warmReplicas: 1 }))).not.toBe(settings(Serving.serverless()));
  });

  const app = ContainerAppServing.app;
  test.each<[string, () => unknown, string]>([
    ['a public address without tokens', () => serverless({ publicNetworkAccess: true }),
      'publicNetworkAccess of a serverless endpoint needs ContainerAppServing.app({ entraClientId }), or everybody could call it'],
    ['recording', () => serverless({ capture: {} }), 'capture is not possible with serverless serving: Container Apps record no requests: use Serving.realTime'],
    ['copies', () => serverless({ challenger: Challenger.shadow(10) }), 'challenger shadow is not possible with serverless serving: Container Apps copy no requests: use Serving.realTime'],
    ['routes of Azure Machine Learning', () => serverless({ container: { port: 8000 } }),
      'container is not possible with serverless serving: use ContainerAppServing.app({ command, args, port, healthRoute })'],
    ['a time to answer', () => serverless({ requestTimeoutSeconds: 10 }),
      'requestTimeoutSeconds is not possible with serverless serving: Container Apps wait four minutes for an answer: limit the time in the container'],
    ['a limit of requests', () => serverless({ maxConcurrentRequestsPerInstance: 2 }),
      'maxConcurrentRequestsPerInstance is not possible with serverless serving: use ContainerAppServing.app({ concurrencyPerReplica })'],
    ['a time to load of an online endpoint', () => serverless({ startupMinutes: 5 }), 'startupMinutes is not possible with serverless serving: use ContainerAppServing.app({ loadMinutes })'],
    ['a GPU that it has not', () => serverless({}, app({ accelerator: Accelerator.NVIDIA_L4 })), "serving.accelerator must be nvidia-t4 or nvidia-a100-80gb on Container Apps, got 'nvidia-l4'"],
    ['more memory than a replica has', () => serverless({}, Serving.serverless({ memoryGiB: 16 })), 'serving.memoryGiB must be between 0.5 and 8, got 16'],
    ['more replicas than an app has', () => serverless({}, Serving.serverless({ maxConcurrency: 5000 })),
      'serving.maxConcurrency 5000 takes 1250 replicas at 4 requests each, and an app has 1000 at most: set concurrencyPerReplica higher'],
    ['more warm replicas than there may be', () => serverless({}, Serving.serverless({ maxConcurrency: 4, warmReplicas: 2 })),
      'serving.warmReplicas 2 are more than the 1 replicas that maxConcurrency 4 needs at 4 requests each'],
    ['a client id that is none', () => serverless({}, app({ entraClientId: 'churn' })), "serving.entraClientId must be a client id, 00000000-0000-0000-0000-000000000000, got 'churn'"],
    ['a port that is none', () => serverless({}, app({ port: 0 })), 'serving.port must be a whole number between 1 and 65535, got 0'],
    ['a time that no probe has', () => serverless({}, app({ startupTimeoutSeconds: 3000 })), 'serving.startupTimeoutSeconds must be a whole number between 10 and 2400, got 3000'],
    ['a name in capitals', () => serverless({ endpointName: 'Churn' }),
      "endpointName must be 2 to 32 lower-case letters, digits and single hyphens for a container app, starting with a letter, got 'Churn'"],
    ['files elsewhere', () => serverless({ model: ModelSource.artifact({ modelUri: 'azureml://datastores/other/paths/model', image }) }),
      "model.modelUri must be a folder of the lake's container of artifacts, azureml://datastores/lake_artifacts/paths/…, from which a container app fetches its model, got 'azureml://datastores/other/paths/model'"],
    ['a version that no revision can be named after', () => serverless({ model: ModelSource.version(`${new ServingWorld().registry.modelContainerId}/versions/Nine-9`) }),
      "model.version must be at most 22 lower-case letters and digits, because revisions of a container app are named after it, got 'Nine-9'"],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(`${WHO}${message}`);
  });
});

describe('batch predictions', () => {
  const batch = (serving = Serving.batch(), props: Partial<ServingEndpointProps> = {}) => world(serving, props);
  const job = (here: ServingWorld) => {
    const text = JSON.stringify(here.definition('Serving_Batch').actions);
    const found: any[] = [];
    JSON.parse(text, (_, value) => { if (value?.jobType === 'Command') found.push(value); return value; });
    return found[0];
  };

  test('run at the times of the schedule, on a cluster that is empty meanwhile', () => {
    const here = batch(Serving.batch({ schedule: Schedule.daily({ hour: 2 }), inputPrefix: 'to-score/', outputPrefix: 'scored/', compute: { vcpus: 8, instanceCount: 3 } }));
    expect(here.definition('Serving_Batch').triggers.Time.recurrence.schedule).toEqual({ hours: [2], minutes: [0] });
    expect(onlyResource(here.config, 'azurerm_machine_learning_compute_cluster')).toMatchObject({
      vm_size: expect.stringMatching(/^Standard_D8/),
      scale_settings: { min_node_count: 0, max_node_count: 3 },
      identity: { identity_ids: [expect.stringContaining('Serving_Identity')] },
    });
    expect(job(here)).toMatchObject({
      resources: { instanceCount: 3 },
      distribution: { distributionType: 'PyTorch', processCountPerInstance: 1 },
      limits: { jobLimitsType: 'Command', timeout: 'PT86400S' },
      inputs: { rows: { uri: 'azureml://datastores/lake_raw/paths/to-score/' } },
    });
    expect([here.endpoint.endpointId, here.endpoint.endpointName, here.endpoint.scoringUri]).toEqual(['', '', undefined]);
  });

  test('read the input, write the output and remember approvals by roles at these folders alone', () => {
    const given = resourcesOf(batch().config, 'azurerm_role_assignment').flatMap(({ condition }) => foldersIn(condition));
    expect([...new Set(given)].sort()).toEqual(['batch/input/', 'batch/output/', expect.stringMatching(/^serving\/stack-serving-[0-9a-f]{8}\/$/), expect.stringMatching(/^serving\/stack-serving-[0-9a-f]{8}\/failures\/$/), 'training/']);
  });

  test('take a command, other machines and the files of the stack', () => {
    const here = batch(AzureMlServing.batch({ command: 'python -m score', batchRows: 10, maxRuntimeHours: 2, computeTarget: ComputeTarget.serverless({ jobTier: 'Spot' }) }), {
      model: ModelSource.artifact({ modelUri: 'models/churn', image, environment: { MODE: 'fast' } }), instanceType: 'Standard_DS3_v2',
    });
    expect(job(here)).toMatchObject({
      command: expect.stringMatching(/ python -m score predict \|\| /),
      environmentVariables: { MODE: 'fast', MLOPS_BATCH_ROWS: '10' },
      resources: { instanceCount: 1, instanceType: 'Standard_DS3_v2' },
      queueSettings: { jobTier: 'Spot' },
      limits: { timeout: 'PT7200S' },
    });
    expect(here.config.resource.azurerm_machine_learning_compute_cluster).toBeUndefined();
    expect(() => here.definition('Serving_Rollout')).toThrow(/no azapi_resource Serving_Rollout/);
    const compute = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/work/computes/mine`;
    expect(job(batch(AzureMlServing.batch({ computeTarget: ComputeTarget.existing(compute) }))).computeId).toBe(compute);
  });

  test.each<[string, () => unknown, string]>([
    ['a rollout', () => batch(Serving.batch(), { rollout: Rollout.canary({ percent: 10 }) }), 'rollout is not possible with batch serving: each run takes the version that is approved then'],
    ['routes', () => batch(Serving.batch(), { container: { port: 8000 } }), 'container is not possible with batch serving: use AzureMlServing.batch({ command })'],
    ['a time to load', () => batch(Serving.batch(), { startupMinutes: 5 }), 'startupMinutes is not possible with batch serving: there is no endpoint'],
    ['a folder without a slash', () => batch(Serving.batch({ inputPrefix: 'in' })), "serving.inputPrefix must be a folder of the bucket like 'batch/input/': it ends in '/', without the bucket and without a slash in front, got 'in'"],
    ['a folder that the condition of a role cannot have', () => batch(Serving.batch({ outputPrefix: "it's/" })), 'serving.outputPrefix must be a folder like batch/output/'],
    ['files of trainings as output', () => batch(Serving.batch({ outputPrefix: 'training/out/' })), 'serving.outputPrefix must be outside of training/'],
    ['a disk', () => batch(Serving.batch({ compute: { volumeGiB: 100 } })), 'compute.volumeGiB is not possible in batch mode: the size of a machine decides its disk, leave it out'],
    ['a size beside a compute that exists', () => batch(AzureMlServing.batch({
      computeTarget: ComputeTarget.existing(`/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/work/computes/mine`),
    }), { instanceType: 'Standard_DS3_v2' }), 'instanceType and a compute that exists say the same thing twice: leave instanceType out'],
    ['files of a folder above', () => batch(Serving.batch(), { model: ModelSource.artifact({ modelUri: 'models/../training/run', image }) }), "model.modelUri must be a folder of the lake's container of artifacts like models/churn/"],
    ['no rows', () => batch(AzureMlServing.batch({ batchRows: 0 })), 'serving.batchRows must be a whole number between 1 and 100000, got 0'],
    ['a time of no time', () => batch(AzureMlServing.batch({ maxRuntimeHours: 0 })), 'serving.maxRuntimeHours must be a whole number between 1 and 168, got 0'],
    ['callers', () => batch().endpoint.grantInvoke(Principal.user('12345678-1234-1234-1234-123456789012')),
      'grantInvoke: there is no endpoint in batch mode: put files below the input prefix'],
  ])('refuse %s', (_, make, message) => {
    expect(make).toThrow(`${WHO}${message}`);
  });

  test('write where no other endpoint of the lake writes', () => {
    const { data, stack, workspace } = batch();
    const second = (id: string, outputPrefix?: string) => new ServingEndpoint(stack, id, {
      data, workspace, serving: Serving.batch({ outputPrefix }), model: ModelSource.artifact({ modelUri: 'models/churn', image }),
    });
    expect(() => second('Second')).toThrow("serving endpoint 'Stack/Second': serving.outputPrefix batch/output/ is where 'Stack/Serving' writes its predictions");
    expect(() => second('Third', 'batch/third/')).not.toThrow();
  });
});
