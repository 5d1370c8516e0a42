import { Accelerator } from '../../src/core/accelerator';
import { Capacity } from '../../src/core/capacity';
import { ContainerImage } from '../../src/core/container-image';
import { Schedule } from '../../src/core/schedule';
import { Trigger } from '../../src/core/trigger';
import {
  ExperimentTracker, Grant, INetwork, Principal, PrivateNetwork, ServiceAccount, TrainingPipelineProps, VertexCapacity, VertexPipeline,
} from '../../src/gcp';
import { FakeTraining, IMAGE, TrainingScene, TrainingWorld, Wish } from '../support/google-training';
import { onlyResource, resourceAt, resourcesOf } from '../support/terraform';

const TEMPLATE = 'https://europe-west4-kfp.pkg.dev/my-project/templates/churn/v1';
const L4 = Accelerator.NVIDIA_L4;
const refusal = (props: Wish, scene?: TrainingScene) => () => new TrainingWorld(props, scene);
const said = (sentence: string) => new Error(`training pipeline 'Stack/Training': ${sentence}`);

/** The body of a job that a run makes. */
function job(props: Wish = {}, verb = 'train', scene: TrainingScene = {}): any {
  const vertex = new FakeTraining();
  vertex.run(new TrainingWorld(props, scene));
  return vertex.job(verb);
}

describe('the machines', () => {
  const spec = (props: Wish = {}) => job(props).jobSpec;

  test('are one, the smallest, with the smallest disk of a job', () => {
    expect(spec().workerPoolSpecs).toEqual([{
      machineSpec: { machineType: 'e2-highmem-2' }, replicaCount: '1', diskSpec: { bootDiskSizeGb: 100 }, containerSpec: expect.objectContaining({ imageUri: IMAGE, args: ['train'] }),
    }]);
    expect(spec().scheduling).toEqual({ timeout: '86400s' });
  });

  test('have the GPUs, vCPUs, memory and disk that were asked for', () => {
    const pool = spec({ compute: { accelerator: L4, acceleratorCount: 4, vcpus: 40, memoryGiB: 100, volumeGiB: 500 } }).workerPoolSpecs[0];
    expect(pool.machineSpec).toEqual({ machineType: 'g2-standard-48', acceleratorType: 'NVIDIA_L4', acceleratorCount: 4 });
    expect(pool.diskSpec).toEqual({ bootDiskSizeGb: 500 });
  });

  test('several are a chief and workers of one kind, which start again together', () => {
    const { workerPoolSpecs, scheduling } = spec({ compute: { accelerator: L4, instanceCount: 4 } });
    expect(workerPoolSpecs.map(({ replicaCount }: any) => replicaCount)).toEqual(['1', '3']);
    expect(workerPoolSpecs[1].machineSpec).toEqual(workerPoolSpecs[0].machineSpec);
    expect(workerPoolSpecs[1].containerSpec).toEqual(workerPoolSpecs[0].containerSpec);
    expect(scheduling).toEqual({ timeout: '86400s', restartJobOnWorkerRestart: true });
  });

  test('can be named', () => {
    expect(spec({ machineType: 'a2-highgpu-1g' }).workerPoolSpecs[0].machineSpec).toEqual({
      machineType: 'a2-highgpu-1g', acceleratorType: 'NVIDIA_TESLA_A100', acceleratorCount: 1,
    });
  });

  test('can be TPUs', () => {
    expect(spec({ machineType: 'ct6e-standard-4t', tpuTopology: '4x4' }).workerPoolSpecs).toEqual([
      expect.objectContaining({ machineSpec: { machineType: 'ct6e-standard-4t', tpuTopology: '4x4' }, replicaCount: '1' }),
    ]);
  });

  test('stop when the time is over', () => {
    expect(spec({ maxRuntimeHours: 1.5 }).scheduling).toEqual({ timeout: '5400s' });
  });

  test('are not tried again by Vertex AI either when nothing is', () => {
    expect(spec({ retries: 0 }).scheduling).toEqual({ timeout: '86400s', disableRetries: true });
  });

  test('a machine that the region may not have is a warning, not an error', () => {
    const { training } = new TrainingWorld({ machineType: 'a2-ultragpu-1g' }, { project: { region: 'europe-west3' } });
    expect(training.node.metadata.map(({ data }) => data)).toEqual([
      "training pipeline 'Stack/Training': no zone of europe-west3 has a2-ultragpu-1g: asia-southeast1, europe-west4, us-central1, us-east4, us-east5 have",
    ]);
  });

  test.each<[Partial<TrainingPipelineProps>, string]>([
    [{ compute: { accelerator: Accelerator.NVIDIA_A10G } },
      'compute.accelerator must be one that Vertex AI has for training: nvidia-t4, nvidia-v100, nvidia-l4, nvidia-rtx-pro-6000, nvidia-a100, nvidia-a100-80gb, nvidia-h100, nvidia-h100-mega, nvidia-h200, nvidia-b200, got \'nvidia-a10g\''],
    [{ compute: { accelerator: L4, acceleratorCount: 3 } }, 'compute.acceleratorCount must be 1, 2, 4 or 8 for nvidia-l4 in training on Google Cloud, got 3'],
    [{ compute: { instanceCount: 0 } }, 'compute.instanceCount must be a whole number between 1 and 1000, got 0'],
    [{ compute: { volumeGiB: 65000 } }, 'compute.volumeGiB must be a whole number between 1 and 64000, got 65000'],
    [{ maxRuntimeHours: 0 }, 'maxRuntimeHours must be between 0.1 and 672, got 0'],
    [{ retries: 6 }, 'retries must be a whole number between 0 and 5, got 6'],
    [{ tpuTopology: '2x2' }, 'tpuTopology 2x2 needs a machineType with TPUs'],
    [{ machineType: 'ct6e-standard-4t', tpuTopology: '2x2', compute: { instanceCount: 2 } },
      'compute.instanceCount must be 1 with TPUs: the machines of a slice follow from its tpuTopology, 2x2, got 2'],
    [{ machineType: 'ct6e-standard-4t', tpuTopology: '2x2', compute: { accelerator: L4 } },
      'machineType ct6e-standard-4t has TPUs, compute.accelerator nvidia-l4 is a GPU: leave one out'],
    [{ processingCompute: { vcpus: 500 } }, 'compute.vcpus must be a whole number between 1 and 384, got 500'],
    [{ processingCompute: { instanceCount: 2 } }, 'processingCompute.instanceCount must be 1: preparing and evaluating run on one machine, got 2'],
    [{ maxProcessingHours: 200 }, 'maxProcessingHours must be between 0.1 and 168, got 200'],
  ])('refuses %j', (props, sentence) => {
    expect(refusal(props)).toThrow(said(sentence));
  });

  test('refuses a GPU that the region does not have', () => {
    expect(refusal({ compute: { accelerator: Accelerator.NVIDIA_V100 } }, { project: { region: 'europe-west3' } })).toThrow(said(
      'no zone of europe-west3 has nvidia-v100: asia-east1, europe-west4, us-central1, us-east1, us-west1 have; or name the machine with machineType if the region has gained it since'));
  });
});

