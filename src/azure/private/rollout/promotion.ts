import { Construct } from 'constructs';
import { promotionFlow, PromotionSource } from './promotion-flow';
import { speakerFor } from '../../../core/private/validation';
import { IDataLake } from '../../data-lake-props';
import { IManagedIdentity } from '../../managed-identity-props';
import { IModelRegistry } from '../../model-registry-props';
import { IWorkspace } from '../../workspace-props';
import { newCluster } from '../base/compute-cluster';
import { grantEnvironments } from '../base/job-environment';
import { machineFor } from '../base/machines';
import { grantSend, grantHold, Queue } from '../base/queue';
import { newWorkflow, Workflow } from '../base/workflow';
import { Delivery, inbox } from '../base/workflow-triggers';
import { grantImport, grantModels } from '../registry/access';
import { FILES_OF_VERSIONS } from '../registry/places';

/** A stage, and where its versions come from. */
export interface PromotionInput {
  readonly stage: string;
  readonly registry: IModelRegistry;
  readonly data: IDataLake;
  readonly workspace: IWorkspace;
  readonly promoter: IManagedIdentity;
  readonly promotions: Queue;
  readonly approvals: Queue;
  readonly from: PromotionSource;
}

/**
 * The workflow that promotes, the machine that copies, and what the promoter may do in the stage. Children:
 * `Promotion`, `CopyCluster`.
 */
export function newPromotion(scope: Construct, input: PromotionInput): Workflow {
  const { data, promoter, registry, workspace } = input;
  const copies = [
    workspace.grantRunAs(promoter),
    data.grantWriteArtifacts(promoter, FILES_OF_VERSIONS),
  ];
  const cluster = newCluster(scope, 'CopyCluster', {
    workspace,
    vmSize: machineFor(speakerFor('model registry', scope), {}, 'training').vmSize,
    maxNodeCount: 1,
    identity: promoter,
    needs: copies,
  });
  return newWorkflow(scope, 'Promotion', {
    description: `Promotes versions of ${registry.modelName} to ${input.stage}`,
    trigger: inbox({ queueUrl: input.promotions.queueUrl, delivery: Delivery.UNTIL_DONE, maxHours: 28 }),
    ...promotionFlow({
      stage: input.stage,
      modelName: registry.modelName,
      workspaceId: workspace.workspaceId,
      location: workspace.location,
      isPrivate: workspace.isPrivate,
      artifactDatastore: workspace.artifactDatastore,
      blobEndpoint: `${data.blobEndpoint}/`,
      artifactContainer: data.artifactContainer,
      containerRegistryId: workspace.containerRegistryId,
      loginServer: workspace.containerRegistryLoginServer,
      approvalQueueUrl: input.approvals.queueUrl,
      computeId: cluster.id,
      clientId: promoter.clientId,
      from: input.from,
    }),
    errorCode: 'PromotionFailed',
    runsAs: promoter,
    needs: [
      ...copies,
      workspace.grantRunJobs(promoter),
      grantEnvironments(scope, workspace.workspaceId, promoter),
      grantModels(scope, workspace.workspaceId, promoter, 'write'),
      grantImport(scope, workspace.containerRegistryId, promoter),
      grantHold(scope, input.promotions, promoter),
      grantSend(scope, input.approvals, promoter),
    ],
  });
}
