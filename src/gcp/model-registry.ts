import { Construct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { GoogleProject } from './google-project';
import { ModelRegistryBase, ModelRegistryParts } from './model-registry-base';
import {
  IModelRegistry,
  ModelPromotion,
  ModelRegistryAttributes,
  ModelRegistryProps,
  PromotedRegistryProps,
} from './model-registry-props';
import { Principal } from './principal';
import { requireKnown, requireKnownText } from '../core/private/known-values';
import { warn } from '../terraform/annotations';
import { holdInProject } from './private/base/project-holders';
import { grantInProject } from './private/base/project-roles';
import { SERVICE_AGENTS } from './private/base/service-agents';
import { vertexHost, vertexParent } from './private/base/vertex-api';
import { newWorkflow } from './private/base/workflow';
import { grantObjects } from './private/data/bucket-access';
import { grantPublish, newApprovalTopic } from './private/registry/approval-topic';
import { newRepository, repositoryNamed, RepositorySettings } from './private/registry/repository';
import { FILES_OF_VERSIONS, grantFiles, promoterId } from './private/registry/sharing';
import { promotionDefinition } from './private/rollout/promotion';
import { startOnMessage } from './private/rollout/trigger';
import { ServiceAccount } from './service-account';
import { requireModelName, resolvedRegistry } from '../core/private/resolve/registry';
import { requireTexts } from '../core/private/texts';
import { Token } from '../core/private/tokens';
import { refuse, requireInteger, requireMatch, Speaker } from '../core/private/validation';
import { stableName } from '../terraform/names';
import { mayDestroy } from '../terraform/removal';
import { checkStages, PROJECT, PROJECT_IN_WORDS, STAGE, STAGE_IN_WORDS } from './private/registry/checks';

/**
 * Versions of one model in Vertex AI's Model Registry, the images that they run in, and the topic through which they
 * are approved.
 *
 * Terraform has no resource for a model: the first run of a training pipeline uploads it under `modelId`, later runs
 * add versions. Aliases say where a version stands: `candidate` the newest registered, `approved` the newest approved
 * (`approved-3` stays with version 3), `live` the one that serves. A person approves with
 * `gcloud pubsub topics publish <topic> --message '{"version":"3"}'`, and rejects by giving the alias `rejected`: for a
 * candidate that waits for either, drift starts no training. Registries of one project and region with the same name
 * are one model.
 *
 * Children: `Images`, `Templates`, `ApprovalSchema`, `Approvals`. Costs: storage of images, 0.10 USD a GB and month,
 * and their scanning.
 *
 * @see https://cloud.google.com/vertex-ai/docs/model-registry/introduction
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { gcp, Approval } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new gcp.DataLake(stack, 'Data');
 * new gcp.ModelRegistry(stack, 'Registry', { data, modelName: 'churn', approval: Approval.manual() });
 */
export class ModelRegistry extends ModelRegistryBase {
  /** A registry that another stack, or another tool, has made in the project and region of this stack. */
  public static fromAttributes(scope: Construct, id: string, attributes: ModelRegistryAttributes): IModelRegistry {
    return new ImportedModelRegistry(scope, id, attributes);
  }

  /**
   * The registry of one stage, which versions of a training project are promoted to: a person says which one, and a
   * workflow copies its files to the stage's lake, registers it with the same image, and approves it, which starts the
   * rollouts.
   *
   * The registry of the training project names the stage in its `promotion`. An approver gets `grantApprove` of what
   * this returns, and promotes with `gcloud pubsub topics publish <promotionTopicId> --message '{"version":"3"}'`, the
   * number that the version has in the training project; the version here has the alias `training-3`. Promoting an
   * earlier version again rolls back to it.
   *
   * @param scope where it is used, in a stack of the stage's project, in the region of the training project
   * @param id id of the registry
   * @param props the registry and the stage
   */
  public static promotedFrom(scope: Construct, id: string, props: PromotedRegistryProps): IModelRegistry {
    return new PromotedModelRegistry(scope, id, props);
  }

  public constructor(scope: Construct, id: string, props: ModelRegistryProps) {
    super(scope, id, (registry, who) => newParts(registry, who, props));
    if (props.promotion !== undefined) this.share(props.promotion, props.data);
  }

  /** Lets the workflow of each stage read versions and files, and the services of its project pull images. */
  private share({ stages }: ModelPromotion, data: IDataLake): void {
    checkStages(this, stages);
    for (const { name, projectId, projectNumber } of stages) {
      const promoter = Principal.serviceAccount(
        `${promoterId(this.modelName, name)}@${projectId}.iam.gserviceaccount.com`,
      );
      this.grantRead(promoter);
      grantFiles(this, name, data.artifactBucketName, promoter);
      for (const service of PULLING) {
        this.grantPullImages(Principal.serviceAccount(SERVICE_AGENTS[service].email.replace('#', projectNumber)));
      }
    }
  }
}

/** A registry whose versions come from a training project. */
class PromotedModelRegistry extends ModelRegistryBase {
  public constructor(scope: Construct, id: string, props: PromotedRegistryProps) {
    super(scope, id, (registry, who) => promotedParts(registry, who, props));
    const project = GoogleProject.of(this);
    const { artifactBucketName, encryptionKey } = props.data;
    // The training project gives them its images, which it can only when they exist.
    const pulling = PULLING.map((service) => project._agentReady(service));
    const promoter = new ServiceAccount(this, 'Promoter', {
      displayName: `Promotes ${props.modelName} to ${props.stage}`, accountId: promoterId(props.modelName, props.stage),
    });
    const workflow = newWorkflow(this, 'Promotion', {
      description: `Promotes versions of ${props.modelName} to ${props.stage}`,
      definition: promotionDefinition({
        host: vertexHost(this),
        parent: vertexParent(this),
        modelId: this.modelId,
        trainingModel: `projects/${props.trainingProjectId}/locations/${project.region}/models/${this.modelId}`,
        stage: props.stage,
        artifactBucket: artifactBucketName,
        kmsKeyName: encryptionKey.keyId,
        approvalTopicId: this.approvalTopicId,
      }),
      runsAs: promoter,
      encryptionKey,
      needs: [
        ...pulling,
        encryptionKey.grantServiceAgent('aiplatform'),
        this.grantRegister(promoter),
        grantPublish(this, this.approvalTopicId, promoter),
        // Which runs of its own are going on.
        grantInProject(this, promoter, 'workflows.viewer'),
        grantObjects(this, 'CopiedFiles', {
          bucket: artifactBucketName,
          prefix: FILES_OF_VERSIONS,
          role: 'objectUser',
          member: promoter.member,
        }),
      ],
    });
    startOnMessage(this, 'PromotionTrigger', this.promotionTopicId!, workflow);
  }
}

class ImportedModelRegistry extends ModelRegistryBase {
  public constructor(scope: Construct, id: string, attributes: ModelRegistryAttributes) {
    super(scope, id, (_, who) => partsNamed(who, attributes));
  }
}

/** Services that pull the images of versions, each as its own agent. */
const PULLING = ['aiplatform', 'run'] as const;

function promotedParts(registry: Construct, who: Speaker, props: PromotedRegistryProps): ModelRegistryParts {
  requireKnownText(who, 'stage', props.stage);
  requireMatch(who, 'stage', props.stage, STAGE, STAGE_IN_WORDS);
  requireModelName(who, 'modelName', props.modelName);
  requireMatch(who, 'trainingProjectId', props.trainingProjectId, PROJECT, PROJECT_IN_WORDS);
  requireTexts(who, props, { stage: 'text', modelName: 'text', trainingProjectId: 'text' });
  const { projectId } = GoogleProject.of(registry);
  if (props.trainingProjectId === projectId && !Token.isUnresolved(projectId)) {
    refuse(who, 'trainingProjectId', props.trainingProjectId, 'another project than that of the stack');
  }
  const parts = newParts(registry, who, {
    data: props.data,
    modelName: props.modelName,
    removalPolicy: props.removalPolicy,
  });
  return {
    ...parts,
    promotionStage: props.stage,
    promotionTopicId: newApprovalTopic(registry, 'Promotions', props.data, 7),
  };
}

function newParts(registry: Construct, who: Speaker, props: ModelRegistryProps): ModelRegistryParts {
  const { modelName = stableName(registry, undefined, { maxLength: 63, separator: '-' }), isApprovalAutomatic } =
    resolvedRegistry(who, props);
  requireKnown(who, props, 'keepRecentCount');
  requireInteger(who, 'keepRecentCount', props.keepRecentCount, 1, 10000);
  requireInteger(who, 'untaggedImageDays', props.untaggedImageDays, 1, 3650);
  requireInteger(who, 'approvalRetentionDays', props.approvalRetentionDays, 1, 31);
  const isDestroyable = mayDestroy(registry, who, props.removalPolicy);
  const [other] = holdInProject(registry, `model ${GoogleProject.of(registry).region} ${idOf(modelName)}`);
  if (other !== undefined) {
    warn(
      registry,
      `${who.what} '${who.name}': modelName ${modelName} is that of '${other.node.path}' in the same project and region, so that both have the ` +
        'versions and the alias live of one model: choose another name, or give that registry to what uses this one',
    );
  }
  const settings: RepositorySettings = {
    description: '',
    encryptionKey: props.data.encryptionKey,
    keepRecentCount: props.keepRecentCount ?? 50,
    untaggedDays: props.untaggedImageDays ?? 365,
    immutableTags: props.immutableTags ?? true,
    scan: props.scanImages ?? true,
    isDestroyable,
  };
  return {
    modelName,
    modelId: idOf(modelName),
    isApprovalAutomatic,
    images: props.imageRepository === undefined
      ? newRepository(registry, 'Images', 'DOCKER', { ...settings, description: `Images of ${modelName}` })
      : repositoryNamed(who, 'imageRepository', 'DOCKER', props.imageRepository),
    templates: props.templateRepository === undefined
      ? newRepository(registry, 'Templates', 'KFP', { ...settings, description: `Pipeline templates of ${modelName}` })
      : repositoryNamed(who, 'templateRepository', 'KFP', props.templateRepository),
    approvalTopicId: newApprovalTopic(registry, 'Approvals', props.data, props.approvalRetentionDays ?? 7),
  };
}

function partsNamed(who: Speaker, attributes: ModelRegistryAttributes): ModelRegistryParts {
  const { isApprovalAutomatic } = resolvedRegistry(who, attributes);
  requireTexts(who, attributes, {
    modelName: 'text',
    approvalTopicId: 'text',
    imageRepository: 'text',
    templateRepository: 'text',
  });
  requireMatch(
    who,
    'modelId',
    attributes.modelId,
    /^[a-z_0-9][a-z0-9_-]{0,62}$/,
    "the last part of the model's resource name",
  );
  requireMatch(
    who,
    'approvalTopicId',
    attributes.approvalTopicId,
    /^projects\/[^/]+\/topics\/[^/]+$/,
    'projects/<id>/topics/<name>',
  );
  return {
    modelName: attributes.modelName,
    modelId: attributes.modelId ?? idOf(attributes.modelName),
    isApprovalAutomatic,
    approvalTopicId: attributes.approvalTopicId,
    images: repositoryNamed(who, 'imageRepository', 'DOCKER', attributes.imageRepository),
    templates: repositoryNamed(who, 'templateRepository', 'KFP', attributes.templateRepository),
  };
}

/** Lower case, and no digit at the beginning: what Vertex AI takes for an id. */
function idOf(modelName: string): string {
  const id = modelName.toLowerCase();
  return /^[a-z]/.test(id) ? id : `m${id}`.slice(0, 63);
}
