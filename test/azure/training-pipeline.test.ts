import {
  ArmRenderer, ComputeTarget, DataLake, Distribution, ExperimentTracker, Grant, ManagedIdentity, ModelRegistry, Principal, TrainingPipeline,
  TrainingPipelineProps, Workspace,
} from '../../src/azure';
import { ROLES } from '../../src/azure/private/base/roles';
import { Accelerator } from '../../src/core/accelerator';
import { Capacity } from '../../src/core/capacity';
import { ContainerImage } from '../../src/core/container-image';
import { Approval } from '../../src/core/model-registry';
import { Schedule } from '../../src/core/schedule';
import { Trigger } from '../../src/core/trigger';
import { azureStack, onlyResource, resourceAt, resourcesOf, SUBSCRIPTION, synthesized } from '../support/azure';
import { foldersIn } from '../support/azure-parts';
import { IMAGE, TrainingScene, TrainingWorld, Wish } from '../support/azure-training';

const T4 = Accelerator.NVIDIA_T4;
const COMPUTES = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/work/computes`;
const SUBNET = `/subscriptions/${SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/s`;
const refusal = (props: Wish, scene?: TrainingScene) => () => new TrainingWorld(props, scene);
const said = (sentence: string) => new Error(`training pipeline 'Stack/Training': ${sentence}`);
const warnings = (world: TrainingWorld) => world.training.node.metadata.map(({ data }) => data);

/** The cluster of a step. */
function cluster(props: Wish = {}, id = 'Cluster', scene: TrainingScene = {}): any {
  const clusters = new TrainingWorld(props, scene).config.resource.azurerm_machine_learning_compute_cluster ?? {};
  return Object.entries<any>(clusters).find(([name]) => name.startsWith(`Training_${id}_`))?.[1];
}

/** The `properties` of a job, as the workflow asks for it. */
function job(props: Wish = {}, verb: 'Prepare' | 'Train' | 'Evaluate' = 'Train', scene: TrainingScene = {}): any {
  const { actions } = new TrainingWorld(props, scene).definition().actions.Run.actions[verb].actions[`${verb}_begins`];
  return actions[`${verb}_put`].inputs.body.properties;
}

describe('the machines', () => {
  test('are a cluster of the smallest that scales to zero, without a door', () => {
    expect(cluster()).toEqual({
      name: expect.stringMatching(/^[a-z][a-z0-9-]{1,15}$/),
      location: 'westeurope',
      machine_learning_workspace_id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/work`,
      vm_size: 'Standard_D2ds_v4',
      vm_priority: 'Dedicated',
      scale_settings: { min_node_count: 0, max_node_count: 1, scale_down_nodes_after_idle_duration: 'PT120S' },
      identity: { type: 'UserAssigned', identity_ids: [expect.stringContaining('Training_JobIdentity')] },
      local_auth_enabled: false,
      ssh_public_access_enabled: false,
      node_public_ip_enabled: false,
      depends_on: expect.any(Array),
    });
    expect(job().resources).toEqual({ instanceCount: 1 });
    expect(job().limits).toEqual({ jobLimitsType: 'Command', timeout: 'PT86400S' });
  });

  test('are one cluster for all steps where one size does, and two where not', () => {
    expect(cluster({}, 'ProcessingCluster')).toBeUndefined();
    expect(job({}, 'Evaluate').computeId).toBe(job().computeId);
    expect(cluster({ compute: { accelerator: T4 } }, 'ProcessingCluster')).toMatchObject({ vm_size: 'Standard_D2ds_v4', vm_priority: 'Dedicated', scale_settings: { max_node_count: 1 } });
    expect(job({ compute: { accelerator: T4 } }, 'Evaluate').computeId).toBe('/subscriptions/of/azurerm_machine_learning_compute_cluster/training-processingcluster');
    // Machines that may be taken away are not for the steps around.
    expect(cluster({ capacity: Capacity.spot() }, 'ProcessingCluster')).toMatchObject({ vm_priority: 'Dedicated' });
  });

  test('have the GPUs, vCPUs and memory that were asked for', () => {
    expect(cluster({ compute: { accelerator: Accelerator.NVIDIA_A100_80GB, acceleratorCount: 2 } }).vm_size).toBe('Standard_NC48ads_A100_v4');
    expect(cluster({ compute: { vcpus: 16, memoryGiB: 100 } }).vm_size).toBe('Standard_E16s_v3');
    expect(cluster({ vmSize: 'Standard_F8s_v2' }).vm_size).toBe('Standard_F8s_v2');
    expect(cluster({ vmSize: 'Standard_NC16as_T4_v3', compute: { accelerator: T4 } }).vm_size).toBe('Standard_NC16as_T4_v3');
  });

  test('several find each other, and the cluster has room for them', () => {
    const several = { compute: { accelerator: T4, instanceCount: 4 } };
    expect(cluster(several).scale_settings.max_node_count).toBe(4);
    expect(job(several)).toMatchObject({
      resources: { instanceCount: 4 }, distribution: { distributionType: 'PyTorch', processCountPerInstance: 1 },
    });
    expect(job()).not.toHaveProperty('distribution');
    expect(job({ ...several, distribution: Distribution.mpi({ processCountPerInstance: 2 }) }).distribution).toEqual({ distributionType: 'Mpi', processCountPerInstance: 2 });
    expect(job({ ...several, distribution: Distribution.tensorFlow({ workerCount: 3, parameterServerCount: 1 }) }).distribution)
      .toEqual({ distributionType: 'TensorFlow', workerCount: 3, parameterServerCount: 1 });
  });

  test('have public addresses where nothing else leads out of them', () => {
    expect(cluster({}, 'Cluster', { hasManagedNetwork: false }).node_public_ip_enabled).toBe(true);
    const subnet = cluster({ computeTarget: ComputeTarget.cluster({ subnetId: SUBNET }) }, 'Cluster', { hasManagedNetwork: false });
    expect(subnet).toMatchObject({ node_public_ip_enabled: false, subnet_resource_id: SUBNET });
  });

  test('idle and grow as they are told', () => {
    expect(cluster({ computeTarget: ComputeTarget.cluster({ idleSeconds: 1800, maxNodeCount: 3 }) }).scale_settings)
      .toEqual({ min_node_count: 0, max_node_count: 3, scale_down_nodes_after_idle_duration: 'PT1800S' });
  });

  test('may be taken away for a lower price', () => {
    expect(cluster({ capacity: Capacity.spot(), compute: { accelerator: T4 } }).vm_priority).toBe('LowPriority');
  });

  test('a size that is newer than the table is a warning, not an error', () => {
    expect(warnings(new TrainingWorld({ vmSize: 'Standard_D4ds_v9' }))).toEqual([
      "training pipeline 'Stack/Training': vmSize Standard_D4ds_v9 is not in the library's table: neither that it exists nor what it takes of the quotas is checked",
    ]);
  });

  test.each<[Partial<TrainingPipelineProps>, string]>([
    [{ compute: { accelerator: Accelerator.NVIDIA_L4 } },
      "compute.accelerator must be one that Azure Machine Learning has for training: nvidia-t4, nvidia-a10g, nvidia-a100, nvidia-a100-80gb, nvidia-h100, nvidia-h200, got 'nvidia-l4'"],
    [{ compute: { accelerator: T4, acceleratorCount: 3 } }, 'compute.acceleratorCount must be 1 or 4 for nvidia-t4 in training on Azure, got 3'],
    [{ compute: { instanceCount: 0 } }, 'compute.instanceCount must be a whole number between 1 and 1000, got 0'],
    [{ compute: { volumeGiB: 100 } },
      'volumeGiB is refused on azure: the disks of a machine of Azure Machine Learning belong to its size: ask for more vcpus or memoryGiB, and leave it out'],
    [{ vmSize: 'Standard_NC6' }, "vmSize must be a size that Azure still has, for example Standard_NC4as_T4_v3: this one is retired, got 'Standard_NC6'"],
    [{ vmSize: 'Standard_NC24ads_A100_v4' },
      'vmSize Standard_NC24ads_A100_v4 has 1 x nvidia-a100-80gb: say compute.accelerator as well, so that nobody pays for a GPU by mistake'],
    [{ vmSize: 'Standard_F8s_v2', compute: { vcpus: 2 } }, 'vmSize Standard_F8s_v2 and compute.vcpus say the same thing twice: leave one out'],
    [{ maxRuntimeHours: 0 }, 'maxRuntimeHours must be between 0.1 and 672, got 0'],
    [{ retries: 6 }, 'retries must be a whole number between 0 and 5, got 6'],
    [{ processingCompute: { instanceCount: 2 } }, 'processingCompute.instanceCount must be 1: preparing and evaluating run on one machine, got 2'],
    [{ processingCompute: { volumeGiB: 50 } },
      'volumeGiB is refused on azure: the disks of a machine of Azure Machine Learning belong to its size: ask for more vcpus or memoryGiB, and leave it out'],
    [{ maxProcessingHours: 200 }, 'maxProcessingHours must be between 0.1 and 168, got 200'],
    [{ capacity: Capacity.reserved('gpus') }, "capacity must be on-demand or spot on Azure, where clusters take no reservations of machines, got 'reserved'"],
    [{ capacity: Capacity.spot({ maxWaitHours: 1 }), maxRuntimeHours: 2 },
      'capacity.maxWaitHours must be at least maxRuntimeHours, which is 2, because the wait includes the run, got 1'],
    [{ computeTarget: ComputeTarget.cluster({ maxNodeCount: 2 }), compute: { instanceCount: 4 } },
      'computeTarget.maxNodeCount must be at least compute.instanceCount, which is 4: a run would wait for machines that never come, got 2'],
    [{ computeTarget: ComputeTarget.cluster({ subnetId: SUBNET }) },
      'computeTarget.subnetId is not for a workspace with a managed network, whose machines are in that: leave it out, or give the workspace ManagedNetwork.disabled()'],
    [{ computeTarget: ComputeTarget.existing(`${COMPUTES}/gpu`) }, 'ComputeTarget.existing() needs a jobIdentity that is among those of the compute: jobs run as it'],
    [{ computeTarget: ComputeTarget.serverless() }, 'ComputeTarget.serverless() needs a jobIdentity that is one of the workspace: jobs run as it'],
  ])('refuses %j', (props, sentence) => {
    expect(refusal(props)).toThrow(said(sentence));
  });

  test.each<[() => unknown, string]>([
    [() => ComputeTarget.cluster({ idleSeconds: 5 }), "compute target 'cluster': idleSeconds must be a whole number between 60 and 86400, got 5"],
    [() => ComputeTarget.cluster({ subnetId: 'x' }), "compute target 'cluster': subnetId must be the ARM id of a subnet, got 'x'"],
    [() => ComputeTarget.existing('gpu'), "compute target 'existing': computeId must be the ARM id of a compute, …/workspaces/<name>/computes/<name>, got 'gpu'"],
    [() => ComputeTarget.serverless({ jobTier: 'Cheap' }), "compute target 'serverless': jobTier must be Spot, Basic, Standard or Premium, got 'Cheap'"],
    [() => Distribution.pyTorch({ processCountPerInstance: 0 }), "distribution 'processes': processCountPerInstance must be a whole number between 1 and 64, got 0"],
  ])('refuses a target or distribution that Azure ML would refuse: %#', (make, sentence) => {
    expect(make).toThrow(new Error(sentence));
  });
});

