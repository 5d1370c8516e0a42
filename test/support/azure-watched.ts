import { Construct } from 'constructs';
import { SUBSCRIPTION } from './azure';
import { PlainLake, PlainWorkspace } from './azure-parts';
import { Grant } from '../../src/azure/grant';
import { ModelRegistry } from '../../src/azure/model-registry';
import { MonitoringStack } from '../../src/azure/monitoring-stack';
import { MonitoringStackProps } from '../../src/azure/monitoring-stack-props';
import { IPrincipal } from '../../src/azure/principal';
import { grantRole } from '../../src/azure/private/base/grants';
import { EndpointMetrics, IServingEndpoint, IWatchedEndpoint } from '../../src/azure/serving-endpoint-props';
import { ITrainingPipeline } from '../../src/azure/training-pipeline-props';
import { ContainerImage } from '../../src/core/container-image';
import { Approval } from '../../src/core/model-registry';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers`;
const LOGIC = `${GROUP}/Microsoft.Logic/workflows`;
const QUEUES = `${GROUP}/Microsoft.Storage/storageAccounts/store/queueServices/default/queues`;

/** An endpoint with names that a test can read. */
export class PlainServing extends Construct implements IWatchedEndpoint {
  public readonly endpointId: string;
  public readonly endpointName: string;
  public readonly workflowId: string = `${LOGIC}/rollout`;
  public readonly workflowName: string = 'rollout';

  public constructor(
    scope: Construct,
    id: string,
    public readonly mode: string,
    public readonly captureFolder?: string,
    public readonly hasAccelerator: boolean = false,
  ) {
    super(scope, id);
    this.endpointName = mode === 'batch' ? '' : 'churn';
    this.endpointId = {
      'real-time': `${GROUP}/Microsoft.MachineLearningServices/workspaces/work/onlineEndpoints/churn`,
      'serverless': `${GROUP}/Microsoft.App/containerApps/churn`,
    }[mode] ?? '';
  }

  public grantInvoke(_principal: IPrincipal): Grant {
    return new Grant([]);
  }
}

/** An endpoint of another runtime. */
export class ForeignServing extends Construct implements IServingEndpoint {
  public readonly mode: string = 'gateway';
  public readonly endpointId: string = 'churn';
  public readonly endpointName: string = 'churn';

  public constructor(scope: Construct, id: string, public readonly metrics?: EndpointMetrics) {
    super(scope, id);
  }

  public grantInvoke(_principal: IPrincipal): Grant {
    return new Grant([]);
  }
}

/** A training pipeline with names that a test can read. */
export class PlainTraining extends Construct implements ITrainingPipeline {
  public readonly workflowId: string = `${LOGIC}/training`;
  public readonly workflowName: string = 'training';
  public readonly startQueueId: string = `${QUEUES}/start`;
  public readonly startQueueUrl: string = 'https://store.queue.core.windows.net/start';
  public readonly recordsRuns: boolean = true;

  public grantStart(principal: IPrincipal): Grant {
    return grantRole(this, principal, 'start', { scope: this.startQueueId, role: 'storageQueueDataMessageSender' });
  }
}

/** What stands around the monitoring. */
export interface WatchedWorld {
  /** `none` for no endpoint. */
  readonly mode?: string;
  readonly captures?: boolean;
  readonly training?: boolean;
  readonly approvesByItself?: boolean;
  readonly hasAccelerator?: boolean;
  readonly endpoint?: (scope: Construct) => IServingEndpoint;
}

/** A monitoring stack that watches as much of the world as is there. */
export function watchedBy(stack: Construct, given: Partial<MonitoringStackProps> = {}, world: WatchedWorld = {}) {
  const { mode = 'real-time', captures = true, training = false, approvesByItself = false, hasAccelerator = false } = world;
  const data = new PlainLake(stack, 'Data');
  const workspace = new PlainWorkspace(stack, 'Workspace');
  const registry = ModelRegistry.fromAttributes(stack, 'Registry', {
    modelName: 'churn',
    workspaceId: workspace.workspaceId,
    approvalQueueId: `${QUEUES}/approvals`,
    artifactContainerId: `${data.storeAccountId}/blobServices/default/containers/artifacts`,
    containerRegistryId: workspace.containerRegistryId,
    approval: approvesByItself ? Approval.automatic() : Approval.manual(),
  });
  const endpoint = world.endpoint?.(stack) ?? (mode === 'none' ? undefined : new PlainServing(stack, 'Serving', mode, captures ? 'churn' : undefined, hasAccelerator));
  const monitoring = new MonitoringStack(stack, 'Monitoring', {
    data,
    workspace,
    registry,
    image: ContainerImage.fromUri('images.azurecr.io/churn:1'),
    endpoint,
    training: training ? new PlainTraining(stack, 'Training') : undefined,
    ...given,
  });
  return { data, workspace, registry, endpoint, monitoring };
}