describe('the capacity', () => {
  const training = (capacity: Capacity, more: Partial<TrainingPipelineProps> = {}) =>
    job({ capacity, compute: { accelerator: L4 }, ...more }).jobSpec;

  test('spot machines start again when they were taken away', () => {
    expect(training(Capacity.spot()).scheduling).toEqual({ timeout: '86400s', strategy: 'SPOT', restartJobOnWorkerRestart: true });
  });

  test('spot machines start again even if nothing else is tried again', () => {
    expect(training(Capacity.spot(), { retries: 0 }).scheduling).toEqual({ timeout: '86400s', strategy: 'SPOT', restartJobOnWorkerRestart: true });
  });

  test('spot machines can have TPUs, one machine of them', () => {
    expect(job({ capacity: Capacity.spot(), machineType: 'ct6e-standard-4t', tpuTopology: '2x2' }).jobSpec.scheduling.strategy).toBe('SPOT');
  });

  test('flex-start queues for a day, or as long as it is told', () => {
    expect(training(VertexCapacity.flexStart()).scheduling).toEqual({ timeout: '86400s', strategy: 'FLEX_START', maxWaitDuration: '86400s' });
    expect(training(VertexCapacity.flexStart({ maxWaitHours: 0.5 })).scheduling).toMatchObject({ maxWaitDuration: '1800s' });
    expect(training(VertexCapacity.flexStart({ maxWaitHours: 0 })).scheduling).toMatchObject({ maxWaitDuration: '0s' });
    expect(training(VertexCapacity.flexStart(), { maxRuntimeHours: 168 }).scheduling).toMatchObject({ timeout: '604800s' });
  });

  test('a reservation is named', () => {
    const reservation = 'projects/my-project/zones/europe-west4-a/reservations/gpus';
    expect(training(Capacity.reserved(reservation)).workerPoolSpecs[0].machineSpec).toEqual({
      machineType: 'g2-standard-4',
      acceleratorType: 'NVIDIA_L4',
      acceleratorCount: 1,
      reservationAffinity: { reservationAffinityType: 'SPECIFIC_RESERVATION', key: 'compute.googleapis.com/reservation-name', values: [reservation] },
    });
  });

  test('any reservation will do', () => {
    expect(training(VertexCapacity.anyReservation()).workerPoolSpecs[0].machineSpec.reservationAffinity).toEqual({ reservationAffinityType: 'ANY_RESERVATION' });
  });

  test('small H100 machines come as spot, by queue or from a reservation', () => {
    const compute = { accelerator: Accelerator.NVIDIA_H100 };
    expect(training(Capacity.spot(), { compute }).workerPoolSpecs[0].machineSpec.machineType).toBe('a3-highgpu-1g');
    expect(training(VertexCapacity.flexStart(), { compute }).workerPoolSpecs[0].machineSpec.machineType).toBe('a3-highgpu-1g');
    expect(training(Capacity.reserved('projects/p/zones/europe-west4-b/reservations/h'), { compute }).workerPoolSpecs[0].machineSpec.machineType).toBe('a3-highgpu-1g');
  });

  test.each<[string, Partial<TrainingPipelineProps>, string]>([
    ['a wait that is shorter than the run', { capacity: Capacity.spot({ maxWaitHours: 1 }), maxRuntimeHours: 2 },
      'capacity.maxWaitHours must be at least maxRuntimeHours, which is 2, because the wait includes the run, got 1'],
    ['spot for a slice of TPUs', { capacity: Capacity.spot(), machineType: 'ct6e-standard-4t', tpuTopology: '4x4' },
      'Capacity.spot() is not for slices of several machines, and 4x4 of ct6e-standard-4t is one'],
    ['flex-start for TPUs', { capacity: VertexCapacity.flexStart(), machineType: 'ct6e-standard-4t', tpuTopology: '2x2' },
      'VertexCapacity.flexStart() queues for L4, A100, H100, H200 and B200, and ct6e-standard-4t is none of them'],
    ['flex-start without a GPU', { capacity: VertexCapacity.flexStart() },
      'VertexCapacity.flexStart() queues for L4, A100, H100, H200 and B200, and e2-highmem-2 is none of them'],
    ['flex-start with a GPU that has no queue', { capacity: VertexCapacity.flexStart(), compute: { accelerator: Accelerator.NVIDIA_T4 } },
      'VertexCapacity.flexStart() queues for L4, A100, H100, H200 and B200, and n1-highmem-2 with NVIDIA_TESLA_T4 is none of them'],
    ['flex-start for more than a week', { capacity: VertexCapacity.flexStart(), compute: { accelerator: L4 }, maxRuntimeHours: 169 },
      'maxRuntimeHours must be at most 168 with VertexCapacity.flexStart(): machines are given for seven days, got 169'],
    ['a reservation without its zone', { capacity: Capacity.reserved('gpus') },
      "capacity.reservation must be a reservation of Compute Engine, projects/<id>/zones/<zone>/reservations/<name>, got 'gpus'"],
    ['a reservation elsewhere', { capacity: Capacity.reserved('projects/p/zones/us-central1-a/reservations/gpus') },
      "capacity.reservation must be a reservation in a zone of europe-west4, where the jobs run, got 'projects/p/zones/us-central1-a/reservations/gpus'"],
    ['one H100 on demand', { compute: { accelerator: Accelerator.NVIDIA_H100 } },
      'a3-highgpu-1g is not given on demand: use Capacity.spot(), VertexCapacity.flexStart() or Capacity.reserved(), or acceleratorCount 8'],
    ['one H100 of any reservation', { compute: { accelerator: Accelerator.NVIDIA_H100 }, capacity: VertexCapacity.anyReservation() },
      'a3-highgpu-1g is not given from just any reservation: use Capacity.spot(), VertexCapacity.flexStart() or Capacity.reserved(), or acceleratorCount 8'],
    ['what another cloud has', { capacity: { kind: 'warm-pool' } as Capacity },
      "capacity must be on-demand, spot, reserved, VertexCapacity.flexStart or VertexCapacity.anyReservation on Google Cloud, got 'warm-pool'"],
  ])('refuses %s', (_, props, sentence) => {
    expect(refusal(props)).toThrow(said(sentence));
  });

  test('refuses a wait of less than nothing', () => {
    expect(() => VertexCapacity.flexStart({ maxWaitHours: -1 })).toThrow(new Error("capacity 'flexStart': maxWaitHours must be between 0 and 672, got -1"));
  });
});

