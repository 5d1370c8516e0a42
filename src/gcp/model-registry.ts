import { PubsubSchema } from '@cdktf/provider-google/lib/pubsub-schema';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { Construct, IConstruct } from 'constructs';
import { IDataLake } from './data-lake';
import { GoogleProject } from './google-project';
import { Grant } from './grant';
import { ModelRegistryBase, ModelRegistryParts } from './model-registry-base';
import { IPrincipal } from './principal';
import { requireKnownNumbers } from './private/base/known-values';
import { after } from './private/base/ordering';
import { newRepository, repositoryNamed, RepositorySettings } from './private/registry/repository';
import { RemovalPolicy } from './removal-policy';
import { Approval, ModelRegistryIntent } from '../core/model-registry';
import { requireInteger, requireMatch, Speaker } from '../core/private/validation';
import { stableName } from '../terraform/names';
import { mayDestroy } from '../terraform/removal';

/** A registry that a pipeline registers versions in and an endpoint serves them from. */
export interface IModelRegistry extends IConstruct {
  /** Name that people read, `churn`. */
  readonly modelName: string;
  /** Id of the model in Vertex AI; versions are uploaded to it. The first upload makes it: Terraform cannot. */
  readonly modelId: string;
  /** Resource name of the model, `projects/<id>/locations/<region>/models/<modelId>`. */
  readonly modelResourceName: string;
  /** Whether a version that is registered is approved thereby. */
  readonly isApprovalAutomatic: boolean;
  /** Id of the Pub/Sub topic whose messages approve a version, `projects/<id>/topics/<name>`: `{"version": "3"}`. Rollouts start from it. */
  readonly approvalTopicId: string;
  /** Address of the Docker repository for the workload's images, `<region>-docker.pkg.dev/<project>/<repository>`. */
  readonly imageRepositoryUri: string;
  /** Address of the repository for pipeline templates (KFP), `https://<region>-kfp.pkg.dev/<project>/<repository>`. */
  readonly templateRepositoryUri: string;
  /** Allows registering versions, and approving them where approval is automatic. */
  grantRegister(principal: IPrincipal): Grant;
  /** Allows approving versions. */
  grantApprove(principal: IPrincipal): Grant;
  /** Allows reading versions. */
  grantRead(principal: IPrincipal): Grant;
  /** Allows pulling the workload's images; Vertex AI, which pulls them for its jobs and endpoints, may then as well. */
  grantPullImages(principal: IPrincipal): Grant;
  /** Allows pushing the workload's images, as the build of a delivery does. */
  grantPushImages(principal: IPrincipal): Grant;
  /** Allows reading pipeline templates, as a run of one does. */
  grantReadTemplates(principal: IPrincipal): Grant;
  /** Allows uploading pipeline templates. */
  grantWriteTemplates(principal: IPrincipal): Grant;
}

/** A registry on Google Cloud: a model of Vertex AI, repositories of Artifact Registry, a topic for approvals. */
export interface ModelRegistryProps extends ModelRegistryIntent {
  /** The lake whose key encrypts the images, the templates and the approvals. */
  readonly data: IDataLake;
  /**
   * A Docker repository of yours, `projects/<id>/locations/<region>/repositories/<name>`; its clean-up and scanning are yours.
   *
   * @default - a new repository
   */
  readonly imageRepository?: string;
  /**
   * A repository of yours with format KFP, `projects/<id>/locations/<region>/repositories/<name>`.
   *
   * @default - a new repository
   */
  readonly templateRepository?: string;
  /**
   * Whether a tag names one image for ever; images are told apart by the commit that they were built from, not by `latest`.
   *
   * @default true
   * @see https://cloud.google.com/artifact-registry/docs/docker/names#tag-immutability
   */
  readonly immutableTags?: boolean;
  /**
   * Images of each name that stay whatever their age.
   *
   * @default 50
   */
  readonly keepRecentCount?: number;
  /**
   * Days after which an image without a tag is deleted, unless it is among the recent. Versions of the model refer to images: those that may still be
   * served must be kept.
   *
   * @default 365
   */
  readonly untaggedImageDays?: number;
  /**
   * Whether images are scanned for known vulnerabilities when they are pushed; about 0.26 USD an image.
   *
   * @default true
   * @see https://cloud.google.com/artifact-analysis/docs/container-scanning-overview
   */
  readonly scanImages?: boolean;
  /**
   * Days that an approval stays in its topic, 1 to 31, so that a subscription that is made later, or a replay, can still have it.
   *
   * @default 7
   */
  readonly approvalRetentionDays?: number;
  /**
   * What happens to the images and templates when the registry leaves the stack. The model and its versions stay in any case.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What identifies a registry that exists. */
export interface ModelRegistryAttributes {
  /** Name that people read. */
  readonly modelName: string;
  /**
   * Id of the model in Vertex AI, in the project and region of the stack.
   *
   * @default - the name in lower case
   */
  readonly modelId?: string;
  /** Id of the topic of approvals, `projects/<id>/topics/<name>`. */
  readonly approvalTopicId: string;
  /** The Docker repository, `projects/<id>/locations/<region>/repositories/<name>`. */
  readonly imageRepository: string;
  /** The repository with format KFP, `projects/<id>/locations/<region>/repositories/<name>`. */
  readonly templateRepository: string;
  /**
   * Who says that a version may go live.
   *
   * @default Approval.manual()
   */
  readonly approval?: Approval;
}

/**
 * Versions of one model in Vertex AI's Model Registry, the images that they run in, and the topic through which they are approved.
 *
 * Terraform has no resource for a model: the first run of a training pipeline uploads it under `modelId`, later runs add versions. Aliases say
 * where a version stands: `candidate` the newest registered, `approved` the newest approved (`approved-3` stays with version 3), `live` the one that
 * serves. A person approves with `gcloud pubsub topics publish <topic> --message '{"version":"3"}'`, and rejects by giving the alias `rejected`: for a
 * candidate that waits for either, drift starts no training. Registries of one project and region with the same name are one model.
 *
 * Children: `Images`, `Templates`, `ApprovalSchema`, `Approvals`. Costs: storage of images, 0.10 USD a GB and month, and their scanning.
 *
 * @see https://cloud.google.com/vertex-ai/docs/model-registry/introduction
 */
export class ModelRegistry extends ModelRegistryBase {
  /** A registry that another stack, or another tool, has made in the project and region of this stack. */
  public static fromAttributes(scope: Construct, id: string, attributes: ModelRegistryAttributes): IModelRegistry {
    return new ImportedModelRegistry(scope, id, attributes);
  }

