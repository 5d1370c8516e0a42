import { Construct, IConstruct } from 'constructs';
import { checkVariables } from './checks';
import { ServedModel } from './runtime';
import { requireKnownText } from '../../../core/private/known-values';
import { Token } from '../../../core/private/tokens';
import { refuse, refuseBecause, requireMatch, Speaker } from '../../../core/private/validation';
import { fingerprint } from '../../../terraform/fingerprint';
import { IModelRegistry } from '../../model-registry-props';
import { ServingEndpointProps } from '../../serving-endpoint-props';
import { imageUri } from '../base/image';
import { azureName } from '../base/names';
import { newQueue } from '../base/queue';

/** What a source means for an endpoint. */
export function servedModel(scope: Construct, who: Speaker, props: ServingEndpointProps): ServedModel {
  const { model, workspace, image } = props;
  const defaultImage = image === undefined ? undefined : imageUri(who, image);
  if (model._registry !== undefined) return approved(scope, who, model._registry, props, defaultImage);
  const inbox = newQueue(scope, 'Inbox', props.data);
  if (model._version !== undefined) {
    const { modelContainerId, name, version } = versionParts(who, model._version, workspace.workspaceId);
    return { name, modelContainerId, version, defaultImage, inbox };
  }
  const { modelUri, image: artifactImage, environment = {} } = model._artifact!;
  checkVariables(who, 'model.environment', environment);
  const uri = artifactUri(who, modelUri, workspace.artifactDatastore);
  const served = imageUri(who, artifactImage);
  const name = azureName(scope, 'mlAsset', 'model');
  return {
    name,
    modelContainerId: `${workspace.workspaceId}/models/${name}`,
    version: fingerprint([uri, served, environment]),
    artifact: { modelUri: uri, image: served, environment },
    inbox,
  };
}

/** A registry's queue has one reader: of two endpoints each would get half of the approvals. */
function approved(
  scope: Construct,
  who: Speaker,
  registry: IModelRegistry,
  props: ServingEndpointProps,
  defaultImage?: string,
): ServedModel {
  const { workspace } = props;
  if (isOther(registry.workspaceId, workspace.workspaceId)) {
    refuse(
      who,
      'model.latestApproved',
      registry.workspaceId,
      `a registry of the endpoint's own workspace, ${workspace.workspaceId}`,
    );
  }
  const readers = READERS.get(scope.node.root) ?? new Map<string, string>();
  READERS.set(scope.node.root, readers);
  // The same queue may have been brought in twice, or be that of a registry of this app and brought in as well.
  const queue = registry.approvalQueueId.toLowerCase();
  const reader = readers.get(queue);
  if (reader !== undefined && reader !== scope.node.path) {
    refuseBecause(
      who,
      `the approvals of ${registry.modelName} go to serving endpoint '${reader}' already, and one queue has one reader: ` +
        'give the second endpoint a ModelSource.version, or a registry of its own',
    );
  }
  readers.set(queue, scope.node.path);
  return {
    name: registry.modelName,
    modelContainerId: registry.modelContainerId,
    registry,
    defaultImage,
    inbox: { queueId: registry.approvalQueueId, queueUrl: registry.approvalQueueUrl },
  };
}

/** Who reads a queue of approvals, in all stacks of an app. */
const READERS = new WeakMap<IConstruct, Map<string, string>>();

function artifactUri(who: Speaker, modelUri: string, datastore: string): string {
  requireKnownText(who, 'model.modelUri', modelUri);
  if (modelUri.startsWith('azureml://')) {
    requireMatch(
      who,
      'model.modelUri',
      modelUri,
      /^azureml:\/\/(datastores\/[\w-]+\/paths\/\S*[^/\s]|registries\/[\w-]+\/models\/[\w.-]+\/versions\/[\w.-]+)\/?$/,
      'azureml://datastores/<name>/paths/<folder> or azureml://registries/<name>/models/<model>/versions/<version>',
    );
    return modelUri;
  }
  requireMatch(
    who,
    'model.modelUri',
    modelUri,
    /^(?!(.*\/)?\.\.?(\/|$))[^/:\s][^:\s]*$/,
    "a folder of the lake's container of artifacts like models/churn/, or an address azureml://…",
  );
  return `azureml://datastores/${datastore}/paths/${modelUri}`;
}

/** A version, taken apart. */
interface VersionParts {
  readonly modelContainerId: string;
  readonly name: string;
  readonly version: string;
}

function versionParts(who: Speaker, versionId: string, workspaceId: string): VersionParts {
  requireKnownText(who, 'model.version', versionId);
  const [, modelContainerId, workspace, name, version] =
    /^((\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.MachineLearningServices\/workspaces\/[^/]+)\/models\/([\w.-]+))\/versions\/([A-Za-z0-9-]+)$/i.exec(
      versionId,
    ) ?? [];
  if (modelContainerId === undefined) {
    refuse(
      who,
      'model.version',
      versionId,
      '/subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.MachineLearningServices/workspaces/<name>/models/<model>/versions/<version>',
    );
  }
  if (version.length > MOST_VERSION) {
    refuse(
      who,
      'model.version',
      version,
      `a version of at most ${MOST_VERSION} characters, because deployments are named after it`,
    );
  }
  if (isOther(workspace, workspaceId)) {
    refuse(who, 'model.version', versionId, `a version of the endpoint's own workspace, ${workspaceId}`);
  }
  return { modelContainerId, name, version };
}

/** `v<version>-<settings>` is the name of a deployment, which has 32 characters at most. */
const MOST_VERSION = 22;

function isOther(one: string, other: string): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one.toLowerCase() !== other.toLowerCase();
}