describe('compute that is not a cluster of the pipeline', () => {
  const mine = (world: TrainingWorld) => new ManagedIdentity(world.stack, 'Mine');

  test('can be one that exists, for every step unless those around have machines of their own', () => {
    const existing = (world: TrainingWorld) => ({ computeTarget: ComputeTarget.existing(`${COMPUTES}/gpu`), jobIdentity: mine(world) });
    expect([job(existing).computeId, job(existing, 'Evaluate').computeId]).toEqual([`${COMPUTES}/gpu`, `${COMPUTES}/gpu`]);
    expect(cluster(existing)).toBeUndefined();
    expect(cluster((world: TrainingWorld) => ({ ...existing(world), processingCompute: { vcpus: 4 } }), 'ProcessingCluster').vm_size).toBe('Standard_D4ds_v4');
    expect(refusal((world) => ({ ...existing(world), compute: { accelerator: T4 } })))
      .toThrow(said('compute.accelerator and ComputeTarget.existing() cannot be together: the compute that exists has a size of its own'));
    expect(refusal((world) => ({ ...existing(world), capacity: Capacity.spot() })))
      .toThrow(said('Capacity.spot() and ComputeTarget.existing() cannot be together: the compute that exists has a priority of its own'));
  });

  test('can be serverless', () => {
    const computeTarget = ComputeTarget.serverless();
    const serverless = (world: TrainingWorld) => ({ computeTarget, compute: { accelerator: T4 }, jobIdentity: mine(world) });
    expect(job(serverless)).toMatchObject({ resources: { instanceType: 'Standard_NC4as_T4_v3', instanceCount: 1 }, queueSettings: { jobTier: 'Standard' } });
    expect(job(serverless)).not.toHaveProperty('computeId');
    expect(job((world: TrainingWorld) => ({ ...serverless(world), capacity: Capacity.spot() })).queueSettings).toEqual({ jobTier: 'Spot' });
    expect(job((world: TrainingWorld) => ({ ...serverless(world), capacity: Capacity.spot() }), 'Evaluate').queueSettings).toEqual({ jobTier: 'Standard' });
    expect(refusal((world) => ({ ...serverless(world), computeTarget: ComputeTarget.serverless({ jobTier: 'Spot' }) })))
      .toThrow(said('jobTier Spot and capacity on-demand do not go together: say Capacity.spot() for machines that may be taken away, and leave jobTier out'));
  });
});

