import { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { CloudRunV2ServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-service-iam-member';
import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { Construct } from 'constructs';
import { ServiceContainer, ServicePlan } from './cloud-run-plan';
import { ServedModel } from './source';
import { AnswerLimits } from '../../../core/private/resolve/limits';
import { TrafficSteps } from '../../../core/private/resolve/traffic-steps';
import { acknowledge } from '../../../terraform/acknowledge';
import { fingerprint } from '../../../terraform/fingerprint';
import { stableName } from '../../../terraform/names';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { ServiceAccount } from '../../service-account';
import { IServiceAccount } from '../../service-account-props';
import { ConnectedVariables, runVariables } from '../base/connections';
import { commandLine, variables } from '../base/container-spec';
import { after } from '../base/ordering';
import { grantInProject } from '../base/project-roles';
import { vertexHost, vertexParent } from '../base/vertex-api';
import { newWorkflow } from '../base/workflow';
import { serviceMetrics, serviceRoutines } from '../rollout/cloud-run';
import { rolloutDefinition } from '../rollout/definition';
import { startSweeps } from '../rollout/sweep';

/** What a service and its rollout are made of. */
export interface ServiceParts {
  readonly plan: ServicePlan;
  /** Whether Google Cloud deletes the service when it leaves the stack. */
  readonly isDestroyable: boolean;
  readonly served: ServedModel;
  /** The workload's image. */
  readonly imageUri: string;
  readonly artifactBucketName: string;
  readonly encryptionKey: IEncryptionKey;
  /** The identity of the containers; it may read the models. */
  readonly runtime: IServiceAccount;
  readonly mayRead: Grant;
  /** Variables of the connected systems, and the right of the identity to use these. */
  readonly connected: ConnectedVariables;
  readonly mayUse: readonly Grant[];
  readonly traffic: TrafficSteps;
  readonly limits: AnswerLimits;
  readonly challengerPercent?: number;
}

/** The service and its workflow. */
export interface RolledOutService {
  readonly serviceName: string;
  readonly rollout: WorkflowsWorkflow;
}

/**
 * Answers before the first version is approved: the workload's image does not start without a model, and Cloud Run
 * makes no service whose container does not start.
 *
 * @see https://cloud.google.com/run/docs/quickstarts/deploy-container
 */
const PLACEHOLDER = 'us-docker.pkg.dev/cloudrun/container/hello';

/** A Cloud Run service whose revisions the rollout workflow makes. */
export function newService(scope: Construct, parts: ServiceParts): RolledOutService {
  const project = GoogleProject.of(scope);
  const { plan, runtime, encryptionKey, served } = parts;
  const { network } = project;
  // Room for `-v<version>-<milliseconds>` in the names of revisions.
  const name = stableName(scope, undefined, { maxLength: 40, separator: '-' });
  const limits = {
    cpu: `${plan.cpu}`,
    memory: `${plan.memoryGiB}Gi`,
    ...(plan.hasGpu ? { 'nvidia.com/gpu': '1' } : {}),
  };
  const scaling = { minInstanceCount: plan.minInstances, maxInstanceCount: plan.maxInstances };
  const shape = {
    serviceAccount: runtime.email,
    encryptionKey: encryptionKey.keyId,
    executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
    maxInstanceRequestConcurrency: plan.concurrency,
    timeout: `${plan.timeoutSeconds}s`,
    scaling,
    vpcAccess: { networkInterfaces: [{ network: network.networkId, subnetwork: network.subnetworkId }], egress: 'ALL_TRAFFIC' },
    ...(plan.hasGpu ? { nodeSelector: { accelerator: 'nvidia-l4' }, gpuZonalRedundancyDisabled: true } : {}),
  };
  const declared = served.artifact && /^gs:\/\/([^/]+)\//.exec(served.artifact.artifactUri)![1];
  const mounted = [
    ['artifacts', parts.artifactBucketName],
    ...(declared === undefined || declared === parts.artifactBucketName ? [] : [['model', declared]]),
  ];
  const resources = { limits, startupCpuBoost: true, cpuIdle: !plan.hasGpu };
  const service = new CloudRunV2Service(scope, 'Service', {
    name,
    project: project.projectId,
    location: project.region,
    description: `Serves ${served.name}`,
    ingress: plan.ingress,
    deletionProtection: !parts.isDestroyable,
    template: { ...shape, containers: [{ image: PLACEHOLDER, resources, ports: { containerPort: 8080 } }] },
    traffic: [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 }],
    // The rollout workflow makes the revisions and moves the traffic.
    lifecycle: { ignoreChanges: ['template', 'traffic', 'client', 'client_version'] },
    dependsOn: after(project._api('run'), encryptionKey.grantServiceAgent('run'), parts.mayRead),
  });
  acknowledge(
    service,
    'MLOPS-REP-01',
    "the placeholder gets no requests once a version is approved; versions run the workload's own image",
  );

  const runsAs = new ServiceAccount(scope, 'RolloutAccount', { displayName: `Rolls models out to ${scope.node.path}` });
  const mayChange = new CloudRunV2ServiceIamMember(scope, 'RolloutDeveloper', {
    project: project.projectId,
    location: project.region,
    name: service.name,
    role: 'roles/run.developer',
    member: runsAs.member,
  });
  const systems = runVariables(parts.connected, project.projectId);
  const settings = fingerprint([plan, parts.imageUri, runtime.principalId, ...(systems.length === 0 ? [] : [systems])]);
  const rollout = newWorkflow(scope, 'Rollout', {
    description: `Rolls approved versions out to ${scope.node.path}`,
    runsAs,
    encryptionKey,
    definition: rolloutDefinition({
      host: vertexHost(scope),
      model: served.model,
      read: served.read,
      register: served.register,
      traffic: parts.traffic,
      challengerPercent: parts.challengerPercent,
      limits: parts.limits,
      metrics: serviceMetrics(project.projectId, name),
      settings,
      routines: serviceRoutines({
        settings,
        host: vertexHost(scope),
        service: `${vertexParent(scope)}/services/${name}`,
        serviceName: name,
        model: served.model,
        template: {
          ...shape,
          containers: [{
            image: parts.imageUri,
            ...howItRuns(plan.container),
            resources,
            volumeMounts: mounted.map(([volume, bucket]) => ({ name: volume, mountPath: `/gcs/${bucket}` })),
          }],
          volumes: mounted.map(([volume, bucket]) => ({ name: volume, gcs: { bucket, readOnly: true } })),
        },
        environment: [...variables(plan.container.environment), ...systems],
      }),
    }),
    needs: [
      service,
      mayChange,
      ...parts.mayUse,
      // Operations belong to the project, not to the service.
      grantInProject(scope, runsAs, 'run.viewer'),
      grantInProject(scope, runsAs, 'aiplatform.user'),
      grantInProject(scope, runsAs, 'monitoring.viewer'),
      grantInProject(scope, runsAs, 'workflows.viewer'),
      runtime.grantActAs(runsAs),
      served.registry?.grantPullImages(runsAs),
    ],
  });
  // Of a champion and its challenger only a person can say which shall have other settings.
  served.start(rollout, parts.challengerPercent === undefined ? settings : undefined);
  startSweeps(scope, rollout);
  return { serviceName: name, rollout };
}

function howItRuns({ port, healthRoute, startupTimeoutSeconds, ...container }: ServiceContainer) {
  return {
    ...commandLine(container),
    ports: [{ containerPort: port }],
    startupProbe: {
      httpGet: { path: healthRoute, port }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: Math.ceil(startupTimeoutSeconds / 10),
    },
  };
}

/**
 * What calls of an endpoint wait for: the service below it; nothing for one that exists. The caller may be of another
 * stack.
 */
export function serviceOf(scope: Construct): Grant | undefined {
  const service = scope.node.tryFindChild('Service') as CloudRunV2Service | undefined;
  return service && new Grant([service.fqn]);
}