describe('quotas', () => {
  const quotas = (props: Wish) => new TrainingWorld(props).training.quotas;

  test('are the GPUs of all machines, and the vCPUs of the machines without', () => {
    expect(quotas({ compute: { accelerator: L4, acceleratorCount: 4, instanceCount: 3 } })).toEqual([
      { metric: 'custom_model_training_nvidia_l4_gpus', count: 12 }, { metric: 'custom_model_training_cpus', count: 2 },
    ]);
    expect(quotas({ compute: { vcpus: 16 }, processingCompute: { vcpus: 4 } })).toEqual([{ metric: 'custom_model_training_cpus', count: 16 }]);
  });

  test('of spot and flex-start are others', () => {
    expect(quotas({ compute: { accelerator: L4 }, capacity: Capacity.spot() })[0]).toEqual({ metric: 'custom_model_training_preemptible_nvidia_l4_gpus', count: 1 });
    expect(quotas({ compute: { accelerator: L4 }, capacity: VertexCapacity.flexStart() })[0].metric).toBe('custom_model_training_preemptible_nvidia_l4_gpus');
  });

  test('of TPUs are chips; of a machine that is newer than the table nothing is known', () => {
    expect(quotas({ machineType: 'ct5lp-hightpu-4t', tpuTopology: '4x8' })[0]).toEqual({ metric: 'custom_model_training_tpu_v5e', count: 32 });
    expect(quotas({ machineType: 'a9-highgpu-8g' })).toEqual([{ metric: 'custom_model_training_cpus', count: 2 }]);
  });

  test('are told at every deployment', () => {
    const outputs = Object.values(new TrainingWorld({ compute: { accelerator: L4 } }).config.output);
    expect(outputs).toEqual([{
      value: ['custom_model_training_nvidia_l4_gpus: 1', 'custom_model_training_cpus: 2'],
      description: 'Quotas of aiplatform.googleapis.com in europe-west4 that a run of Stack/Training takes',
    }]);
  });
});