describe('quotas', () => {
  const quotas = (props: Wish) => new TrainingWorld(props).training.quotas;

  test('are the vCPUs of all machines, by the family of the size', () => {
    expect(quotas({ compute: { accelerator: T4, instanceCount: 3 } })).toEqual([
      { family: 'standardNCASv3_T4Family', vcpus: 12 }, { family: 'standardDDSv4Family', vcpus: 2 },
    ]);
    expect(quotas({ compute: { vcpus: 16 }, processingCompute: { vcpus: 4 } })).toEqual([{ family: 'standardDDSv4Family', vcpus: 16 }]);
  });

  test('of low priority are one for all sizes; of a size that is newer than the table nothing is known', () => {
    expect(quotas({ compute: { accelerator: T4 }, capacity: Capacity.spot() })[0]).toEqual({ family: 'lowPriorityCores', vcpus: 4 });
    expect(quotas({ vmSize: 'Standard_D4ds_v9' })).toEqual([{ family: 'standardDDSv4Family', vcpus: 2 }]);
  });

  test('are told at every deployment', () => {
    expect(Object.values<any>(new TrainingWorld({ compute: { accelerator: T4 } }).config.output)).toEqual([{
      value: ['standardNCASv3_T4Family: 4', 'standardDDSv4Family: 2'],
      description: "vCPUs of Azure ML's quotas in westeurope that a run of Stack/Training takes",
    }]);
  });
});

