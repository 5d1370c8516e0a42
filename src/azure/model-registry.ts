import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { ManagedIdentity } from './managed-identity';
import { IManagedIdentity } from './managed-identity-props';
import { ModelRegistryBase, ModelRegistryParts } from './model-registry-base';
import {
  IModelRegistry,
  ModelPromotion,
  ModelRegistryAttributes,
  ModelRegistryProps,
  PromotedRegistryProps,
} from './model-registry-props';
import { Principal } from './principal';
import { warn } from '../terraform/annotations';
import { GUID } from './private/base/guid';
import { actAsThemselves } from './private/base/own-identity';
import { newQueue, queueNamed } from './private/base/queue';
import { requireProps } from './private/base/require-props';
import { grantNumbers } from './private/registry/access';
import { containerRegistryNamed } from './private/registry/container-registry';
import { FILES_OF_VERSIONS, numbersFolder } from './private/registry/places';
import { newSharedRegistry } from './private/registry/shared-registry';
import { newPromotion } from './private/rollout/promotion';
import { requireKnownText } from '../core/private/known-values';
import { requireModelName, resolvedRegistry } from '../core/private/resolve/registry';
import { Token } from '../core/private/tokens';
import { refuse, requireMatch, Speaker, speakerFor } from '../core/private/validation';
import { stableName } from '../terraform/names';
import { onceInStack } from '../terraform/once';
import { mayDestroy } from '../terraform/removal';

/**
 * Versions of one model of the workspace, the images that they run in, and the queue through which they are approved.
 *
 * The first run of a training pipeline makes the model; runs register 1, 2, 3 and so on. Tags of a version say where it
 * stands and where it is from: `mlops_approval` (`pending`, `approved` or `rejected`), `mlops_run`, `mlops_image`,
 * `mlops_data`, `mlops_commit`, and its metrics as `metric.auc`. A person approves with
 * `az storage message put --auth-mode login --account-name <account> --queue-name <queue> --content '{"version":"3"}'`,
 * and rejects by setting the tag. Registries of one workspace with the same name are one model.
 *
 * Children: `Approvals` (the queue), `SharedRegistry`. Costs nothing, but for the files of versions and, where there is
 * one, the shared registry.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-manage-models
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { azure, Approval } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new azure.DataLake(stack, 'Data');
 * const workspace = new azure.Workspace(stack, 'Workspace', { data });
 * new azure.ModelRegistry(stack, 'Registry', { data, workspace, modelName: 'churn', approval: Approval.manual() });
 */
export class ModelRegistry extends ModelRegistryBase {
  /** A registry that another stack, or another tool, has made. */
  public static fromAttributes(scope: Construct, id: string, attributes: ModelRegistryAttributes): IModelRegistry {
    return new ImportedModelRegistry(scope, id, attributes);
  }

  /**
   * The registry of one stage, which versions of a training workspace are promoted to: a person says which one, and a
   * workflow copies its files to the stage's lake and its image to the stage's container registry, registers it under
   * the same number, and approves it, which starts the rollouts.
   *
   * The registry of the training workspace names the stage in its `promotion`, with the object id of the stage's
   * `Promoter`, an output of this stack. An approver gets `grantApprove` of what this returns, and promotes with a
   * message `{"version":"3"}` in the queue of promotions. Promoting an earlier version again rolls back to it.
   *
   * @param scope where it is used, in a stack of the stage
   * @param id id of the registry
   * @param props the registry and the stage
   */
  public static promotedFrom(scope: Construct, id: string, props: PromotedRegistryProps): IModelRegistry {
    return new PromotedModelRegistry(scope, id, props);
  }

  public constructor(scope: Construct, id: string, props: ModelRegistryProps) {
    super(scope, id, (registry, who) => newParts(registry, who, props));
    if (props.promotion !== undefined) this.share(props.promotion, props);
  }

  /** Lets the identity of each stage read versions, files and images. */
  private share({ stages }: ModelPromotion, { data }: ModelRegistryProps): void {
    checkStages(speakerFor('model registry', this), stages);
    for (const { promoterObjectId, workflowObjectId } of stages) {
      const promoter = Principal.servicePrincipal(promoterObjectId);
      // The job that copies files is the promoter's in any case.
      data.grantReadArtifacts(promoter, FILES_OF_VERSIONS);
      const workflow = workflowObjectId === undefined ? promoter : Principal.servicePrincipal(workflowObjectId);
      this.grantRead(workflow);
      this.grantPullImages(workflow);
    }
  }
}