describe('the jobs', () => {
  test('run as an identity of their own, encrypted, without a door', () => {
    expect(job()).toMatchObject({
      displayName: 'train-00000000-0000-4000-8000-000000000000',
      labels: { model: 'churn', run: '00000000-0000-4000-8000-000000000000', step: 'train' },
      encryptionSpec: { kmsKeyName: expect.stringContaining('google_kms_crypto_key.Data_Key') },
      jobSpec: {
        serviceAccount: expect.stringContaining('google_service_account.Training_JobAccount'),
        baseOutputDirectory: { outputUriPrefix: expect.stringMatching(/^gs:\/\/<google_storage_bucket\.Data_Artifacts_[0-9A-F]{8}\.name>\/training\/00000000-0000-4000-8000-000000000000$/) },
        enableWebAccess: false,
        enableDashboardAccess: false,
      },
    });
    expect(job().jobSpec).not.toHaveProperty('network');
    expect(job().jobSpec).not.toHaveProperty('tensorboard');
  });

  test('take the identity that they are given', () => {
    const given = (world: TrainingWorld) => ({ jobServiceAccount: ServiceAccount.fromEmail(world.stack, 'Mine', 'mine@my-project.iam.gserviceaccount.com') });
    expect(job(given).jobSpec.serviceAccount).toBe('mine@my-project.iam.gserviceaccount.com');
    expect(resourceAt(new TrainingWorld(given).config, 'google_storage_bucket_iam_member', 'Training_JobsRead').member)
      .toBe('serviceAccount:mine@my-project.iam.gserviceaccount.com');
  });

  test('that prepare and evaluate have machines and a time of their own', () => {
    const evaluate = job({ processingCompute: { vcpus: 8, memoryGiB: 30, volumeGiB: 300 }, maxProcessingHours: 0.5 }, 'evaluate').jobSpec;
    expect(evaluate.workerPoolSpecs).toEqual([expect.objectContaining({
      machineSpec: { machineType: 'e2-standard-8' }, replicaCount: '1', diskSpec: { bootDiskSizeGb: 300 },
    })]);
    expect(evaluate.scheduling).toEqual({ timeout: '1800s' });
    expect(job({}, 'evaluate').jobSpec.scheduling).toEqual({ timeout: '7200s' });
  });

  test('get values that only Terraform knows', () => {
    const made = job((world) => ({ environment: { BUCKET: world.data.rawBucketName }, hyperparameters: { bucket: world.data.rawBucketName } }));
    const { env } = made.jobSpec.workerPoolSpecs[0].containerSpec;
    expect(env[0]).toEqual({ name: 'BUCKET', value: expect.stringMatching(/^<google_storage_bucket\.Data_Raw_[0-9A-F]{8}\.name>$/) });
    expect(env[5].value).toMatch(/^\{"bucket":"<google_storage_bucket\.Data_Raw_[0-9A-F]{8}\.name>"\}$/);
  });

  test('get your environment and labels, and what a tracker needs', () => {
    const props = (world: TrainingWorld): Partial<TrainingPipelineProps> => ({
      environment: { STAGE: 'dev' },
      labels: { team: 'ml' },
      tracking: {
        node: world.stack.node, trackingUri: 'https://t', publicAddress: true, environment: { MLFLOW_TRACKING_URI: 'https://t' }, grantUse: () => new Grant([]),
      } as unknown as ExperimentTracker,
    });
    for (const verb of ['train', 'evaluate']) {
      const made = job(props, verb);
      expect(made.labels).toMatchObject({ team: 'ml', step: verb });
      expect(made.jobSpec.workerPoolSpecs[0].containerSpec.env.slice(0, 2)).toEqual([
        { name: 'MLFLOW_TRACKING_URI', value: 'https://t' }, { name: 'STAGE', value: 'dev' },
      ]);
    }
  });

  test('may write to the tracker that answers from outside, and to the TensorBoard', () => {
    const world = new TrainingWorld((here) => ({
      tracking: new ExperimentTracker(here.stack, 'Tracking', { data: here.data, publicAddress: true }), tensorboard: 'projects/123456789012/locations/europe-west4/tensorboards/7',
    }));
    const roles = (resourceType: string) => resourcesOf(world.config, resourceType)
      .filter(({ member }) => member.includes('Training_JobAccount')).map(({ role }) => role);
    expect(roles('google_cloud_run_v2_service_iam_member')).toEqual(['roles/run.invoker']);
    expect(roles('google_project_iam_member').sort()).toEqual(['roles/aiplatform.user', 'roles/logging.logWriter']);
    const vertex = new FakeTraining();
    vertex.run(world);
    expect(vertex.job('train').jobSpec.tensorboard).toBe('projects/123456789012/locations/europe-west4/tensorboards/7');
    expect(vertex.job('evaluate').jobSpec).not.toHaveProperty('tensorboard');
  });

  test('stand in the network by the number of its project', () => {
    const network = (world: TrainingWorld) => ({ network: new PrivateNetwork(world.stack, 'Network') });
    const { jobSpec } = job(network);
    expect(jobSpec.network).toMatch(/^projects\/123456789012\/global\/networks\/<google_compute_network\.Network_[0-9A-F]{8}\.name>$/);
    const workflow = onlyResource(new TrainingWorld(network).config, 'google_workflows_workflow');
    expect(workflow.depends_on).toEqual(expect.arrayContaining([expect.stringMatching(/^google_service_networking_connection\.Network_Connection/)]));
  });

  test('stand in a network of yours', () => {
    const named = (networkId: string): { network: INetwork } => ({
      network: PrivateNetwork.fromAttributes({ networkId, subnetworkId: 'projects/my-project/regions/europe-west4/subnetworks/jobs' }),
    });
    expect(job(named('projects/my-project/global/networks/main')).jobSpec.network).toBe('projects/123456789012/global/networks/main');
    expect(job(named('projects/987654321/global/networks/shared')).jobSpec.network).toBe('projects/987654321/global/networks/shared');
    expect(refusal(named('projects/host-project/global/networks/shared'))).toThrow(said(
      "network.networkId must be a network of this project, or one that is named by the number of its project, got 'projects/host-project/global/networks/shared'"));
  });

  test('reach a network through an attachment', () => {
    const networkAttachment = 'projects/my-project/regions/europe-west4/networkAttachments/jobs';
    for (const verb of ['train', 'evaluate']) expect(job({ networkAttachment }, verb).jobSpec.pscInterfaceConfig).toEqual({ networkAttachment });
  });

  test.each<[Wish, string]>([
    [{ datasetPrefix: 'dataset' }, "datasetPrefix must be a prefix of the raw bucket like 'dataset/', without quotes, \\ and $, got 'dataset'"],
    [{ datasetPrefix: 'gs://raw/dataset/' }, "datasetPrefix must be a prefix of the raw bucket like 'dataset/', without quotes, \\ and $, got 'gs://raw/dataset/'"],
    [{ datasetPrefix: 's3://raw/dataset/' },
      "datasetPrefix must be a folder of the bucket like 'dataset/': it ends in '/', without the bucket and without a slash in front, got 's3://raw/dataset/'"],
    [{ datasetPrefix: 'a"b/' }, "datasetPrefix must be a prefix of the raw bucket like 'dataset/', without quotes, \\ and $, got 'a\"b/'"],
    [{ image: ContainerImage.fromUri('repo/${tag}') }, "image must be text without ${, which Workflows would compute, got 'repo/${tag}'"],
    [{ machineType: '${machine}' }, "machineType must be text without ${, which Workflows would compute, got '${machine}'"],
    [{ capacity: Capacity.reserved('projects/${p}/zones/europe-west4-a/reservations/r') },
      "capacity.reservation must be text without ${, which Workflows would compute, got 'projects/${p}/zones/europe-west4-a/reservations/r'"],
    [{ hyperparameters: { a: '${run}' } }, "hyperparameters.a must be text without ${, which Workflows would compute, got '${run}'"],
    [{ environment: { A: 'x${run}' } }, "environment.A must be text without ${, which Workflows would compute, got 'x${run}'"],
    [{ servingImage: ContainerImage.fromUri('${tag}') }, "image must be text without ${, which Workflows would compute, got '${tag}'"],
    [{ servingContainer: { args: [] } }, 'servingContainer.args must be left out, or what is run, got []'],
    [{ servingContainer: { command: ['${run}'] } }, "servingContainer.command must be text without ${, which Workflows would compute, got '${run}'"],
    [{ servingContainer: { port: 0 } }, 'servingContainer.port must be a whole number between 1 and 65535, got 0'],
    [{ servingContainer: { predictRoute: 'v1' } }, "servingContainer.predictRoute must be a path like /v1/completions, got 'v1'"],
    [{ servingContainer: { healthRoute: '/${run}' } }, "servingContainer.healthRoute must be text without ${, which Workflows would compute, got '/${run}'"],
    [{ servingContainer: { sharedMemorySizeMb: 1 } }, 'servingContainer.sharedMemorySizeMb must be a whole number between 64 and 1048576, got 1'],
    [{ servingContainer: { deploymentTimeoutMinutes: 121 } }, 'servingContainer.deploymentTimeoutMinutes must be between 1 and 120, got 121'],
    [{ servingEnvironment: { A: '${run}' } }, "servingEnvironment.A must be text without ${, which Workflows would compute, got '${run}'"],
    [{ template: VertexPipeline.template(TEMPLATE, { parameters: { a: '${run}' } }) },
      "template.parameters.a must be text without ${, which Workflows would compute, got '${run}'"],
    [{ hyperparameters: { 'a b': '1' } }, "hyperparameters must be named with letters, digits, _ and -, at most 64, got 'a b'"],
    [{ hyperparameters: { a: 'x'.repeat(1025) } }, "hyperparameters.a must be at most 1024 characters long, got '1025 characters'"],
    [{ environment: { MLOPS_INPUT_DIR: '/x' } },
      "environment must be named with letters, digits and _, and not MLOPS_…, AIP_… or what Vertex AI sets for clusters, got 'MLOPS_INPUT_DIR'"],
    [{ environment: { CLUSTER_SPEC: '{}' } },
      "environment must be named with letters, digits and _, and not MLOPS_…, AIP_… or what Vertex AI sets for clusters, got 'CLUSTER_SPEC'"],
    [{ labels: { run: 'x' } }, "labels must be keys of lower-case letters, digits, _ and -, at most 63, and not run, step or model, got 'run'"],
    [{ labels: { team: 'M L' } }, "labels.team must be lower-case letters, digits, _ and -, at most 63, got 'M L'"],
    [{ networkAttachment: 'jobs' }, "networkAttachment must be projects/<id>/regions/<region>/networkAttachments/<name>, got 'jobs'"],
    [{ tensorboard: '7' }, "tensorboard must be projects/<id>/locations/<region>/tensorboards/<number>, got '7'"],
    [(world) => ({ network: new PrivateNetwork(world.stack, 'Network'), networkAttachment: 'projects/p/regions/r/networkAttachments/n' }),
      'network and networkAttachment are two ways into a network, peering and Private Service Connect: leave one out'],
    [{ image: ContainerImage.fromDirectory('workload') },
      "image of the directory 'workload' cannot be built by Terraform: let CI push it to the registry of the stack and give ContainerImage.fromUri"],
  ])('refuses %#', (props, sentence) => {
    expect(refusal(props)).toThrow(said(sentence));
  });
});