  public constructor(scope: Construct, id: string, props: ModelRegistryProps) {
    super(scope, id, (registry, who) => newParts(registry, who, props));
  }
}

class ImportedModelRegistry extends ModelRegistryBase {
  public constructor(scope: Construct, id: string, attributes: ModelRegistryAttributes) {
    super(scope, id, (_, who) => partsNamed(who, attributes));
  }
}

const NAME = /^(?=.{1,63}$)[A-Za-z0-9](-*[A-Za-z0-9])*$/;
const NAME_IN_WORDS = 'letters, digits and hyphens between them, at most 63';

function newParts(registry: Construct, who: Speaker, props: ModelRegistryProps): ModelRegistryParts {
  requireMatch(who, 'modelName', props.modelName, NAME, NAME_IN_WORDS);
  requireKnownNumbers(who, props, 'keepRecentCount');
  requireInteger(who, 'keepRecentCount', props.keepRecentCount, 1, 10000);
  requireInteger(who, 'untaggedImageDays', props.untaggedImageDays, 1, 3650);
  requireInteger(who, 'approvalRetentionDays', props.approvalRetentionDays, 1, 31);
  const isDestroyable = mayDestroy(registry, who, props.removalPolicy);
  const modelName = props.modelName ?? stableName(registry, undefined, { maxLength: 63, separator: '-' });
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
    isApprovalAutomatic: (props.approval ?? Approval.manual()).isAutomatic,
    images: props.imageRepository === undefined
      ? newRepository(registry, 'Images', 'DOCKER', { ...settings, description: `Images of ${modelName}` })
      : repositoryNamed(who, 'imageRepository', 'DOCKER', props.imageRepository),
    templates: props.templateRepository === undefined
      ? newRepository(registry, 'Templates', 'KFP', { ...settings, description: `Pipeline templates of ${modelName}` })
      : repositoryNamed(who, 'templateRepository', 'KFP', props.templateRepository),
    approvalTopicId: newTopic(registry, props.data, props.approvalRetentionDays ?? 7),
  };
}

function partsNamed(who: Speaker, attributes: ModelRegistryAttributes): ModelRegistryParts {
  requireMatch(who, 'modelName', attributes.modelName, NAME, NAME_IN_WORDS);
  requireMatch(who, 'modelId', attributes.modelId, /^[a-z_0-9][a-z0-9_-]{0,62}$/, 'the last part of the model\'s resource name');
  requireMatch(who, 'approvalTopicId', attributes.approvalTopicId, /^projects\/[^/]+\/topics\/[^/]+$/, 'projects/<id>/topics/<name>');
  return {
    modelName: attributes.modelName,
    modelId: attributes.modelId ?? idOf(attributes.modelName),
    isApprovalAutomatic: (attributes.approval ?? Approval.manual()).isAutomatic,
    approvalTopicId: attributes.approvalTopicId,
    images: repositoryNamed(who, 'imageRepository', 'DOCKER', attributes.imageRepository),
    templates: repositoryNamed(who, 'templateRepository', 'KFP', attributes.templateRepository),
  };
}

/**
 * What an approval may say. In Avro's JSON every field must be there, so that `promote` could not be left out, and without a field for it not be said.
 *
 * @see https://cloud.google.com/pubsub/docs/schemas
 */
const APPROVAL = `syntax = "proto2";

message Approval {
  // Id of the version, a number.
  required string version = 1;
  // Whether a challenger takes over.
  optional bool promote = 2;
}
`;

function newTopic(registry: Construct, data: IDataLake, retentionDays: number): string {
  const project = GoogleProject.of(registry);
  const api = project._api('pubsub');
  const schema = new PubsubSchema(registry, 'ApprovalSchema', {
    name: stableName(registry, 'ApprovalSchema', { maxLength: 100, separator: '-' }),
    project: project.projectId,
    type: 'PROTOCOL_BUFFER',
    definition: APPROVAL,
    dependsOn: after(api),
  });
  return new PubsubTopic(registry, 'Approvals', {
    name: stableName(registry, 'Approvals', { maxLength: 100, separator: '-' }),
    project: project.projectId,
    kmsKeyName: data.encryptionKey.keyId,
    messageRetentionDuration: `${retentionDays * 86400}s`,
    messageStoragePolicy: { allowedPersistenceRegions: [project.region] },
    schemaSettings: { schema: schema.id, encoding: 'JSON' },
    dependsOn: after(api, data.encryptionKey.grantServiceAgent('pubsub')),
  }).id;
}

/** Lower case, and no digit at the beginning: what Vertex AI takes for an id. */
function idOf(modelName: string): string {
  const id = modelName.toLowerCase();
  return /^[a-z]/.test(id) ? id : `m${id}`.slice(0, 63);
}