/** A registry whose versions come from a training workspace. */
class PromotedModelRegistry extends ModelRegistryBase {
  /** The identity that promotes. */
  public readonly promoter: IManagedIdentity;

  public constructor(scope: Construct, id: string, props: PromotedRegistryProps) {
    super(scope, id, (registry, who) => promotedParts(registry, who, props));
    this.promoter = props.promoter ?? new ManagedIdentity(this, 'Promoter');
    new TerraformOutput(this, 'PromoterObjectId', {
      value: this.promoter.objectId,
      description: `Object id of the identity that promotes ${props.modelName} to ${props.stage}: promoterObjectId of the stage in the registry of the training workspace`,
    });
    const workflow = newPromotion(this, {
      stage: props.stage,
      registry: this,
      data: props.data,
      workspace: props.workspace,
      promoter: this.promoter,
      promotions: this._promotions!,
      approvals: this._approvals,
      from: {
        workspaceId: props.trainingWorkspaceId,
        storeAccountName: props.trainingStoreAccountName,
        artifactContainer: props.trainingArtifactContainer ?? props.data.artifactContainer,
        images: containerRegistryNamed(
          speakerFor('model registry', this),
          'trainingContainerRegistryId',
          props.trainingContainerRegistryId,
        ),
      },
    });
    this._promotionWorkflow = workflow.id;
    if (actAsThemselves(this)) {
      new TerraformOutput(this, 'PromotionWorkflowObjectId', {
        value: workflow.exported('identity.principalId'),
        description: `Object id of the workflow that promotes ${props.modelName} to ${props.stage}: workflowObjectId of the stage in the registry of the training workspace`,
      });
    }
  }
}

class ImportedModelRegistry extends ModelRegistryBase {
  public constructor(scope: Construct, id: string, attributes: ModelRegistryAttributes) {
    super(scope, id, (registry, who) => partsNamed(registry, who, attributes));
  }
}

const STAGE = /^[a-zA-Z][a-zA-Z0-9-]{0,31}$/;

const STAGE_IN_WORDS = 'letters, digits and hyphens, at most 32';


const OBJECT_ID_IN_WORDS = 'an object id, 00000000-0000-0000-0000-000000000000';

const WORKSPACE =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.MachineLearningServices\/workspaces\/[^/]+$/i;

const WORKSPACE_IN_WORDS = 'the ARM id of a workspace, …/providers/Microsoft.MachineLearningServices/workspaces/<name>';

function checkStages(who: Speaker, stages: ModelPromotion['stages']): void {
  if (stages.length === 0) refuse(who, 'promotion.stages', stages.length, 'at least one stage');
  const [names, promoters] = [new Set<string>(), new Set<string>()];
  for (const { name, promoterObjectId, workflowObjectId } of stages) {
    requireMatch(who, 'promotion.stages.name', name, STAGE, STAGE_IN_WORDS);
    requireMatch(who, 'promotion.stages.promoterObjectId', promoterObjectId, GUID, OBJECT_ID_IN_WORDS);
    requireMatch(who, 'promotion.stages.workflowObjectId', workflowObjectId, GUID, OBJECT_ID_IN_WORDS);
    if (names.has(name)) refuse(who, 'promotion.stages.name', name, 'another for each stage');
    if (promoters.has(promoterObjectId)) {
      refuse(who, 'promotion.stages.promoterObjectId', promoterObjectId, 'another for each stage');
    }
    names.add(name);
    promoters.add(promoterObjectId);
  }
}