describe('the version', () => {
  const version = (props: Partial<TrainingPipelineProps> = {}) => {
    const vertex = new FakeTraining();
    vertex.run(new TrainingWorld(props));
    return vertex.uploads[0].model;
  };

  test('serves the model of the run with the same image', () => {
    expect(version()).toEqual({
      displayName: 'churn',
      artifactUri: expect.stringMatching(/^gs:\/\/<google_storage_bucket\.Data_Artifacts_[0-9A-F]{8}\.name>\/training\/00000000-0000-4000-8000-000000000000\/model$/),
      containerSpec: { imageUri: IMAGE, args: ['serve'], env: [], ports: [{ containerPort: 8080 }], predictRoute: '/predict', healthRoute: '/ping' },
      labels: { model: 'churn', run: '00000000-0000-4000-8000-000000000000' },
      versionAliases: ['candidate'],
      versionDescription: 'Run 00000000-0000-4000-8000-000000000000, started by hand',
      encryptionSpec: { kmsKeyName: expect.stringContaining('google_kms_crypto_key.Data_Key') },
    });
  });

  test('gets its own environment and your labels', () => {
    expect(version({ servingEnvironment: { THREADS: '8' }, labels: { team: 'ml' } })).toMatchObject({
      containerSpec: { env: [{ name: 'THREADS', value: '8' }] }, labels: { team: 'ml' },
    });
  });

  test('may be served by another image, which says itself how it is run', () => {
    const wish = {
      servingImage: ContainerImage.fromUri('vllm:1'),
      servingContainer: { args: ['--port', '8000'], port: 8000, predictRoute: '/v1/completions', healthRoute: '/health', sharedMemorySizeMb: 1024, deploymentTimeoutMinutes: 120 },
      servingEnvironment: { THREADS: '8' },
    };
    expect(version(wish).containerSpec).toEqual({
      imageUri: 'vllm:1',
      args: ['--port', '8000'],
      ports: [{ containerPort: 8000 }],
      predictRoute: '/v1/completions',
      healthRoute: '/health',
      sharedMemorySizeMb: '1024',
      deploymentTimeout: '7200s',
      env: [{ name: 'THREADS', value: '8' }],
    });
  });

  test('cannot be told where the library puts things', () => {
    expect(refusal({ servingEnvironment: { MLOPS_MODEL_DIR: '/x' } })).toThrow(said(
      "servingEnvironment must be named with letters, digits and _, and not MLOPS_…, AIP_… or what Vertex AI sets for clusters, got 'MLOPS_MODEL_DIR'"));
  });
});

