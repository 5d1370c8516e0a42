import { TerraformOutput, TerraformStack, TerraformVariable } from 'cdktf';
import { Accelerator, Capacity, Challenger, ContainerImage, Rollout, ScalingTarget, Schedule, Serving } from '../../src/core';
import {
  CloudRunServing, DataLake, EndpointAccess, IDataLake, Ingress, ModelSource, Principal, RemovalPolicy, ServiceAccount, ServingEndpoint,
  ServingEndpointProps, VertexCapacity, VertexServing,
} from '../../src/gcp';
import { acknowledgedOn } from '../../src/terraform/acknowledge';
import { FakeRegistry } from '../support/fake-google';
import { ServingWorld } from '../support/google-serving';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized } from '../support/terraform';
import { validateWorkflow } from '../support/workflows';

const IMAGE = ContainerImage.fromUri('europe-west4-docker.pkg.dev/my-project/churn/churn:1');
const VERSION = 'projects/my-project/locations/europe-west4/models/churn@3';
const refusal = (props: Partial<ServingEndpointProps>) => () => new ServingWorld(props);
const serverless = (options: Parameters<typeof CloudRunServing.service>[0] = {}, props: Partial<ServingEndpointProps> = {}) =>
  new ServingWorld({ serving: CloudRunServing.service(options), image: IMAGE, ...props });
const deployedModel = (props: Partial<ServingEndpointProps> = {}) => {
  const { deploy } = new ServingWorld(props).definition();
  const [{ begin }] = deploy.steps.find((each: any) => 'attempt' in each).attempt.try.steps;
  return begin.try.args.body.deployedModel;
};
const resources = (props: Partial<ServingEndpointProps>) => deployedModel(props).dedicatedResources;
const shares = (rollout: Rollout) => JSON.stringify(new ServingWorld({ rollout }).definition().roll_out);
/** A value as Terraform will have it. */
const resolved = (stack: TerraformStack, value: unknown) => {
  const id = `Out${stack.node.children.length}`;
  new TerraformOutput(stack, id, { value });
  return synthesized(stack).output[id].value;
};
const notes = (stack: TerraformStack) => stack.node.findAll().flatMap(({ node }) => node.metadata).filter(({ type }) => /info|warn/.test(type)).map(({ data }) => data);

describe('a real-time endpoint', () => {
  test('is there before any model is', () => {
    const { config, endpoint } = new ServingWorld();
    expect(onlyResource(config, 'google_vertex_ai_endpoint')).toMatchObject({
      name: endpoint.endpointId,
      display_name: 'Stack/Serving',
      description: 'Serves churn',
      project: 'my-project',
      location: 'europe-west4',
      region: 'europe-west4',
      encryption_spec: { kms_key_name: expect.stringContaining('google_kms_crypto_key.Data_Key') },
      dedicated_endpoint_enabled: true,
      lifecycle: { ignore_changes: ['traffic_split'] },
    });
    expect(endpoint.mode).toBe('real-time');
  });

  test('has a number that never changes, and another in another place', () => {
    expect(new ServingWorld().endpoint.endpointId).toMatch(/^[1-9]\d{9}$/);
    expect(new ServingWorld().endpoint.endpointId).toBe(new ServingWorld().endpoint.endpointId);
    const world = new ServingWorld();
    const other = new ServingEndpoint(world.stack, 'Other', { data: world.data, model: ModelSource.latestApproved(world.registry) });
    expect(other.endpointId).not.toBe(world.endpoint.endpointId);
  });

  test('waits for its key and for the rights to read models and to write logs', () => {
    const { depends_on } = onlyResource(new ServingWorld().config, 'google_vertex_ai_endpoint');
    expect(depends_on).toEqual(expect.arrayContaining([
      expect.stringMatching(/kms_crypto_key_iam_member.*Agent-aiplatform/), expect.stringMatching(/storage_bucket_iam_member.*Artifacts/),
      expect.stringMatching(/project_iam_member.*logging-logWriter/),
    ]));
  });

  test.each([
    ['dedicated', EndpointAccess.dedicated(), { dedicated_endpoint_enabled: true }],
    ['shared', EndpointAccess.shared(), {}],
    ['private', EndpointAccess.privateServiceConnect(['my-project']), { private_service_connect_config: { enable_private_service_connect: true, project_allowlist: ['my-project'] } }],
  ])('can be %s', (_, access, wanted) => {
    const { config, endpoint } = new ServingWorld({ access });
    const { dedicated_endpoint_enabled, private_service_connect_config } = onlyResource(config, 'google_vertex_ai_endpoint');
    expect(JSON.parse(JSON.stringify({ dedicated_endpoint_enabled, private_service_connect_config }))).toEqual(wanted);
    expect(acknowledgedOn(endpoint.node.findChild('Endpoint')).map(([id]) => id)).toEqual(['CKV2_GCP_33']);
  });

  test('knows whether it is private, and whether it has accelerators', () => {
    const of = (props: Partial<ServingEndpointProps>) => {
      const { hasAccelerator, isPrivate } = new ServingWorld(props).endpoint;
      return { hasAccelerator, isPrivate };
    };
    expect(of({})).toEqual({ hasAccelerator: false, isPrivate: false });
    expect(of({ machineType: 'g2-standard-8', access: EndpointAccess.privateServiceConnect(['my-project']) })).toEqual({ hasAccelerator: true, isPrivate: true });
    expect(of({ access: EndpointAccess.shared() }).isPrivate).toBe(false);
    const image = IMAGE;
    expect(of({ serving: Serving.serverless(), image }).hasAccelerator).toBe(false);
    expect(of({ serving: CloudRunServing.service({ accelerator: Accelerator.NVIDIA_L4 }), image }).hasAccelerator).toBe(true);
  });

  test('that is private is watched by the metrics of private endpoints', () => {
    const measure = (access: EndpointAccess) => JSON.stringify(new ServingWorld({ access }).definition().measure);
    expect(measure(EndpointAccess.privateServiceConnect(['my-project']))).toContain('prediction/online/private/response_count');
    expect(measure(EndpointAccess.shared())).not.toContain('/private/');
  });

  test.each([
    ['no projects', () => EndpointAccess.privateServiceConnect([]), "endpoint access 'private service connect': projectIds must be one project at least, got []"],
    ['a number', () => EndpointAccess.privateServiceConnect(['123456789']), "endpoint access 'private service connect': projectIds must be ids of projects, got '123456789'"],
  ])('refuses private service connect for %s', (_, make, message) => {
    expect(make).toThrow(new Error(message));
  });

  test('is rolled out to when a version is approved', () => {
    const { config } = new ServingWorld();
    expect(resourceAt(config, 'google_eventarc_trigger', 'Serving_Approved')).toMatchObject({
      matching_criteria: [{ attribute: 'type', value: 'google.cloud.pubsub.topic.v1.messagePublished' }],
      transport: { pubsub: { topic: 'projects/my-project/topics/approve' } },
      destination: { workflow: expect.stringContaining('google_workflows_workflow.Serving_Rollout') },
      location: 'europe-west4',
    });
    expect(resourceAt(config, 'google_workflows_workflow', 'Serving_Rollout')).toMatchObject({ deletion_protection: false });
  });

  test('names its workflows', () => {
    const { endpoint, stack } = new ServingWorld();
    expect(resolved(stack, endpoint.workflowId)).toMatch(/google_workflows_workflow\.Serving_Rollout_\w+\.id/);
    expect(resolved(stack, endpoint.workflowName)).toMatch(/google_workflows_workflow\.Serving_Rollout_\w+\.name/);
    expect(resolved(stack, endpoint.teardownWorkflowId)).toMatch(/google_workflows_workflow\.Serving_Teardown_\w+\.id/);
  });

  test('has workflows that the service would take', () => {
    const world = new ServingWorld({ rollout: Rollout.linear(), challenger: Challenger.abTest() });
    expect(validateWorkflow(world.definition())).toEqual([]);
    expect(validateWorkflow(world.definition('Serving_Teardown'))).toEqual([]);
  });

  test('has workflows that look for each other', () => {
    const { config } = new ServingWorld();
    const [rollout, teardown] = ['Serving_Rollout', 'Serving_Teardown'].map((path) => resourceAt(config, 'google_workflows_workflow', path));
    expect(rollout.source_contents).toContain(`/workflows/\\" + \\"${teardown.name}\\"}"`);
    expect(teardown.source_contents).toContain(`/workflows/\\" + \\"${rollout.name}\\"}"`);
  });

  test('lets its workflow deploy as its containers, and nobody else', () => {
    const { config } = new ServingWorld();
    expect(resourcesOf(config, 'google_service_account_iam_member')).toEqual([expect.objectContaining({
      role: 'roles/iam.serviceAccountUser',
      service_account_id: expect.stringContaining('Serving_Runtime'),
      member: expect.stringContaining('Serving_RolloutAccount'),
    })]);
    const roles = resourcesOf(config, 'google_project_iam_member').filter(({ member }) => member.includes('Serving_RolloutAccount')).map(({ role }) => role);
    expect(roles.sort()).toEqual(['roles/aiplatform.user', 'roles/logging.logWriter', 'roles/monitoring.viewer', 'roles/workflows.viewer']);
  });

  test('runs as an identity of yours', () => {
    const stack = googleStack();
    const own = ServiceAccount.fromEmail(stack, 'Own', 'own@my-project.iam.gserviceaccount.com');
    expect(deployedModel({ serviceAccount: own }).serviceAccount).toBe('own@my-project.iam.gserviceaccount.com');
  });

  test('writes access logs when asked', () => {
    expect(deployedModel().enableAccessLogging).toBe(false);
    expect(deployedModel({ accessLogging: true }).enableAccessLogging).toBe(true);
  });
});

