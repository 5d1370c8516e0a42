import { PubsubSchema } from '@cdktf/provider-google/lib/pubsub-schema';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { Construct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { GoogleProject } from './google-project';
import { ModelRegistryBase, ModelRegistryParts } from './model-registry-base';
import { IModelRegistry, ModelRegistryAttributes, ModelRegistryProps } from './model-registry-props';
import { requireKnown } from '../core/private/known-values';
import { after } from './private/base/ordering';
import { newRepository, repositoryNamed, RepositorySettings } from './private/registry/repository';
import { resolvedRegistry } from '../core/private/resolve/registry';
import { requireInteger, requireMatch, Speaker } from '../core/private/validation';
import { stableName } from '../terraform/names';
import { mayDestroy } from '../terraform/removal';

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

  public constructor(scope: Construct, id: string, props: ModelRegistryProps) {
    super(scope, id, (registry, who) => newParts(registry, who, props));
  }
}

class ImportedModelRegistry extends ModelRegistryBase {
  public constructor(scope: Construct, id: string, attributes: ModelRegistryAttributes) {
    super(scope, id, (_, who) => partsNamed(who, attributes));
  }
}

function newParts(registry: Construct, who: Speaker, props: ModelRegistryProps): ModelRegistryParts {
  const { modelName = stableName(registry, undefined, { maxLength: 63, separator: '-' }), isApprovalAutomatic } = resolvedRegistry(who, props);
  requireKnown(who, props, 'keepRecentCount');
  requireInteger(who, 'keepRecentCount', props.keepRecentCount, 1, 10000);
  requireInteger(who, 'untaggedImageDays', props.untaggedImageDays, 1, 3650);
  requireInteger(who, 'approvalRetentionDays', props.approvalRetentionDays, 1, 31);
  const isDestroyable = mayDestroy(registry, who, props.removalPolicy);
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
    approvalTopicId: newTopic(registry, props.data, props.approvalRetentionDays ?? 7),
  };
}

function partsNamed(who: Speaker, attributes: ModelRegistryAttributes): ModelRegistryParts {
  const { isApprovalAutomatic } = resolvedRegistry(who, attributes);
  requireMatch(who, 'modelId', attributes.modelId, /^[a-z_0-9][a-z0-9_-]{0,62}$/, 'the last part of the model\'s resource name');
  requireMatch(who, 'approvalTopicId', attributes.approvalTopicId, /^projects\/[^/]+\/topics\/[^/]+$/, 'projects/<id>/topics/<name>');
  return {
    modelName: attributes.modelName,
    modelId: attributes.modelId ?? idOf(attributes.modelName),
    isApprovalAutomatic,
    approvalTopicId: attributes.approvalTopicId,
    images: repositoryNamed(who, 'imageRepository', 'DOCKER', attributes.imageRepository),
    templates: repositoryNamed(who, 'templateRepository', 'KFP', attributes.templateRepository),
  };
}

/**
 * Schema of an approval. In Avro's JSON every field must be there, so that `promote` could not be left out, and without a field for it not be said.
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