describe('the workflow', () => {
  const workflow = () => onlyResource(new TrainingWorld().config, 'google_workflows_workflow');

  test('is encrypted, runs as its own identity, and holds nothing', () => {
    expect(workflow()).toMatchObject({
      project: 'my-project',
      region: 'europe-west4',
      description: 'Trains, evaluates and registers churn',
      service_account: expect.stringContaining('google_service_account.Training_WorkflowAccount'),
      crypto_key_name: expect.stringContaining('google_kms_crypto_key.Data_Key'),
      deletion_protection: false,
    });
  });

  test('waits for everything that its first run needs', () => {
    const needs = workflow().depends_on.map((each: string) => each.replace(/_[0-9A-F]{8}$/, ''));
    expect(needs).toEqual(expect.arrayContaining([
      'google_kms_crypto_key_iam_member.Data_Key_Agent-aiplatform',
      'google_artifact_registry_repository_iam_member.Registry_VertexPull',
      'google_storage_bucket_iam_member.Training_JobsRead',
      'google_storage_bucket_iam_member.Training_JobsWrite-training',
      'google_storage_bucket_iam_member.Training_JobsWrite-checkpoints',
      'google_storage_bucket_iam_member.Training_WorkflowReads',
      expect.stringContaining('google_service_account_iam_member.Training_JobAccount_Grant-act-as'),
    ]));
  });

  test('hands its id and name to others', () => {
    const { training, config } = new TrainingWorld();
    expect(Object.keys(config.resource.google_workflows_workflow)).toHaveLength(1);
    expect([training.workflowId, training.workflowName, training.startTopicId].every((each) => each.includes('TfToken'))).toBe(true);
    expect(training.imageUri).toBe(IMAGE);
  });
});