describe('machines and scaling', () => {
  test('are two to four of the smallest machines unless said', () => {
    expect(resources({})).toEqual({
      machineSpec: { machineType: expect.stringMatching(/-2$/) },
      minReplicaCount: 2,
      maxReplicaCount: 4,
      autoscalingMetricSpecs: [{ metricName: 'aiplatform.googleapis.com/prediction/online/request_count', target: 600 }],
    });
  });

  test('are picked from what the intent asks for', () => {
    const serving = Serving.realTime({
      compute: { accelerator: Accelerator.NVIDIA_L4 }, scaling: { minReplicas: 1, maxReplicas: 3, target: ScalingTarget.gpuUtilization(70) },
    });
    expect(resources({ serving })).toEqual({
      machineSpec: { machineType: 'g2-standard-4', acceleratorType: 'NVIDIA_L4', acceleratorCount: 1 },
      minReplicaCount: 1,
      maxReplicaCount: 3,
      autoscalingMetricSpecs: [{ metricName: 'aiplatform.googleapis.com/prediction/online/accelerator/duty_cycle', target: 70 }],
    });
  });

  test('follow the CPU when asked', () => {
    const serving = Serving.realTime({ scaling: { target: ScalingTarget.cpuUtilization(55) } });
    expect(resources({ serving }).autoscalingMetricSpecs).toEqual([{ metricName: 'aiplatform.googleapis.com/prediction/online/cpu/utilization', target: 55 }]);
  });

  test('can be named', () => {
    expect(resources({ machineType: 'g2-standard-12' }).machineSpec).toEqual({ machineType: 'g2-standard-12', acceleratorType: 'NVIDIA_L4', acceleratorCount: 1 });
    expect(resources({ machineType: 'ct5lp-hightpu-4t', tpuTopology: '2x2' }).machineSpec).toEqual({ machineType: 'ct5lp-hightpu-4t', tpuTopology: '2x2' });
  });

  test('can be spot machines, or reserved ones', () => {
    expect(resources({ capacity: Capacity.spot() }).spot).toBe(true);
    expect(resources({}).spot).toBeUndefined();
    expect(resources({ capacity: Capacity.reserved('projects/p/zones/europe-west4-a/reservations/gpus') }).machineSpec.reservationAffinity).toEqual({
      reservationAffinityType: 'SPECIFIC_RESERVATION',
      key: 'compute.googleapis.com/reservation-name',
      values: ['projects/p/zones/europe-west4-a/reservations/gpus'],
    });
    expect(resources({ capacity: VertexCapacity.anyReservation() }).machineSpec.reservationAffinity).toEqual({ reservationAffinityType: 'ANY_RESERVATION' });
  });

  test('report the quota of GPUs that they take', () => {
    const compute = { accelerator: Accelerator.NVIDIA_L4, acceleratorCount: 2 };
    const { stack } = new ServingWorld({ serving: Serving.realTime({ compute, scaling: { maxReplicas: 5 } }) });
    expect(notes(stack)).toEqual([
      "serving endpoint 'Stack/Serving': 5 replicas of g2-standard-24 take 10 of the quota custom_model_serving_nvidia_l4_gpus in europe-west4, and twice as much during a rollout",
    ]);
    expect(notes(new ServingWorld().stack)).toEqual([]);
  });

  test('warn where the region is not known to have a named machine', () => {
    const [warning] = notes(new ServingWorld({ machineType: 'g2-standard-4' }, {}, 'europe-north1').stack);
    expect(warning).toMatch(/^serving endpoint 'Stack\/Serving': no zone of europe-north1 has g2-standard-4: asia-east1, .*europe-west4, .* have$/);
  });

  const scaling = (spec: object) => ({ serving: Serving.realTime({ scaling: spec }) });
  const compute = (spec: object) => ({ serving: Serving.realTime({ compute: spec }) });
  test.each<[string, Partial<ServingEndpointProps>, string]>([
    ['a cooldown after a scale-in', scaling({ scaleInCooldownSeconds: 60 }), 'scaleInCooldownSeconds is refused on gcp: Vertex AI chooses its own cooldown: leave it out'],
    ['a cooldown after a scale-out', scaling({ scaleOutCooldownSeconds: 60 }), 'scaleOutCooldownSeconds is refused on gcp: Vertex AI chooses its own cooldown: leave it out'],
    ['no replicas', scaling({ minReplicas: 0 }), 'scaling.minReplicas must be a whole number between 1 and 1000, got 0'],
    ['fewer replicas at most than at least', scaling({ minReplicas: 3, maxReplicas: 2 }), 'scaling.maxReplicas must be a whole number between 3 and 1000, got 2'],
    ['half a target', scaling({ target: ScalingTarget.cpuUtilization(50.5) }), 'scaling.target must be a whole number on Google Cloud, got 50.5'],
    ['a GPU target without a GPU', scaling({ target: ScalingTarget.gpuUtilization(50) }), 'ScalingTarget.gpuUtilization has no GPU to look at on e2-standard-2: set compute.accelerator, or use another target'],
    ['machines of a distributed job', compute({ instanceCount: 2 }), 'compute.instanceCount is not possible on an endpoint: say how many with scaling.minReplicas'],
    ['a disk', compute({ volumeGiB: 100 }), 'compute.volumeGiB is not possible on an endpoint: Vertex AI decides the disk of its machines, leave it out'],
    ['a topology without a machine', { tpuTopology: '2x2' }, 'tpuTopology needs a machineType with TPUs: set both or neither'],
    ['machines that never come on demand', { machineType: 'a3-highgpu-1g' }, 'a3-highgpu-1g is never given on demand: set capacity to Capacity.spot(), or take more GPUs in each machine'],
    ['waiting for spot machines', { capacity: Capacity.spot({ maxWaitHours: 2 }) }, 'capacity: an endpoint does not wait for machines: leave maxWaitHours out'],
    ['a queue', { capacity: VertexCapacity.flexStart() }, 'capacity flex-start is not possible on an endpoint: use Capacity.onDemand, Capacity.spot, Capacity.reserved or VertexCapacity.anyReservation'],
    ['a reservation without its place', { capacity: Capacity.reserved('gpus') }, "capacity.reservation must be projects/<id>/zones/<zone>/reservations/<name>, got 'gpus'"],
  ])('refuse %s', (_, props, message) => {
    expect(refusal(props)).toThrow(new Error(`serving endpoint 'Stack/Serving': ${message}`));
  });
});

