import { createHash } from 'crypto';
import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { Construct } from 'constructs';
import { requireText } from '../../../core/private/texts';
import { Token } from '../../../core/private/tokens';
import { refuse, requireMatch, Speaker } from '../../../core/private/validation';
import { acknowledge } from '../../../terraform/acknowledge';
import { fingerprint } from '../../../terraform/fingerprint';
import { stableName } from '../../../terraform/names';
import { IDataLake } from '../../data-lake-props';
import { GoogleProject } from '../../google-project';
import { IModelRegistry } from '../../model-registry-props';
import { ServingEndpointProps } from '../../serving-endpoint-props';
import { checkContainer, checkVariables, ContainerSpec, containerSpec, variables } from '../base/container-spec';
import { imageUri } from '../base/image';
import { requirePlain } from '../base/plain-text';
import { vertexHost, vertexParent } from '../base/vertex-api';
import { Routine } from '../base/workflow';
import { READ_APPROVAL } from '../rollout/approved-version';
import { readDeclared, registerDeclared } from '../rollout/declared-artifact';
import { startOnDeclaration } from '../rollout/declared-trigger';
import { startOnMessage } from '../rollout/trigger';

/** What the endpoint of a source serves, and what starts a rollout. */
export interface ServedModel {
  readonly name: string;
  readonly model: string;
  readonly modelId: string;
  readonly read: Routine;
  readonly register?: { readonly [name: string]: Routine };
  /** The version, where the stack says which. */
  readonly version?: string;
  /** Files and image, where the stack says which. */
  readonly artifact?: {
    readonly artifactUri: string;
    readonly imageUri: string;
    readonly containerSpec: ContainerSpec;
  };
  readonly registry?: IModelRegistry;
  /** Makes what starts the workflow; where settings are given, a change of them starts it as well. */
  readonly start: (workflow: WorkflowsWorkflow, settings?: string) => void;
}

/** Where the stack's declarations and its key are. */
type SourceContext = Pick<IDataLake, 'artifactBucketName' | 'encryptionKey'>;

/** What a source means for an endpoint. */
export function servedModel(
  scope: Construct,
  who: Speaker,
  source: ServingEndpointProps['model'],
  place: SourceContext,
  connected: { readonly [name: string]: string } = {},
): ServedModel {
  if (source._registry !== undefined) return approved(scope, who, source._registry, place);
  const declare = (content: { readonly [key: string]: unknown }) => (workflow: WorkflowsWorkflow, settings?: string) =>
    startOnDeclaration(scope, 'Declared', { ...declaration(place), content: { ...content, settings } }, workflow);
  if (source._version !== undefined) {
    const { model, modelId, version } = versionParts(who, source._version, GoogleProject.of(scope).region);
    return { name: modelId, model, modelId, version, read: readDeclared(version), start: declare({ model, version }) };
  }
  if (source._artifact === undefined) {
    // Of JavaScript: a version that is none.
    refuse(who, 'model.version', source._version, A_VERSION);
  }
  const { artifactUri, image, container } = source._artifact;
  requireText(who, 'model.artifactUri', artifactUri);
  requireMatch(
    who,
    'model.artifactUri',
    artifactUri,
    /^gs:\/\/[a-z0-9][a-z0-9._-]+\/\S*[^/\s]$/,
    'a folder of Cloud Storage like gs://bucket/model, without a slash at the end',
  );
  requirePlain(who, 'model.artifactUri', artifactUri);
  checkContainer(who, 'model.container', container ?? {});
  checkVariables(who, 'model.environment', source._artifact!.environment);
  const systems = Object.keys(connected).length === 0 ? undefined : connected;
  const environment = systems === undefined ? source._artifact!.environment : { ...systems, ...source._artifact!.environment };
  const isOwn = (container ?? environment) !== undefined;
  const declared = {
    artifactUri,
    imageUri: imageUri(who, image),
    ...(container && { container }),
    ...(environment && { environment }),
  };
  const spec = containerSpec(declared.imageUri, '/invocations', container);
  const env = environment && variables(environment);
  const artifact = {
    artifactUri,
    imageUri: declared.imageUri,
    containerSpec: env === undefined ? spec : { ...spec, env },
  };
  const modelId = stableName(scope, 'model', { maxLength: 63, separator: '-' });
  const parent = vertexParent(scope);
  return {
    name: modelId,
    model: `${parent}/models/${modelId}`,
    modelId,
    artifact,
    read: readDeclared(''),
    register: registerDeclared({
      artifactUri,
      containerSpec: artifact.containerSpec,
      host: vertexHost(scope),
      parent,
      modelId,
      displayName: scope.node.path.slice(-128),
      kmsKeyName: place.encryptionKey.keyId,
      alias: `declared-${digest(artifactUri, artifact.imageUri, ...(isOwn ? [fingerprint([container, environment])] : []))}`,
    }),
    start: declare(declared),
  };
}

function approved(scope: Construct, who: Speaker, registry: IModelRegistry, place: SourceContext): ServedModel {
  const { region } = GoogleProject.of(scope);
  const modelRegion = registry.modelResourceName.split('/')[3];
  if (modelRegion !== region && !Token.isUnresolved(modelRegion) && !Token.isUnresolved(region)) {
    refuse(
      who,
      'model.latestApproved',
      registry.modelResourceName,
      `a registry in the region of the endpoint, ${region}`,
    );
  }
  return {
    name: registry.modelName,
    model: registry.modelResourceName,
    modelId: registry.modelId,
    registry,
    read: READ_APPROVAL,
    start: (workflow, settings) => {
      startOnMessage(scope, 'Approved', registry.approvalTopicId, workflow);
      if (settings !== undefined) {
        startOnDeclaration(scope, 'Settings', { ...declaration(place), content: { settings } }, workflow);
      }
    },
  };
}

/** Files that the stack declares are registered by the rollout, so that they have a version to roll back to. */
export function acknowledgeDeclared({ artifact }: ServedModel, rollout: WorkflowsWorkflow): void {
  if (artifact === undefined) return;
  acknowledge(
    rollout,
    'MLOPS-REG-03',
    `${artifact.artifactUri} is declared by the stack: no run of a pipeline has made it`,
  );
}

function digest(...parts: string[]): string {
  return createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 16);
}

function declaration({ artifactBucketName, encryptionKey }: SourceContext) {
  return { bucketName: artifactBucketName, encryptionKey };
}

const A_VERSION = 'projects/<id>/locations/<region>/models/<model>@<version>, the version by its number';

/** A version, taken apart. */
interface VersionParts {
  readonly model: string;
  readonly modelId: string;
  readonly version: string;
}

function versionParts(who: Speaker, resourceName: string, region: string): VersionParts {
  requireText(who, 'model.version', resourceName);
  const [, model, place, modelId, version] =
    /^(projects\/[^/]+\/locations\/([^/]+)\/models\/([a-zA-Z0-9_-]+))@(\d+)$/.exec(resourceName) ?? [];
  requirePlain(who, 'model.version', resourceName);
  if (model === undefined) {
    refuse(
      who,
      'model.version',
      resourceName,
      A_VERSION,
    );
  }
  if (place !== region) refuse(who, 'model.version', resourceName, `a model in the region of the endpoint, ${region}`);
  return { model, modelId, version };
}