describe('permissions', () => {
  const all = () => {
    const { config } = new TrainingWorld();
    const of = (account: string) => ['google_project_iam_member', 'google_storage_bucket_iam_member', 'google_artifact_registry_repository_iam_member', 'google_service_account_iam_member']
      .flatMap((resourceType) => resourcesOf(config, resourceType)).filter(({ member }) => member.includes(account))
      .map((each) => [each.role, each.condition?.title ?? each.service_account_id?.replace(/_[0-9A-F]{8}/, '')].filter((part) => part !== undefined).join(' on '))
      .sort();
    return { jobs: of('Training_JobAccount'), workflow: of('Training_WorkflowAccount') };
  };

  test('of the jobs: read the data set, write runs, checkpoints and logs, pull the image, and nothing else', () => {
    expect(all().jobs).toEqual([
      'roles/artifactregistry.reader',
      'roles/logging.logWriter',
      'roles/storage.objectUser on objects below checkpoints/',
      'roles/storage.objectUser on objects below training/',
      'roles/storage.objectViewer on objects below dataset/',
    ]);
  });

  test('of the workflow: start jobs, register, read evaluations, see other runs, write the log', () => {
    expect(all().workflow).toEqual([
      'roles/aiplatform.user',
      'roles/iam.serviceAccountUser on ${google_service_account.Training_JobAccount.name}',
      'roles/logging.logWriter',
      'roles/storage.objectViewer on objects below training/',
      'roles/workflows.viewer',
    ]);
  });

  test('reach the folders on the way to a prefix, which a mounted bucket is asked for', () => {
    const { config } = new TrainingWorld({ datasetPrefix: 'team/churn/' });
    const { bucket, condition } = resourceAt(config, 'google_storage_bucket_iam_member', 'Training_JobsRead');
    const objects = `projects/_/buckets/${bucket}/objects/`;
    expect(condition.expression.split(' || ')).toEqual([
      'resource.type == "storage.googleapis.com/Bucket"',
      `resource.name.startsWith("${objects}team/churn/")`,
      `resource.name == "${objects}team"`,
      `resource.name == "${objects}team/"`,
      `resource.name == "${objects}team/churn"`,
    ]);
  });

  test('of those who may start runs', () => {
    const world = new TrainingWorld();
    world.training.grantStart(Principal.group('ml@example.com'));
    expect(onlyResource(world.config, 'google_pubsub_topic_iam_member')).toMatchObject({
      role: 'roles/pubsub.publisher', topic: expect.stringMatching(/google_pubsub_topic\.Training_Start_\w+\.id/), member: 'group:ml@example.com',
    });
    // A right on the workflow would be one on every workflow of the project: also on the rollout, without an approval.
    expect(resourcesOf(world.config, 'google_project_iam_member').filter(({ member }) => member === 'group:ml@example.com')).toEqual([]);
  });
});

describe('triggers', () => {
  test('messages always start runs', () => {
    const { config } = new TrainingWorld();
    expect(onlyResource(config, 'google_eventarc_trigger')).toMatchObject({
      name: expect.stringMatching(/^stack-training-onmessage-[0-9a-f]{8}$/),
      project: 'my-project',
      location: 'europe-west4',
      matching_criteria: [{ attribute: 'type', value: 'google.cloud.pubsub.topic.v1.messagePublished' }],
      destination: { workflow: expect.stringContaining('google_workflows_workflow.Training_Workflow') },
      service_account: expect.stringContaining('google_service_account.Training_EventCaller'),
      transport: { pubsub: { topic: expect.stringContaining('google_pubsub_topic.Training_Start') } },
      event_data_content_type: 'application/json',
      depends_on: expect.arrayContaining([expect.stringMatching(/^time_sleep\.Google_AgentSettled-eventarc/)]),
    });
    expect(resourceAt(config, 'google_pubsub_topic', 'Training_Start')).toMatchObject({
      kms_key_name: expect.stringContaining('google_kms_crypto_key.Data_Key'),
      message_retention_duration: '86400s',
      message_storage_policy: { allowed_persistence_regions: ['europe-west4'] },
    });
    const caller = resourcesOf(config, 'google_project_iam_member').filter(({ member }) => member.includes('EventCaller')).map(({ role }) => role);
    expect(caller.sort()).toEqual(['roles/eventarc.eventReceiver', 'roles/workflows.invoker']);
    expect(config.resource.google_cloud_scheduler_job).toBeUndefined();
  });

  test('new objects of the raw bucket do, when a prefix is watched', () => {
    const { config } = new TrainingWorld({ triggers: [Trigger.newData('a/'), Trigger.newData('b/')] });
    const trigger = resourceAt(config, 'google_eventarc_trigger', 'Training_OnNewData');
    expect(trigger).toMatchObject({
      matching_criteria: [
        { attribute: 'type', value: 'google.cloud.storage.object.v1.finalized' },
        { attribute: 'bucket', value: expect.stringContaining('google_storage_bucket.Data_Raw') },
      ],
      depends_on: expect.arrayContaining([expect.stringMatching(/^time_sleep\.Google_StorageReady/)]),
    });
    expect(trigger).not.toHaveProperty('transport');
    expect(resourceAt(config, 'google_project_iam_member', 'Google_StoragePublishes')).toMatchObject({
      role: 'roles/pubsub.publisher', member: 'serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com',
    });
    expect(resourceAt(config, 'time_sleep', 'Google_StorageReady')).toMatchObject({
      create_duration: '120s', depends_on: [expect.stringContaining('Google_StoragePublishes')],
    });
  });

  test('times do', () => {
    const { config } = new TrainingWorld({
      triggers: [Trigger.newData('a/'), Trigger.schedule(Schedule.weekly({ hour: 4, timeZone: 'Europe/Berlin' })), Trigger.schedule(Schedule.hourly())],
    });
    expect(resourcesOf(config, 'google_cloud_scheduler_job')).toHaveLength(2);
    expect(resourceAt(config, 'google_cloud_scheduler_job', 'Training_Trigger2')).toMatchObject({ schedule: '0 4 * * 1', time_zone: 'Europe/Berlin' });
    expect(JSON.stringify(resourceAt(config, 'google_cloud_scheduler_job', 'Training_Trigger3').http_target.body)).toContain('schedule');
  });
});