describe('a rollout', () => {
  test.each([
    ['at once', Rollout.allAtOnce(), [100], 5],
    ['by a canary', Rollout.canary({ percent: 20, bakeMinutes: 7 }), [20, 100], 7],
    ['in equal steps', Rollout.linear({ stepPercent: 30, stepMinutes: 3 }), [30, 60, 90, 100], 3],
    ['in halves', Rollout.linear({ stepPercent: 50, stepMinutes: 3 }), [50, 100], 3],
  ])('%s has its steps', (_, rollout, wanted, minutes) => {
    const text = shares(rollout);
    expect(text).toContain(`"shares":${JSON.stringify(wanted)}`);
    expect(text).toContain(`"minutes":${minutes},`);
  });

  test('goes back at the limits that are set', () => {
    const watch = (props: Partial<ServingEndpointProps>) => JSON.stringify(new ServingWorld(props).definition().watch);
    expect(watch({})).toContain('${seen.errors * 100 > 1 * seen.answers}');
    expect(watch({})).toContain('${seen.latency > 1000}');
    expect(watch({ maxErrorPercent: 2.5 })).toContain('${seen.errors * 100 > 2.5 * seen.answers}');
    expect(watch({ maxLatencyP99Ms: 200 })).toContain('${seen.latency > 200}');
  });

  test.each<[string, Partial<ServingEndpointProps>, string]>([
    ['more errors than there are answers', { maxErrorPercent: 101 }, 'maxErrorPercent must be between 0 and 100, got 101'],
    ['no time to answer', { maxLatencyP99Ms: 0 }, 'maxLatencyP99Ms must be between 1 and 3600000, got 0'],
    ['a kind of another cloud', { rollout: Object.assign(Object.create(Rollout.prototype), { kind: 'rolling' }) }, 'rollout rolling is not known on Google Cloud: use Rollout.allAtOnce, Rollout.canary or Rollout.linear'],
    ['a shadow', { challenger: Challenger.shadow() }, 'challenger shadow is refused on gcp: Vertex AI copies no requests: use Challenger.abTest with a small share, or predict recorded requests with a batch endpoint'],
    ['a challenger of a fixed version', { challenger: Challenger.abTest(), model: ModelSource.version(VERSION) }, 'challenger needs versions to compare, ModelSource.version is one: use ModelSource.latestApproved'],
  ])('refuses %s', (_, props, message) => {
    expect(refusal(props)).toThrow(new Error(`serving endpoint 'Stack/Serving': ${message}`));
  });
});