function newParts(registry: Construct, who: Speaker, props: ModelRegistryProps): ModelRegistryParts {
  requireProps(who, 'ModelRegistryProps', props);
  requireKnownText(who, 'modelName', props.modelName);
  const { modelName = stableName(registry, undefined, { maxLength: 63, separator: '-' }), isApprovalAutomatic } =
    resolvedRegistry(who, props);
  const { data, workspace } = props;
  const isDestroyable = mayDestroy(registry, who, props.removalPolicy);
  const first = onceInStack(registry, ['model', workspace.workspaceId, modelName.toLowerCase()], () => registry);
  if (first !== registry) {
    warn(
      registry,
      `${who.what} '${who.name}': modelName ${modelName} is that of '${first.node.path}' in the same workspace, so that both have the versions of one ` +
        'model: choose another name, or give that registry to what uses this one',
    );
  }
  const folder = numbersFolder(modelName);
  return {
    modelName,
    workspaceId: workspace.workspaceId,
    isApprovalAutomatic,
    approvals: newQueue(registry, 'Approvals', data),
    versionNumbersUrl: `${data.blobEndpoint}/${data.artifactContainer}/${folder.slice(0, -1)}`,
    images:
      props.containerRegistryId === undefined
        ? { registryId: workspace.containerRegistryId, loginServer: workspace.containerRegistryLoginServer }
        : containerRegistryNamed(who, 'containerRegistryId', props.containerRegistryId),
    shared:
      props.sharedRegistry && newSharedRegistry(registry, 'SharedRegistry', who, props.sharedRegistry, isDestroyable),
    grantNumbers: (principal) => data.grantWriteArtifacts(principal, folder),
  };
}

function promotedParts(registry: Construct, who: Speaker, props: PromotedRegistryProps): ModelRegistryParts {
  requireProps(who, 'PromotedRegistryProps', props);
  requireMatch(who, 'stage', props.stage, STAGE, STAGE_IN_WORDS);
  requireModelName(who, 'modelName', props.modelName);
  requireMatch(who, 'trainingWorkspaceId', props.trainingWorkspaceId, WORKSPACE, WORKSPACE_IN_WORDS);
  requireMatch(
    who,
    'trainingStoreAccountName',
    props.trainingStoreAccountName,
    /^[a-z0-9]{3,24}$/,
    'the name of a storage account, 3 to 24 lower-case letters and digits',
  );
  requireMatch(
    who,
    'trainingArtifactContainer',
    props.trainingArtifactContainer,
    /^[a-z0-9](-?[a-z0-9]){2,62}$/,
    'the name of a container, 3 to 63 lower-case letters, digits and hyphens',
  );
  const { workspaceId } = props.workspace;
  if (props.trainingWorkspaceId.toLowerCase() === workspaceId.toLowerCase() && !Token.isUnresolved(workspaceId)) {
    refuse(who, 'trainingWorkspaceId', props.trainingWorkspaceId, 'another workspace than that of the stage');
  }
  const { data, modelName, workspace } = props;
  return {
    ...newParts(registry, who, { data, modelName, workspace }),
    promotionStage: props.stage,
    promotions: newQueue(registry, 'Promotions', data),
  };
}

function partsNamed(registry: Construct, who: Speaker, attributes: ModelRegistryAttributes): ModelRegistryParts {
  requireProps(who, 'ModelRegistryAttributes', attributes);
  requireKnownText(who, 'modelName', attributes.modelName);
  requireModelName(who, 'modelName', attributes.modelName);
  const { isApprovalAutomatic } = resolvedRegistry(who, attributes);
  requireMatch(who, 'workspaceId', attributes.workspaceId, WORKSPACE, WORKSPACE_IN_WORDS);
  const container =
    /\/storageAccounts\/([a-z0-9]+)\/blobServices\/default\/containers\/([a-z0-9-]+)$/i.exec(
      attributes.artifactContainerId,
    ) ??
    refuse(
      who,
      'artifactContainerId',
      attributes.artifactContainerId,
      '…/storageAccounts/<account>/blobServices/default/containers/<name>, known at synthesis',
    );
  const folder = numbersFolder(attributes.modelName);
  return {
    modelName: attributes.modelName,
    workspaceId: attributes.workspaceId,
    isApprovalAutomatic,
    approvals: queueNamed(who, 'approvalQueueId', attributes.approvalQueueId),
    versionNumbersUrl: `https://${container[1]}.blob.core.windows.net/${container[2]}/${folder.slice(0, -1)}`,
    images: containerRegistryNamed(who, 'containerRegistryId', attributes.containerRegistryId),
    grantNumbers: (principal) => grantNumbers(registry, attributes.artifactContainerId, folder, principal),
  };
}