describe('a template', () => {
  test('may be read, and its tasks may be made', () => {
    const { config } = new TrainingWorld({ template: VertexPipeline.template(TEMPLATE) });
    const given = ['google_project_iam_member', 'google_artifact_registry_repository_iam_member'].flatMap((resourceType) => resourcesOf(config, resourceType))
      .filter(({ member }) => member.includes('Training_JobAccount')).map(({ role }) => role);
    expect(given.sort()).toEqual(['roles/aiplatform.user', 'roles/artifactregistry.reader', 'roles/artifactregistry.reader', 'roles/logging.logWriter']);
  });

  test('takes names of its own parameters, the network and the attachment', () => {
    const template = VertexPipeline.template(TEMPLATE, { runFolderParameter: 'out', datasetParameter: 'in' });
    const networkAttachment = 'projects/my-project/regions/europe-west4/networkAttachments/jobs';
    const text = JSON.stringify(new TrainingWorld({ template, networkAttachment }).definition);
    expect(text).toContain('"out":"${\\"gs://');
    expect(text).toContain('"in":"${\\"gs://');
    expect(text).toContain(`"pscInterfaceConfig":{"networkAttachment":"${networkAttachment}"}`);
    expect(JSON.stringify(new TrainingWorld((world) => ({ template, network: new PrivateNetwork(world.stack, 'Network') })).definition))
      .toContain('"network":"projects/123456789012/global/networks/');
  });

  test('needs no quota that is known here', () => {
    const world = new TrainingWorld({ template: VertexPipeline.template(TEMPLATE) });
    expect(world.training.quotas).toEqual([]);
    expect(world.config.output).toBeUndefined();
  });

  test.each<[Partial<TrainingPipelineProps>]>([
    [{ compute: {} }], [{ capacity: Capacity.spot() }], [{ machineType: 'e2-standard-4' }], [{ prepare: true }], [{ maxRuntimeHours: 1 }], [{ retries: 1 }],
    [{ environment: {} }], [{ tensorboard: 'projects/1/locations/europe-west4/tensorboards/7' }], [{ processingCompute: {} }], [{ maxProcessingHours: 1 }],
  ])('says itself what %j would say', (props) => {
    const [own] = Object.keys(props);
    expect(refusal({ ...props, template: VertexPipeline.template(TEMPLATE) })).toThrow(said(
      `${own} and template cannot be together: the pipeline's template says itself what its tasks run on`));
  });

  test.each<[() => VertexPipeline, string]>([
    [() => VertexPipeline.template('gs://bucket/pipeline.json'),
      "pipeline template 'gs://bucket/pipeline.json': templateUri must be https://<region>-kfp.pkg.dev/<project>/<repository>/<name>/<tag or digest>, got 'gs://bucket/pipeline.json'"],
    [() => VertexPipeline.template(TEMPLATE, { runFolderParameter: 'a b' }), `pipeline template '${TEMPLATE}': runFolderParameter must be the name of a parameter, got 'a b'`],
    [() => VertexPipeline.template(TEMPLATE, { datasetParameter: '1' }), `pipeline template '${TEMPLATE}': datasetParameter must be the name of a parameter, got '1'`],
    [() => VertexPipeline.template(TEMPLATE, { maxHours: 0 }), `pipeline template '${TEMPLATE}': maxHours must be between 0.1 and 672, got 0`],
  ])('refuses %#', (make, sentence) => {
    expect(make).toThrow(new Error(sentence));
  });
});

test('a definition that Workflows would not take is refused, with what makes it long', () => {
  const hyperparameters = Object.fromEntries([...Array(400).keys()].map((each) => [`h${each}`, 'x'.repeat(300)]));
  expect(() => new TrainingWorld({ hyperparameters })).toThrow(/workflow '.*': its definition has \d{6} bytes, and Workflows takes 131072: hyperparameters, variables and arguments stand in it/);
});