describe('captured requests', () => {
  const captureTableOf = (lake: (stack: TerraformStack) => IDataLake): any => {
    const stack = googleStack();
    new ServingEndpoint(stack, 'Serving', { data: lake(stack), model: ModelSource.latestApproved(new FakeRegistry(stack, 'Registry')), capture: {} });
    return resourceAt(synthesized(stack), 'google_bigquery_table', 'Serving_Capture').time_partitioning;
  };
  const imported = (captureRetentionDays?: number) => (stack: TerraformStack) => DataLake.fromAttributes(stack, 'Data', {
    rawBucketName: 'raw',
    artifactBucketName: 'artifacts',
    featureDatasetId: 'features',
    captureDatasetId: 'capture',
    encryptionKeyId: 'projects/my-project/locations/europe-west4/keyRings/ring/cryptoKeys/key',
    captureRetentionDays,
  });

  test('are kept as long as the lake says, and a change reaches the table that is there', () => {
    const kept = (days?: number) => captureTableOf((stack) => new DataLake(stack, 'Data', { captureRetentionDays: days })).expiration_ms;
    expect([kept(), kept(30), kept(365)]).toEqual([90 * 86_400_000, 30 * 86_400_000, 365 * 86_400_000]);
  });

  test('in a lake that exists are kept as long as is said, or as its dataset does', () => {
    expect(captureTableOf(imported())).toEqual({ type: 'DAY', field: 'logging_time' });
    expect(captureTableOf(imported(14)).expiration_ms).toBe(14 * 86_400_000);
    expect(() => captureTableOf(imported(0))).toThrow("data lake 'Stack/Data': captureRetentionDays must be a whole number between 1 and 3650, got 0");
  });

  test('end with a share of nothing, and those recorded stay', () => {
    const { config, endpoint } = new ServingWorld({ capture: { samplingPercent: 0 } });
    expect(onlyResource(config, 'google_vertex_ai_endpoint').predict_request_response_logging_config).toEqual({ enabled: false });
    expect(onlyResource(config, 'google_bigquery_table')).toMatchObject({ deletion_protection: true });
    expect(endpoint.captureTable).toBeUndefined();
  });

  test('go into a table of the stack\'s own, whose rows end with their partitions', () => {
    const { config, endpoint, stack } = new ServingWorld({ capture: { samplingPercent: 25 } });
    const table = onlyResource(config, 'google_bigquery_table');
    expect(table).toMatchObject({
      dataset_id: expect.stringContaining('google_bigquery_dataset.Data_Capture'),
      time_partitioning: { type: 'DAY', field: 'logging_time' },
      encryption_configuration: { kms_key_name: expect.stringContaining('google_kms_crypto_key') },
      deletion_protection: true,
      lifecycle: { prevent_destroy: true },
    });
    expect(JSON.parse(table.schema)).toEqual([
      { name: 'endpoint', type: 'STRING', mode: 'NULLABLE' },
      { name: 'deployed_model_id', type: 'STRING', mode: 'NULLABLE' },
      { name: 'logging_time', type: 'TIMESTAMP', mode: 'NULLABLE' },
      { name: 'request_id', type: 'NUMERIC', mode: 'NULLABLE' },
      { name: 'request_payload', type: 'STRING', mode: 'REPEATED' },
      { name: 'response_payload', type: 'STRING', mode: 'REPEATED' },
    ]);
    expect(onlyResource(config, 'google_bigquery_table_iam_member')).toMatchObject({
      role: 'roles/bigquery.dataEditor', member: 'serviceAccount:service-123456789012@gcp-sa-aiplatform.iam.gserviceaccount.com',
    });
    const name = resolved(stack, endpoint.captureTable);
    expect(name).toMatch(/^my-project\.\$\{google_bigquery_dataset/);
    expect(onlyResource(config, 'google_vertex_ai_endpoint').predict_request_response_logging_config).toEqual({
      enabled: true, sampling_rate: 0.25, bigquery_destination: { output_uri: `bq://${name}` },
    });
  });

  test('are not kept unless asked', () => {
    const { config, endpoint } = new ServingWorld();
    expect(resourcesOf(config, 'google_bigquery_table')).toEqual([]);
    expect(endpoint.captureTable).toBeUndefined();
  });

  test('go with the stack when both keys say so', () => {
    const { config } = new ServingWorld({ capture: {}, removalPolicy: RemovalPolicy.DESTROY }, { 'mlops:allowDestroy': true });
    expect(onlyResource(config, 'google_bigquery_table')).toMatchObject({ deletion_protection: false, lifecycle: { prevent_destroy: false } });
  });

  test.each<[string, Partial<ServingEndpointProps>, string]>([
    ['an impossible share', { capture: { samplingPercent: -1 } }, 'capture.samplingPercent must be a whole number between 0 and 100, got -1'],
    ['to delete them by one key', { capture: {}, removalPolicy: RemovalPolicy.DESTROY }, "removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN"],
  ])('refuse %s', (_, props, message) => {
    expect(refusal(props)).toThrow(new Error(`serving endpoint 'Stack/Serving': ${message}`));
  });
});

describe('callers', () => {
  test('of a Vertex AI endpoint may predict and nothing else', () => {
    const world = new ServingWorld();
    world.endpoint.grantInvoke(Principal.group('apps@example.com'));
    world.endpoint.grantInvoke(Principal.group('apps@example.com'));
    const grant = world.endpoint.grantInvoke(Principal.user('ann@example.com'));
    const { config } = world;
    expect(onlyResource(config, 'google_project_iam_custom_role').permissions).toEqual(['aiplatform.endpoints.get', 'aiplatform.endpoints.predict']);
    const members = resourcesOf(config, 'google_project_iam_member').filter(({ role }) => role.includes('google_project_iam_custom_role'));
    expect(members.map(({ member }) => member).sort()).toEqual(['group:apps@example.com', 'user:ann@example.com']);
    expect(grant.addresses).toHaveLength(1);
  });

  test('of a Cloud Run service may call that service', () => {
    const world = serverless();
    world.endpoint.grantInvoke(Principal.group('apps@example.com'));
    world.endpoint.grantInvoke(Principal.group('apps@example.com'));
    const invokers = resourcesOf(world.config, 'google_cloud_run_v2_service_iam_member').filter(({ role }) => role === 'roles/run.invoker');
    expect(invokers).toEqual([expect.objectContaining({ member: 'group:apps@example.com', name: world.endpoint.endpointId })]);
  });

  test('of a batch do not exist', () => {
    const { endpoint } = new ServingWorld({ serving: Serving.batch() });
    expect(() => endpoint.grantInvoke(Principal.user('ann@example.com')))
      .toThrow(new Error("serving endpoint 'Stack/Serving': grantInvoke: there is no endpoint in batch mode: put files below the input prefix"));
  });
});

describe('metrics', () => {
  test('are found by filters', () => {
    const { endpoint } = new ServingWorld();
    expect(endpoint.metricFilter('replicas')).toBe('metric.type="aiplatform.googleapis.com/prediction/online/replicas" AND '
      + `resource.type="aiplatform.googleapis.com/Endpoint" AND resource.labels.endpoint_id="${endpoint.endpointId}"`);
    const service = serverless().endpoint;
    expect(service.metricFilter('request_count'))
      .toBe(`metric.type="run.googleapis.com/request_count" AND resource.type="cloud_run_revision" AND resource.labels.service_name="${service.endpointId}"`);
  });

  test('of a batch do not exist', () => {
    expect(() => new ServingWorld({ serving: Serving.batch() }).endpoint.metricFilter('replicas'))
      .toThrow(new Error("serving endpoint 'Stack/Serving': metricFilter: there is no endpoint in batch mode: watch the workflow"));
  });
});

describe('a serverless endpoint', () => {
  test('is a service that answers with a placeholder before the first version', () => {
    const { config, endpoint } = serverless();
    expect(onlyResource(config, 'google_cloud_run_v2_service')).toMatchObject({
      name: endpoint.endpointId,
      ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
      deletion_protection: true,
      template: {
        containers: [{
          image: 'us-docker.pkg.dev/cloudrun/container/hello',
          resources: { limits: { cpu: '1', memory: '2Gi' }, cpu_idle: true },
        }],
        encryption_key: expect.stringContaining('google_kms_crypto_key'),
        max_instance_request_concurrency: 4,
        scaling: { min_instance_count: 0, max_instance_count: 5 },
        vpc_access: { egress: 'ALL_TRAFFIC' },
      },
      lifecycle: { ignore_changes: ['template', 'traffic', 'client', 'client_version'] },
    });
    expect(endpoint.mode).toBe('serverless');
    expect(endpoint.endpointId.length).toBeLessThanOrEqual(40);
    expect(endpoint.teardownWorkflowId).toBeUndefined();
    expect(resourcesOf(config, 'google_vertex_ai_endpoint')).toEqual([]);
  });

  test('takes the neutral words', () => {
    const { config } = new ServingWorld({ serving: Serving.serverless({ memoryGiB: 8, maxConcurrency: 40, warmReplicas: 2 }), image: IMAGE });
    expect(onlyResource(config, 'google_cloud_run_v2_service').template).toMatchObject({
      containers: [{ resources: { limits: { cpu: '2', memory: '8Gi' } } }],
      max_instance_request_concurrency: 4,
      scaling: { min_instance_count: 2, max_instance_count: 10 },
    });
  });

  test('can have a GPU, without a second zone that would take the quota twice', () => {
    const world = serverless({ accelerator: Accelerator.NVIDIA_L4 });
    const { template } = onlyResource(world.config, 'google_cloud_run_v2_service');
    expect(template).toMatchObject({
      containers: [{ resources: { limits: { 'cpu': '4', 'memory': '16Gi', 'nvidia.com/gpu': '1' }, cpu_idle: false } }],
      node_selector: { accelerator: 'nvidia-l4' },
      gpu_zonal_redundancy_disabled: true,
    });
    const revision = world.definition().deploy.steps.find((each: object) => 'begin' in each).begin.assign.find((each: object) => 'template' in each).template;
    expect(revision).toMatchObject({
      nodeSelector: { accelerator: 'nvidia-l4' },
      gpuZonalRedundancyDisabled: true,
      containers: [{ image: IMAGE.uri, args: ['serve'], volumeMounts: [{ name: 'artifacts' }] }],
      volumes: [{ name: 'artifacts', gcs: { readOnly: true } }],
    });
  });

  test('takes Cloud Run\'s own words', () => {
    const { template, ingress } = onlyResource(
      serverless({ cpu: 4, concurrencyPerInstance: 10, timeoutSeconds: 300, ingress: Ingress.ALL }).config, 'google_cloud_run_v2_service',
    );
    expect(ingress).toBe('INGRESS_TRAFFIC_ALL');
    expect(template).toMatchObject({
      containers: [{ resources: { limits: { cpu: '4' } } }], max_instance_request_concurrency: 10, timeout: '300s', scaling: { max_instance_count: 2 },
    });
  });

  const revisionOf = (world: ServingWorld) =>
    world.definition().deploy.steps.find((each: object) => 'begin' in each).begin.assign.find((each: object) => 'template' in each).template;

  test('runs an image that was not made for the workload contract, and waits for its model', () => {
    const world = serverless({
      accelerator: Accelerator.NVIDIA_L4,
      command: ['sh', '-c', 'exec vllm serve "$MLOPS_MODEL_DIR" --port 8000'],
      port: 8000,
      healthRoute: '/health',
      startupTimeoutSeconds: 1795,
      environment: { VLLM_USE_V1: '1' },
    });
    const [container] = revisionOf(world).containers;
    expect(container).toMatchObject({
      command: ['sh', '-c', 'exec vllm serve "$MLOPS_MODEL_DIR" --port 8000'],
      ports: [{ containerPort: 8000 }],
      startupProbe: { httpGet: { path: '/health', port: 8000 }, periodSeconds: 10, failureThreshold: 180 },
    });
    expect(container.args).toBeUndefined();
    expect(JSON.stringify(world.definition().deploy)).toContain('[{"name":"VLLM_USE_V1","value":"1"},{"name":"MLOPS_MODEL_DIR","value":"${folder}"}]');
  });

  test('mounts the bucket of files that the stack declares, and may read them', () => {
    const mounts = (artifactUri: string | ((data: DataLake) => string)) => {
      const world = new ServingWorld({ serving: Serving.serverless(), image: IMAGE });
      const uri = typeof artifactUri === 'string' ? artifactUri : artifactUri(world.data);
      new ServingEndpoint(world.stack, 'Other', { data: world.data, serving: Serving.serverless(), model: ModelSource.artifact({ artifactUri: uri, image: IMAGE }) });
      const { volumes, containers } = revisionOf({ definition: () => world.definition('Other_Rollout') } as ServingWorld);
      const reads = resourcesOf(world.config, 'google_storage_bucket_iam_member').filter(({ member }) => member.includes('Other_Runtime'));
      const condition = JSON.stringify(reads.map((each) => each.condition?.expression));
      return { volumes: volumes.length, mounted: containers[0].volumeMounts.slice(1), condition };
    };
    expect(mounts('gs://their-bucket/llama')).toEqual({
      volumes: 2, mounted: [{ name: 'model', mountPath: '/gcs/their-bucket' }], condition: expect.stringContaining('/objects/training/'),
    });
    expect(mounts(({ artifactBucketName }) => `gs://${artifactBucketName}/models/llama`)).toEqual({
      volumes: 1, mounted: [], condition: expect.stringContaining('/objects/models/llama/'),
    });
    expect(mounts(({ artifactBucketName }) => `gs://${artifactBucketName}/training/run-1/model`).condition).toContain('/objects/training/');
  });

  test('lets its workflow change that service alone', () => {
    const { config } = serverless();
    expect(resourcesOf(config, 'google_cloud_run_v2_service_iam_member')).toEqual([expect.objectContaining({
      role: 'roles/run.developer', member: expect.stringContaining('Serving_RolloutAccount'),
    })]);
  });

  test('has a workflow that the service would take', () => {
    expect(validateWorkflow(serverless({}, { challenger: Challenger.abTest() }).definition())).toEqual([]);
  });

  test('takes the image of the files that it serves', () => {
    const world = new ServingWorld({ serving: Serving.serverless(), model: ModelSource.artifact({ artifactUri: 'gs://bucket/model', image: IMAGE }) });
    expect(JSON.stringify(world.definition().deploy)).toContain(IMAGE.uri);
  });

  const run = (options: Parameters<typeof CloudRunServing.service>[0]) => ({ serving: CloudRunServing.service(options), image: IMAGE });
  const other = { serving: Serving.serverless(), image: IMAGE };
  const NO_MACHINES = 'Cloud Run takes no machines of Vertex AI: use Serving.realTime, or CloudRunServing.service for CPUs and a GPU';
  test.each<[string, Partial<ServingEndpointProps>, string]>([
    ['no image', { serving: Serving.serverless() }, 'serverless serving needs the image of the service: set image'],
    ['capture', { ...other, capture: {} }, 'capture is not possible with serverless serving: Cloud Run records no requests: use Serving.realTime'],
    ['access', { ...other, access: EndpointAccess.shared() }, 'access is not possible with serverless serving: a Cloud Run service says from where it is reached with CloudRunServing.service({ ingress })'],
    ['a machine', { ...other, machineType: 'n1-standard-2' }, `machineType is not possible with serverless serving: ${NO_MACHINES}`],
    ['a topology', { ...other, tpuTopology: '2x2' }, `tpuTopology is not possible with serverless serving: ${NO_MACHINES}`],
    ['a capacity', { ...other, capacity: Capacity.spot() }, `capacity is not possible with serverless serving: ${NO_MACHINES}`],
    ['access logs', { ...other, accessLogging: true }, 'accessLogging is not possible with serverless serving: Cloud Run logs every request anyway: leave it out'],
    ['too much memory', run({ memoryGiB: 33 }), 'serving.memoryGiB must be between 0.5 and 32, got 33'],
    ['too little memory beside a GPU', run({ accelerator: Accelerator.NVIDIA_L4, memoryGiB: 8 }), 'serving.memoryGiB must be between 16 and 32, got 8'],
    ['no concurrency', run({ maxConcurrency: 0 }), 'serving.maxConcurrency must be a whole number between 1 and 100000, got 0'],
    ['fewer than no replicas', run({ warmReplicas: -1 }), 'serving.warmReplicas must be a whole number between 0 and 100, got -1'],
    ['more warm replicas than there can be', run({ warmReplicas: 6 }), 'serving.warmReplicas 6 are more than the 5 instances that maxConcurrency 20 needs at 4 requests each'],
    ['no concurrency of an instance', run({ concurrencyPerInstance: 0 }), 'serving.concurrencyPerInstance must be a whole number between 1 and 1000, got 0'],
    ['an endless request', run({ timeoutSeconds: 3601 }), 'serving.timeoutSeconds must be a whole number between 1 and 3600, got 3601'],
    ['too little memory for four CPUs', run({ cpu: 4, memoryGiB: 1 }), 'serving.memoryGiB must be at least 2 for 4 CPUs, got 1'],
    ['too little memory for six CPUs', run({ cpu: 6, memoryGiB: 2 }), 'serving.memoryGiB must be at least 4 for 6 CPUs, got 2'],
    ['too little memory for eight CPUs', run({ cpu: 8, memoryGiB: 0.5 }), 'serving.memoryGiB must be at least 4 for 8 CPUs, got 0.5'],
    ['three CPUs', run({ cpu: 3 }), "serving.cpu must be 1, 2, 4, 6 or 8, got '3'"],
    ['too few CPUs for the memory', run({ cpu: 1, memoryGiB: 8 }), 'serving.cpu must be at least 2 for 8 GiB of memory, got 1'],
    ['nothing to run', run({ command: [] }), 'serving.command must be left out, or what is run, got []'],
    ['a longer start than Cloud Run waits for', run({ startupTimeoutSeconds: 601 }), 'serving.startupTimeoutSeconds must be a whole number between 10 and 600, got 601'],
    ['a longer start than it waits for beside a GPU', run({ accelerator: Accelerator.NVIDIA_L4, startupTimeoutSeconds: 1801 }),
      'serving.startupTimeoutSeconds must be a whole number between 10 and 1800, got 1801'],
    ['a variable of Cloud Run', run({ environment: { PORT: '1' } }),
      "serving.environment must be named with letters, digits and _, and not MLOPS_… or what Cloud Run sets, got 'PORT'"],
    ['a variable that would be computed', run({ environment: { A: '${folder}' } }), "serving.environment.A must be text without ${, which Workflows would compute, got '${folder}'"],
    ['a container of Vertex AI', { serving: Serving.serverless(), model: ModelSource.artifact({ artifactUri: 'gs://bucket/model', image: IMAGE, container: { port: 80 } }) },
      'model.container is how Vertex AI runs the image: a Cloud Run service is run as CloudRunServing.service says'],
    ['variables of Vertex AI', { serving: Serving.serverless(), model: ModelSource.artifact({ artifactUri: 'gs://bucket/model', image: IMAGE, environment: { A: '1' } }) },
      'model.environment is how Vertex AI runs the image: a Cloud Run service is run as CloudRunServing.service says'],
    ['another GPU', run({ accelerator: Accelerator.NVIDIA_T4 }), "serving.accelerator must be nvidia-l4 on Cloud Run, got 'nvidia-t4'"],
  ])('refuses %s', (_, props, message) => {
    expect(refusal(props)).toThrow(new Error(`serving endpoint 'Stack/Serving': ${message}`));
  });
});

test('refuses a GPU of Cloud Run in a region without', () => {
  expect(() => new ServingWorld({ serving: CloudRunServing.service({ accelerator: Accelerator.NVIDIA_L4 }), image: IMAGE }, {}, 'europe-north1')).toThrow(new Error(
    "serving endpoint 'Stack/Serving': serving.accelerator: Cloud Run has no nvidia-l4 in europe-north1: asia-south1, asia-southeast1, europe-west1, europe-west4, us-central1, us-east4 have",
  ));
});

test('refuses a GPU with too few CPUs', () => {
  expect(refusal({ serving: CloudRunServing.service({ accelerator: Accelerator.NVIDIA_L4, cpu: 2 }), image: IMAGE }))
    .toThrow(new Error("serving endpoint 'Stack/Serving': serving.cpu must be at least 4 for 16 GiB of memory, got 2"));
});

test('says why a policy does not hold where it does not', () => {
  const service = serverless().endpoint.node.findChild('Service');
  expect(acknowledgedOn(service).map(([id]) => id)).toEqual(['MLOPS-REP-01']);
  const declared = new ServingWorld({ model: ModelSource.artifact({ artifactUri: 'gs://bucket/model', image: IMAGE }) }).endpoint;
  expect(acknowledgedOn(declared.node.findChild('Rollout')).map(([id]) => id)).toEqual(['MLOPS-REG-03']);
});

describe('batch predictions', () => {
  const job = (serving: Serving, props: Partial<ServingEndpointProps> = {}) =>
    new ServingWorld({ serving, ...props }).definition('Serving_Batch').main.steps[0].begin.assign[1].job;

  test('run every day on one machine unless said', () => {
    const world = new ServingWorld({ serving: Serving.batch() });
    const { config, endpoint } = world;
    expect(onlyResource(config, 'google_cloud_scheduler_job')).toMatchObject({ schedule: '0 3 * * *', time_zone: 'UTC' });
    expect(job(Serving.batch())).toEqual({
      displayName: 'Stack/Serving',
      inputConfig: { instancesFormat: 'jsonl', gcsSource: { uris: [expect.stringMatching(/^gs:\/\/.*Data_Raw.*\/batch\/input\/\*\.jsonl$/)] } },
      outputConfig: { predictionsFormat: 'jsonl', gcsDestination: { outputUriPrefix: expect.stringMatching(/^gs:\/\/.*Data_Artifacts.*\/batch\/output\/$/) } },
      dedicatedResources: { machineSpec: { machineType: expect.any(String) }, startingReplicaCount: 1, maxReplicaCount: 1 },
      serviceAccount: expect.stringContaining('Serving_Runtime'),
      encryptionSpec: { kmsKeyName: expect.stringContaining('google_kms_crypto_key') },
    });
    expect(endpoint).toMatchObject({ mode: 'batch', endpointId: '', captureTable: undefined, teardownWorkflowId: undefined });
    expect(resolved(world.stack, endpoint.workflowName)).toContain('Serving_Batch');
    expect(resourcesOf(config, 'google_vertex_ai_endpoint')).toEqual([]);
    for (const name of ['Serving_Batch', 'Serving_Rollout']) expect(validateWorkflow(world.definition(name))).toEqual([]);
  });

  test('take the neutral words', () => {
    const serving = Serving.batch({
      schedule: Schedule.hourly(5), inputPrefix: 'in/', outputPrefix: 'out/', compute: { accelerator: Accelerator.NVIDIA_L4, instanceCount: 3 },
    });
    expect(onlyResource(new ServingWorld({ serving }).config, 'google_cloud_scheduler_job').schedule).toBe('5 * * * *');
    expect(job(serving)).toMatchObject({
      inputConfig: { gcsSource: { uris: [expect.stringMatching(/\/in\/\*\.jsonl$/)] } },
      outputConfig: { gcsDestination: { outputUriPrefix: expect.stringMatching(/\/out\/$/) } },
      dedicatedResources: { machineSpec: { machineType: 'g2-standard-4' }, startingReplicaCount: 3, maxReplicaCount: 3 },
    });
  });

  test('take Vertex AI\'s own words', () => {
    expect(job(VertexServing.batch({ instancesFormat: 'csv', predictionsFormat: 'csv', batchSize: 10 }), { machineType: 'n1-standard-8' })).toMatchObject({
      inputConfig: { instancesFormat: 'csv', gcsSource: { uris: [expect.stringMatching(/\*\.csv$/)] } },
      outputConfig: { predictionsFormat: 'csv' },
      manualBatchTuningParameters: { batchSize: 10 },
      dedicatedResources: { machineSpec: { machineType: 'n1-standard-8' } },
    });
  });

  test('with a declared version take no approvals', () => {
    const { config } = new ServingWorld({ serving: Serving.batch(), model: ModelSource.version(VERSION) });
    expect(resourcesOf(config, 'google_eventarc_trigger')).toEqual([]);
    expect(Object.keys(config.resource.google_workflows_workflow)).toHaveLength(1);
  });

  const batch = { serving: Serving.batch() };
  test.each<[string, Partial<ServingEndpointProps>, string]>([
    ['a challenger', { ...batch, challenger: Challenger.abTest() }, 'challenger is not possible with batch serving: run a second ServingEndpoint with another version'],
    ['a rollout', { ...batch, rollout: Rollout.canary() }, 'rollout is not possible with batch serving: each run takes the version that is approved then'],
    ['capture', { ...batch, capture: {} }, 'capture is not possible with batch serving: inputs and answers of a run are in the data lake already'],
    ['access', { ...batch, access: EndpointAccess.shared() }, 'access is not possible with batch serving: there is no endpoint'],
    ['access logs', { ...batch, accessLogging: false }, 'accessLogging is not possible with batch serving: there is no endpoint'],
    ['a limit of errors', { ...batch, maxErrorPercent: 1 }, 'maxErrorPercent is not possible with batch serving: there is no rollout to turn back'],
    ['a limit of latency', { ...batch, maxLatencyP99Ms: 1 }, 'maxLatencyP99Ms is not possible with batch serving: there is no rollout to turn back'],
    ['a capacity', { ...batch, capacity: Capacity.spot() }, 'capacity is not possible in batch mode: leave it out'],
    ['a disk', { serving: Serving.batch({ compute: { volumeGiB: 10 } }) }, 'compute.volumeGiB is not possible in batch mode: Vertex AI decides the disk of its machines, leave it out'],
    ['no machines', { serving: Serving.batch({ compute: { instanceCount: 0 } }) }, 'compute.instanceCount must be a whole number between 1 and 1000, got 0'],
    ['an input with its bucket', { serving: Serving.batch({ inputPrefix: 'gs://raw/in/' }) },
      "serving.inputPrefix must be a folder of the bucket like 'batch/input/': it ends in '/', without the bucket and without a slash in front, got 'gs://raw/in/'"],
    ['an output with its bucket', { serving: Serving.batch({ outputPrefix: 'gs://artifacts/out/' }) },
      "serving.outputPrefix must be a folder of the bucket like 'batch/output/': it ends in '/', without the bucket and without a slash in front, got 'gs://artifacts/out/'"],
    ['an input that is no folder', { serving: Serving.batch({ inputPrefix: 'in' }) }, "serving.inputPrefix must be a folder of the bucket like 'batch/input/': it ends in '/', without the bucket and without a slash in front, got 'in'"],
    ['an output that is no folder', { serving: Serving.batch({ outputPrefix: '/out/' }) }, "serving.outputPrefix must be a folder of the bucket like 'batch/output/': it ends in '/', without the bucket and without a slash in front, got '/out/'"],
    ['an input of many folders', { serving: Serving.batch({ inputPrefix: 'in*/' }) },
      "serving.inputPrefix must be a folder like batch/input/, without blanks, quotation marks, braces, brackets, \\, $, ?, #, % and *, got 'in*/'"],
    ['files of trainings as output', { serving: Serving.batch({ outputPrefix: 'training/out/' }) },
      "serving.outputPrefix must be outside of training/, which other parts of the library write, got 'training/out/'"],
    ['another input format', { serving: VertexServing.batch({ instancesFormat: 'parquet' }) }, "serving.instancesFormat must be jsonl, csv, tf-record, tf-record-gzip or file-list, got 'parquet'"],
    ['another output format', { serving: VertexServing.batch({ predictionsFormat: 'parquet' }) }, "serving.predictionsFormat must be jsonl or csv, got 'parquet'"],
    ['batches of nothing', { serving: VertexServing.batch({ batchSize: 0 }) }, 'serving.batchSize must be a whole number between 1 and 10000, got 0'],
  ])('refuse %s', (_, props, message) => {
    expect(refusal(props)).toThrow(new Error(`serving endpoint 'Stack/Serving': ${message}`));
  });

  test('write where no other endpoint of the lake writes', () => {
    const { data, stack } = new ServingWorld(batch);
    const second = (id: string, outputPrefix?: string) => new ServingEndpoint(stack, id, {
      data, model: ModelSource.version(VERSION), serving: Serving.batch({ outputPrefix }),
    });
    expect(() => second('Second')).toThrow("serving endpoint 'Stack/Second': serving.outputPrefix batch/output/ is where 'Stack/Serving' writes its predictions");
    expect(() => second('Third', 'batch/third/')).not.toThrow();
  });
});

describe('text that Workflows would compute is refused', () => {
  const COMPUTED = (prop: string, value: string) => new Error(`serving endpoint 'Stack/Serving': ${prop} must be text without \${, which Workflows would compute, got '${value}'`);
  const artifact = (artifactUri: string, image: string) => ({ model: ModelSource.artifact({ artifactUri, image: ContainerImage.fromUri(image) }) });
  const reservation = 'projects/${p}/zones/europe-west4-a/reservations/mine';

  test.each<[string, Partial<ServingEndpointProps>, string, string]>([
    ['the image of a service', { serving: Serving.serverless(), image: ContainerImage.fromUri('repo/${tag}') }, 'image', 'repo/${tag}'],
    ['files', artifact('gs://bucket/${run}', 'image:1'), 'model.artifactUri', 'gs://bucket/${run}'],
    ['the image of files', artifact('gs://bucket/run', '${image}'), 'image', '${image}'],
    ['a version', { model: ModelSource.version('projects/${p}/locations/europe-west4/models/churn@3') }, 'model.version', 'projects/${p}/locations/europe-west4/models/churn@3'],
    ['a machine', { machineType: '${machine}' }, 'machineType', '${machine}'],
    ['a reservation', { capacity: Capacity.reserved(reservation) }, 'capacity.reservation', reservation],
    ['an input', { serving: Serving.batch({ inputPrefix: '${in}/' }) }, 'serving.inputPrefix', '${in}/'],
    ['an output', { serving: Serving.batch({ outputPrefix: '${out}/' }) }, 'serving.outputPrefix', '${out}/'],
  ])('%s', (_, props, prop, value) => {
    expect(refusal(props)).toThrow(COMPUTED(prop, value));
  });

  test('but not what Terraform puts in', () => {
    const stack = googleStack();
    const variable = new TerraformVariable(stack, 'image', {});
    expect(new ServingWorld(artifact('gs://bucket/run', `repo/${variable.stringValue}`)).endpoint.endpointId).toBeDefined();
  });
});

describe('the settings of a version', () => {
  const objectOf = (props: Partial<ServingEndpointProps> = {}) => resourcesOf(new ServingWorld(props).config, 'google_storage_bucket_object').map(({ content }) => JSON.parse(content));

  test('are an object whose change rolls the live version out anew', () => {
    const { config } = new ServingWorld();
    const object = onlyResource(config, 'google_storage_bucket_object');
    expect(object.name).toMatch(/^serving\/stack-serving-settings-[0-9a-f]{8}\/declared\.json$/);
    expect(JSON.parse(object.content)).toEqual({ settings: expect.stringMatching(/^[0-9a-f]{8}$/) });
    expect(onlyResource(config, 'google_storage_notification').topic).toContain('google_pubsub_topic.Serving_SettingsTopic');
    expect(resourceAt(config, 'google_eventarc_trigger', 'Serving_Settings').destination.workflow).toContain('google_workflows_workflow.Serving_Rollout');
    expect(resourceAt(config, 'google_workflows_workflow', 'Serving_Rollout').source_contents).toContain(` as ${JSON.parse(object.content).settings} approved `);
  });

  test.each<[string, Partial<ServingEndpointProps>]>([
    ['machines', { machineType: 'n2-standard-8' }],
    ['replicas', { serving: Serving.realTime({ scaling: { minReplicas: 3 } }) }],
    ['access logs', { accessLogging: true }],
  ])('change with %s', (_, props) => {
    expect(objectOf(props)).not.toEqual(objectOf());
  });

  test('of a service change with its instances and its image; a batch has none', () => {
    const service = (memoryGiB: number, image = IMAGE) => objectOf({ serving: Serving.serverless({ memoryGiB }), image });
    expect(service(4)).toEqual([{ settings: expect.stringMatching(/^[0-9a-f]{8}$/) }]);
    expect(service(8)).not.toEqual(service(4));
    expect(service(4, ContainerImage.fromUri('image:2'))).not.toEqual(service(4));
    expect(objectOf({ serving: Serving.serverless(), image: IMAGE, challenger: Challenger.abTest(20) })).toEqual([]);
    expect(objectOf({ serving: Serving.batch() })).toEqual([]);
  });

  test('change with the identity', () => {
    const world = new ServingWorld({}, {});
    const other = new ServiceAccount(world.stack, 'Other', { displayName: 'other' });
    new ServingEndpoint(world.stack, 'Second', { data: world.data, model: ModelSource.latestApproved(world.registry), serviceAccount: other });
    const [first, second] = resourcesOf(world.config, 'google_storage_bucket_object').map(({ content }) => content);
    expect(first).not.toBe(second);
  });

  test('do not change with how a version is rolled out, or with what Terraform puts in', () => {
    expect(objectOf({ rollout: Rollout.canary(), maxErrorPercent: 5 })).toEqual(objectOf());
    const reserved = (variables: number) => {
      const stack = googleStack();
      const [last] = Array.from({ length: variables }, (_, index) => new TerraformVariable(stack, `v${index}`, {})).reverse();
      const data = new DataLake(stack, 'Data');
      new ServingEndpoint(stack, 'Serving', {
        data, model: ModelSource.latestApproved(new FakeRegistry(stack, 'Registry')), machineType: last.stringValue,
      });
      return onlyResource(synthesized(stack), 'google_storage_bucket_object').content;
    };
    expect(reserved(1)).toBe(reserved(7));
  });

  test('are a person\'s to bring to one of two versions', () => {
    expect(objectOf({ challenger: Challenger.abTest(20) })).toEqual([]);
  });
});

describe('what the stack declares', () => {
  test('is an object whose change starts the rollout', () => {
    const { config } = new ServingWorld({ model: ModelSource.version(VERSION) });
    const object = onlyResource(config, 'google_storage_bucket_object');
    expect(JSON.parse(object.content)).toEqual({
      model: 'projects/my-project/locations/europe-west4/models/churn', version: '3', settings: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
    const notification = onlyResource(config, 'google_storage_notification');
    expect(notification).toMatchObject({ payload_format: 'JSON_API_V1', event_types: ['OBJECT_FINALIZE'] });
    // Permissions are not everywhere at once, and Cloud Storage tries the topic when the notification is made.
    expect(notification.depends_on).toEqual([expect.stringMatching(/^time_sleep\.Serving_DeclaredReady_/)]);
    expect(resourceAt(config, 'time_sleep', 'Serving_DeclaredReady')).toMatchObject({
      create_duration: '60s', depends_on: [expect.stringMatching(/^google_pubsub_topic_iam_member\.Serving_DeclaredPublisher_/)],
    });
    expect(object.name).toBe(`${notification.object_name_prefix}declared.json`);
    expect(object.depends_on).toEqual([expect.stringContaining('google_storage_notification'), expect.stringContaining('google_eventarc_trigger')]);
    expect(onlyResource(config, 'google_pubsub_topic').kms_key_name).toContain('google_kms_crypto_key');
    expect(onlyResource(config, 'google_pubsub_topic_iam_member').role).toBe('roles/pubsub.publisher');
    expect(onlyResource(config, 'google_eventarc_trigger').transport.pubsub.topic).toContain('google_pubsub_topic.Serving_DeclaredTopic');
  });

  test('can be files and an image', () => {
    const { config } = new ServingWorld({ model: ModelSource.artifact({ artifactUri: 'gs://bucket/model', image: IMAGE }) });
    expect(JSON.parse(onlyResource(config, 'google_storage_bucket_object').content)).toMatchObject({ artifactUri: 'gs://bucket/model', imageUri: IMAGE.uri });
  });

  test.each<[string, Partial<ServingEndpointProps>, string]>([
    ['a version without its number', { model: ModelSource.version('projects/p/locations/europe-west4/models/churn') }, "model.version must be projects/<id>/locations/<region>/models/<model>@<version>, the version by its number, got 'projects/p/locations/europe-west4/models/churn'"],
    ['a version of another region', { model: ModelSource.version('projects/p/locations/us-east1/models/churn@1') }, "model.version must be a model in the region of the endpoint, europe-west4, got 'projects/p/locations/us-east1/models/churn@1'"],
    ['files that are nowhere', { model: ModelSource.artifact({ artifactUri: 's3://bucket/model', image: IMAGE }) }, "model.artifactUri must be a folder of Cloud Storage like gs://bucket/model, without a slash at the end, got 's3://bucket/model'"],
    ['a container that cannot be', { model: ModelSource.artifact({ artifactUri: 'gs://bucket/model', image: IMAGE, container: { port: 70_000 } }) },
      'model.container.port must be a whole number between 1 and 65535, got 70000'],
    ['a variable of the library', { model: ModelSource.artifact({ artifactUri: 'gs://bucket/model', image: IMAGE, environment: { AIP_X: '1' } }) },
      "model.environment must be named with letters, digits and _, and not MLOPS_…, AIP_… or what Vertex AI sets for clusters, got 'AIP_X'"],
    ['two images', { image: IMAGE, model: ModelSource.artifact({ artifactUri: 'gs://bucket/model', image: IMAGE }) }, 'image: an artifact names its own image: leave image out'],
  ])('refuses %s', (_, props, message) => {
    expect(refusal(props)).toThrow(new Error(`serving endpoint 'Stack/Serving': ${message}`));
  });

  test('refuses an image that Terraform would have to build', () => {
    const build = ContainerImage.fromDirectory('workload');
    expect(refusal({ model: ModelSource.artifact({ artifactUri: 'gs://bucket/model', image: build }) })).toThrow(/cannot be built by Terraform/);
    expect(refusal({ serving: Serving.serverless(), image: build })).toThrow(/cannot be built by Terraform/);
  });
});

test('refuses a mode of another cloud', () => {
  class Asynchronous extends Serving { public readonly mode = 'asynchronous'; }
  expect(refusal({ serving: new Asynchronous() })).toThrow(
    new Error("serving endpoint 'Stack/Serving': serving mode asynchronous is not known on Google Cloud: use Serving.realTime, Serving.serverless or Serving.batch"),
  );
});

describe('an endpoint that exists', () => {
  test('can be called and watched', () => {
    const stack = googleStack();
    const endpoint = ServingEndpoint.fromAttributes(stack, 'Old', { endpointId: '1234567890', workflowName: 'rollout', captureTable: 'p.d.t' });
    expect(endpoint).toMatchObject({
      mode: 'real-time',
      endpointId: '1234567890',
      captureTable: 'p.d.t',
      workflowName: 'rollout',
      workflowId: 'projects/my-project/locations/europe-west4/workflows/rollout',
      hasAccelerator: false,
      isPrivate: false,
    });
    const shape = { endpointId: '1234567891', workflowName: 'rollout', hasAccelerator: true, isPrivate: true };
    expect(ServingEndpoint.fromAttributes(stack, 'Large', shape)).toMatchObject({ hasAccelerator: true, isPrivate: true });
    endpoint.grantInvoke(Principal.user('ann@example.com'));
    expect(onlyResource(synthesized(stack), 'google_project_iam_custom_role')).toBeDefined();
  });

  test('can be a service', () => {
    const stack = googleStack();
    ServingEndpoint.fromAttributes(stack, 'Old', { endpointId: 'churn', mode: 'serverless', workflowName: 'rollout' }).grantInvoke(Principal.user('ann@example.com'));
    expect(onlyResource(synthesized(stack), 'google_cloud_run_v2_service_iam_member').name).toBe('churn');
  });

  test('refuses a mode without an endpoint', () => {
    expect(() => ServingEndpoint.fromAttributes(googleStack(), 'Old', { endpointId: '', mode: 'batch', workflowName: 'batch' }))
      .toThrow(new Error("serving endpoint 'Stack/Old': mode must be real-time or serverless, got 'batch'"));
  });
});