describe('the jobs', () => {
  test('run a command in a shell, with folders in variables, as an identity of their own', () => {
    expect(job()).toMatchObject({
      jobType: 'Command',
      displayName: "train-@{toLower(workflow()['run']['name'])}",
      experimentName: 'churn',
      identity: { identityType: 'Managed', clientId: 'training-jobidentity-client-id' },
      command: 'export MLOPS_FAILURE_FILE="${{outputs.failure}}/reason" && export MLOPS_INPUT_DIR="${{inputs.data}}" && export MLOPS_MODEL_DIR="${{outputs.model}}" && export MLOPS_OUTPUT_DIR="${{outputs.output}}"'
        + ' && export MLOPS_CHECKPOINT_DIR="${{outputs.checkpoints}}" && python /opt/program/main.py train'
        + ' || { code=$?; [ $code -eq 143 ] || [ -s "$MLOPS_FAILURE_FILE" ] || echo "exit code $code" > "$MLOPS_FAILURE_FILE"; exit $code; }',
      inputs: { data: { jobInputType: 'uri_folder', mode: 'ReadOnlyMount' } },
      tags: { model: 'churn', mlops_step: 'train' },
    });
    expect(Object.keys(job().outputs).sort()).toEqual(['checkpoints', 'failure', 'model', 'output']);
    expect(job().outputs.failure.uri).toBe("azureml://datastores/lake_artifacts/paths/training/@{toLower(workflow()['run']['name'])}/failures/@{concat('train-', toLower(workflow()['run']['name']), '-', string(variables('train_tries')))}");
    expect(job({ command: 'bash -lc main.sh' }).command).toMatch(/ && bash -lc main\.sh train \|\| /);
  });

  test('reach Terraform with the bindings of Azure ML escaped', () => {
    const text = JSON.stringify(resourceAt(new TrainingWorld().config, 'azapi_resource', 'Training_Workflow').body);
    expect(text).toContain('$${{inputs.data}}');
    expect(text).not.toMatch(/(^|[^$])\$\{\{/);
  });

  test('that prepare and evaluate have machines and a time of their own', () => {
    expect(cluster({ processingCompute: { vcpus: 8, memoryGiB: 30 } }, 'ProcessingCluster').vm_size).toBe('Standard_D8ds_v4');
    expect(job({ maxProcessingHours: 0.5 }, 'Evaluate').limits.timeout).toBe('PT1800S');
    expect(job({ maxProcessingHours: 0.5 }).limits.timeout).toBe('PT86400S');
    expect(job({ prepare: true }, 'Prepare').limits.timeout).toBe('PT7200S');
  });

  test('have the shared memory and the arguments of Docker that you say', () => {
    expect(job({ shmSize: '16g', dockerArgs: '--ulimit memlock=-1' }).resources).toEqual({ instanceCount: 1, shmSize: '16g', dockerArgs: '--ulimit memlock=-1' });
    expect(job({ shmSize: '16g' }, 'Evaluate').resources).toEqual({ instanceCount: 1 });
  });

  test('get your environment and tags', () => {
    const { environmentVariables, tags } = job({ environment: { STAGE: '@dev' }, tags: { team: 'ml' } });
    expect(environmentVariables).toMatchObject({ STAGE: "@{'@'}dev" });
    expect(tags).toMatchObject({ team: 'ml', model: 'churn' });
  });

  test('take the identity that they are given', () => {
    const world = new TrainingWorld(({ stack }) => ({ jobIdentity: new ManagedIdentity(stack, 'Mine') }));
    expect(resourcesOf(world.config, 'azurerm_user_assigned_identity')).toHaveLength(2);
    const [made] = resourcesOf(world.config, 'azurerm_machine_learning_compute_cluster');
    expect(made.identity.identity_ids).toEqual([expect.stringContaining('azurerm_user_assigned_identity.Mine_')]);
  });

  test.each<[Partial<TrainingPipelineProps>, string]>([
    [{ environment: { MLOPS_X: '1' } },
      "environment must be named with letters, digits and _, and not by a name of the library (MLOPS_…) or of Azure ML (AZUREML_…, AZ_…, RANK …), got 'MLOPS_X'"],
    [{ environment: { AZUREML_RUN_ID: '1' } },
      "environment must be named with letters, digits and _, and not by a name of the library (MLOPS_…) or of Azure ML (AZUREML_…, AZ_…, RANK …), got 'AZUREML_RUN_ID'"],
    [{ tags: { mlops_run: 'x' } }, "tags must be named with letters, digits, _, . and -, at most 128, and not model, mlops_… or metric.…, got 'mlops_run'"],
    [{ command: 'a\nb' }, "command must be a command of one line like python main.py, got 'a\nb'"],
    [{ command: 'python main.py ${{inputs.data}}' },
      "command must be without ${{, because the folders are in variables like MLOPS_INPUT_DIR, got 'python main.py ${{inputs.data}}'"],
    [{ shmSize: '16 GB' }, "shmSize must be a size like 16g, got '16 GB'"],
    [{ dockerArgs: '--privileged' },
      "dockerArgs must be without what opens the machine to the container: --privileged, host namespaces, volumes, devices, capabilities, got '--privileged'"],
    [{ dockerArgs: '--ulimit a=1 --network=host' },
      "dockerArgs must be without what opens the machine to the container: --privileged, host namespaces, volumes, devices, capabilities, got '--ulimit a=1 --network=host'"],
    [{ datasetPrefix: 'dataset' }, "datasetPrefix must be a folder like dataset/, without quotation marks, braces, \\, $, ?, # and %, got 'dataset'"],
    [{ datasetPrefix: "a'b/" }, "datasetPrefix must be a folder like dataset/, without quotation marks, braces, \\, $, ?, # and %, got 'a'b/'"],
    [{ hyperparameters: { 'a b': '1' } }, "hyperparameters must be named with letters, digits, _ and -, at most 64, got 'a b'"],
    [{ image: ContainerImage.fromDirectory('./image') },
      "image of the directory './image' cannot be built by Terraform: let CI push it to the registry of the stack and give ContainerImage.fromUri"],
  ])('refuses %j', (props, sentence) => {
    expect(refusal(props)).toThrow(said(sentence));
  });
});

describe('the registry', () => {
  test('of a stage is refused: its versions are trained elsewhere', () => {
    const id = (name: string) => `/subscriptions/${SUBSCRIPTION}/resourceGroups/train/providers/${name}`;
    expect(refusal(({ stack, data, workspace }) => ({
      registry: ModelRegistry.promotedFrom(stack, 'Stage', {
        stage: 'prod',
        modelName: 'churn',
        trainingWorkspaceId: id('Microsoft.MachineLearningServices/workspaces/other'),
        trainingStoreAccountName: 'trainstore',
        trainingContainerRegistryId: id('Microsoft.ContainerRegistry/registries/trainimages'),
        data,
        workspace,
      }),
    }))).toThrow(said("registry is that of the stage 'prod', whose versions are promoted from where they were trained: train there, and give the stage an endpoint and monitoring of its own"));
  });

  test('of another workspace is refused', () => {
    const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers`;
    expect(refusal(({ stack, workspace }) => ({
      registry: ModelRegistry.fromAttributes(stack, 'Other', {
        modelName: 'churn',
        workspaceId: `${workspace.workspaceId}2`,
        approvalQueueId: `${group}/Microsoft.Storage/storageAccounts/store/queueServices/default/queues/approvals`,
        artifactContainerId: `${group}/Microsoft.Storage/storageAccounts/store/blobServices/default/containers/artifacts`,
        containerRegistryId: `${group}/Microsoft.ContainerRegistry/registries/images`,
      }),
    }))).toThrow(/^training pipeline 'Stack\/Training': registry must be one of the workspace that trains, .*\/workspaces\/work, got '.*\/workspaces\/work2'$/);
  });
});

describe('permissions', () => {
  const builtIn = new Map(Object.entries(ROLES).map(([name, id]) => [id, name]));
  /** What an identity may do: role, where, below which folder. */
  const rolesOf = (world: TrainingWorld, identity: string) => resourcesOf(world.config, 'azurerm_role_assignment').filter((each) => each.principal_id.includes(identity)).map((each) => [
    builtIn.get(each.role_definition_id.split('/').pop() as never) ?? each.role_definition_id.replace(/.*\.\w+?_(\w+?)_[0-9A-F]{8}\..*/, '$1'),
    each.scope.split('/').pop().replace(/-[0-9a-f]{8}$/, ''),
    ...foldersIn(each.condition),
  ].join(' ')).sort();

  test('of the jobs: read the data set, write runs and checkpoints, pull the image; no approval, no version, no start', () => {
    expect(rolesOf(new TrainingWorld(), 'Training_JobIdentity')).toEqual([
      'acrPull images',
      'storageBlobDataContributor artifacts checkpoints/ training/',
      'storageBlobDataContributor worklogs',
      'storageBlobDataReader raw dataset/',
    ]);
  });

  test('of the workflow: take starts, run jobs, read evaluations, register; no approval, unless registering approves', () => {
    const all = [
      'EnvironmentCreator work',
      'ModelRegistrar work',
      'azureMlComputeOperator work',
      'storageBlobDataContributor artifacts registry/churn/',
      'storageBlobDataReader artifacts training/',
      'storageQueueDataMessageProcessor stack-training-start',
    ];
    expect(rolesOf(new TrainingWorld(), 'Training_WorkflowIdentity')).toEqual(all);
    expect(rolesOf(new TrainingWorld({}, { registry: { approval: Approval.automatic() } }), 'Training_WorkflowIdentity'))
      .toEqual([...all, 'storageQueueDataMessageSender stack-registry-approvals']);
  });

  test('of schedules: put messages into the queue of starts', () => {
    const world = new TrainingWorld({ triggers: [Trigger.schedule(Schedule.daily()), Trigger.schedule(Schedule.hourly())] });
    expect(rolesOf(world, 'Training_ScheduleIdentity')).toEqual(['storageQueueDataMessageSender stack-training-start']);
  });

  test('of who may start runs: the same and nothing else', () => {
    const world = new TrainingWorld();
    const grant: Grant = world.training.grantStart(Principal.group('12345678-1111-2222-3333-444444444444'));
    expect(grant.addresses).toHaveLength(1);
    expect(rolesOf(world, '12345678')).toEqual(['storageQueueDataMessageSender stack-training-start']);
  });

  test('are there before the workflow and the cluster are', () => {
    const world = new TrainingWorld();
    expect(resourceAt(world.config, 'azapi_resource', 'Training_Workflow').depends_on).toContainEqual(expect.stringMatching(/^time_sleep\.Training_WorkflowReady/));
    expect(cluster().depends_on.filter((each: string) => each.startsWith('azurerm_role_assignment.')).length).toBeGreaterThan(3);
  });
});

describe('triggers', () => {
  test('at times are workflows that put a message into the queue of starts', () => {
    const world = new TrainingWorld({ triggers: [Trigger.schedule(Schedule.weekly({ hour: 4, timeZone: 'Europe/Berlin' }))] });
    const { triggers, actions } = world.definition('Training_Schedule1');
    expect(triggers.Time.recurrence).toMatchObject({ frequency: 'Week', schedule: { hours: [4], minutes: [0], weekDays: ['Monday'] }, timeZone: 'W. Europe Standard Time' });
    expect(JSON.stringify(actions)).toContain(world.training.startQueueUrl);
  });

  test('on new data are below a prefix as it is written, whatever Terraform would read in it', () => {
    const { config } = new TrainingWorld({ triggers: [Trigger.newData('a%{if}/${b}/')] });
    expect(onlyResource(config, 'azurerm_eventgrid_system_topic_event_subscription').advanced_filter.string_begins_with[0].values).toEqual([
      '/blobServices/default/containers/raw/blobs/a%%{if}/$${b}/',
    ]);
  });

  test('on new data are events of the store, below the prefixes, put there by the identity of their topic', () => {
    const world = new TrainingWorld({ triggers: [Trigger.newData('dataset/_SUCCESS'), Trigger.newData('dataset/more/')] });
    expect(onlyResource(world.config, 'azurerm_eventgrid_system_topic')).toMatchObject({
      topic_type: 'Microsoft.Storage.StorageAccounts', source_resource_id: world.data.storeAccountId, identity: { type: 'SystemAssigned' },
    });
    expect(onlyResource(world.config, 'azurerm_eventgrid_system_topic_event_subscription')).toMatchObject({
      included_event_types: ['Microsoft.Storage.BlobCreated'],
      event_delivery_schema: 'EventGridSchema',
      advanced_filter: {
        string_begins_with: [{ key: 'subject', values: ['/blobServices/default/containers/raw/blobs/dataset/_SUCCESS', '/blobServices/default/containers/raw/blobs/dataset/more/'] }],
      },
      storage_queue_endpoint: { storage_account_id: world.data.storeAccountId, queue_name: world.training.startQueueUrl.split('/').pop() },
      delivery_identity: { type: 'SystemAssigned' },
      depends_on: expect.arrayContaining([expect.stringMatching(/^time_sleep\.Training_NewDataReady/)]),
    });
    const sender = resourcesOf(world.config, 'azurerm_role_assignment').filter((each) => each.principal_id.includes('azurerm_eventgrid_system_topic'));
    expect(sender.map(({ scope }) => scope)).toEqual([world.training.startQueueId]);
  });

  test('on new data take a topic that somebody else has made', () => {
    const topicId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/events/providers/Microsoft.EventGrid/systemTopics/store`;
    const storeEventTopic = { topicId, principalObjectId: '12345678-1111-2222-3333-444444444444' };
    const world = new TrainingWorld({ triggers: [Trigger.newData('dataset/')], storeEventTopic });
    expect(resourcesOf(world.config, 'azurerm_eventgrid_system_topic')).toEqual([]);
    expect(onlyResource(world.config, 'azurerm_eventgrid_system_topic_event_subscription')).toMatchObject({ system_topic: 'store', resource_group_name: 'events' });
    const sender = resourcesOf(world.config, 'azurerm_role_assignment').filter((each) => each.principal_id === storeEventTopic.principalObjectId);
    expect(sender.map(({ scope }) => scope)).toEqual([world.training.startQueueId]);
    expect(refusal({ triggers: [Trigger.newData('dataset/')], storeEventTopic: { ...storeEventTopic, topicId: 'store' } }))
      .toThrow(said("storeEventTopic.topicId must be the ARM id of a system topic, …/providers/Microsoft.EventGrid/systemTopics/<name>, known at synthesis, got 'store'"));
  });

  test('are none by default', () => {
    const { config } = new TrainingWorld();
    expect(resourcesOf(config, 'azurerm_eventgrid_system_topic_event_subscription')).toEqual([]);
    expect(resourcesOf(config, 'azapi_resource')).toHaveLength(1);
  });

  test('watched in vain are a warning', () => {
    expect(warnings(new TrainingWorld({ triggers: [Trigger.newData('incoming/')] }))).toEqual([
      "training pipeline 'Stack/Training': triggers: objects below incoming/ start a run, which reads dataset/ alone: watch a prefix in it, or set datasetPrefix, unless they only say that the data is complete",
    ]);
  });
});

test('the image of the versions can be another one', () => {
  const tags = (props: Wish) => new TrainingWorld(props).definition().actions.Run.actions.Version_tags.inputs;
  expect(tags({}).mlops_image).toBe(IMAGE);
  expect(tags({ servingImage: ContainerImage.fromUri('vllm/vllm-openai:v0.9') }).mlops_image).toBe('vllm/vllm-openai:v0.9');
});

test('the same pipeline is a template deployment where a company allows azurerm alone', () => {
  const world = new TrainingWorld({}, { group: { armRenderer: ArmRenderer.TEMPLATE } });
  expect(onlyResource(world.config, 'azurerm_resource_group_template_deployment').template_content).toContain('Microsoft.Logic/workflows');
});

test('stands on a real lake and a real workspace', () => {
  const stack = azureStack();
  const data = new DataLake(stack, 'Data');
  const workspace = new Workspace(stack, 'Workspace', { data });
  const registry = new ModelRegistry(stack, 'Registry', { data, workspace, modelName: 'churn' });
  const tracking = new ExperimentTracker(stack, 'Tracking', { workspace });
  new TrainingPipeline(stack, 'Training', {
    data, workspace, registry, tracking, image: ContainerImage.fromUri(`${registry.imageRepositoryUri}:1`), triggers: [Trigger.newData('dataset/')],
  });
  const config = synthesized(stack);
  expect(resourceAt(config, 'azurerm_machine_learning_compute_cluster', 'Training_Cluster').machine_learning_workspace_id).toMatch(/machine_learning_workspace/);
  expect(registry.imageRepositoryUri).toMatch(/\/churn$/);
  const subscription = onlyResource(config, 'azurerm_eventgrid_system_topic_event_subscription');
  expect(subscription.storage_queue_endpoint.queue_name).toMatch(/^stack-training-start-[0-9a-f]{8}$/);
});
