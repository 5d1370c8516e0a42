import { numberOf, takeNumber } from './version-numbers';
import { VERSION_TAGS } from './version-tags';
import { arm, compose, delay, setVariable, Text } from '../base/workflow-actions';
import { after, attempt, fail, FAILED, Fragment, insist, reasonOf, until, when } from '../base/workflow-control';
import { codeOf, errorOf, ex, Expression, text, variable } from '../base/workflow-expressions';
import { store } from '../base/workflow-storage';

/** A registry, as workflows register in it. */
export interface RegistryContext {
  readonly modelName: string;
  /** ARM id of the workspace. */
  readonly workspaceId: string;
  readonly versionNumbersUrl: string;
  /** Set where registering approves. */
  readonly approvalQueueUrl?: string;
  /** ARM id of the Azure ML registry that versions are shared through. */
  readonly sharedRegistryId?: string;
}

/** A version, before it has a number. */
export interface VersionInput {
  readonly description: Text;
  /** `azureml://…/paths/training/<run>/model`. */
  readonly modelUri: Text;
  /** An expression of an object of texts. */
  readonly tags: Expression;
  /** The run that it is of: the same run finds the same version again. */
  readonly run: Expression;
}

/**
 * Registers a version under the next number, tells it where it is shared, and approves it where registering does. Its
 * number is `versionNumber()`.
 */
export function registerVersion(registry: RegistryContext, version: VersionInput): Fragment {
  const modelId = `${registry.workspaceId}/models/${registry.modelName}`;
  const numbers = takeNumber({
    name: NUMBER,
    modelId,
    numbersUrl: registry.versionNumbersUrl,
    owner: version.run,
    ownerTag: VERSION_TAGS.run,
  });
  const approval = registry.approvalQueueUrl === undefined ? 'pending' : 'approved';
  return {
    variables: { ...numbers.variables, [SHARED]: false },
    actions: {
      ...numbers.actions,
      Tags: compose(ex`setProperty(${version.tags}, ${VERSION_TAGS.approval}, ${approval})`),
      ...insist('Register', putVersion(modelId, versionNumber(), { ...version, tags: ex`outputs('Tags')` })),
      ...share(registry, modelId),
      ...approve(registry),
    },
  };
}

/**
 * The request for a version: the same one again changes nothing.
 *
 * @see https://learn.microsoft.com/rest/api/azureml/model-versions/create-or-update
 */
export function putVersion(
  modelId: Text,
  number: Expression,
  { description, modelUri, tags }: Omit<VersionInput, 'run'>,
) {
  return arm.put({
    type: 'Microsoft.MachineLearningServices/workspaces/models/versions',
    id: text`${modelId}/versions/${number}`,
    body: { properties: { modelType: 'custom_model', modelUri, description, tags, properties: {}, isArchived: false } },
  });
}

/** The number of the version that was registered, as text in texts. */
export function versionNumber(): Expression {
  return variable(numberOf(NUMBER));
}

const NUMBER = 'Number';
const SHARED = 'version_shared';

/**
 * Publishes the version to a shared registry, under the same number, and waits until it is there. A second request
 * finds it there.
 *
 * @see https://learn.microsoft.com/rest/api/azureml/model-versions/publish
 */
function share({ modelName, sharedRegistryId }: RegistryContext, modelId: string): Fragment['actions'] {
  if (sharedRegistryId === undefined) return {};
  const registryName = ex`last(split(${sharedRegistryId}, '/'))`;
  const there = {
    type: 'Microsoft.MachineLearningServices/registries/models/versions' as const,
    id: text`${sharedRegistryId}/models/${modelName}/versions/${versionNumber()}`,
  };
  return attempt(
    'Sharing',
    {
      Share: until(
        variable(SHARED),
        { count: 60, timeout: 'PT1H', failAtLimit: true },
        {
          Share_look: arm.get(there),
          Share_seen: setVariable(SHARED, true),
          Share_unseen: after(
            { Share_look: FAILED },
            when(
              ex`not(equals(coalesce(${codeOf('Share_look')}, 0), 404))`,
              fail('Share_error', errorOf('Share_look')),
              {
                Share_ask: arm.post({
                  type: 'Microsoft.MachineLearningServices/workspaces/models/versions',
                  id: text`${modelId}/versions/${versionNumber()}`,
                  operation: 'publish',
                  body: {
                    registryName,
                    destinationName: modelName,
                    destinationVersion: ex`string(${versionNumber()})`,
                  },
                }),
                // It may be on its way.
                Share_pause: after({ Share_ask: ['Succeeded', ...FAILED] }, delay(60)),
              },
            ),
          ),
        },
      ),
    },
    fail(
      'Not_shared',
      text`version ${versionNumber()} is registered and could not be shared through ${registryName}: ${reasonOf('Sharing')}`,
    ),
  );
}

/** A message that does not come leaves a version that nobody rolls out. */
function approve({ approvalQueueUrl }: RegistryContext): Fragment['actions'] {
  if (approvalQueueUrl === undefined) return {};
  return attempt(
    'Approving',
    insist(
      'Approve',
      store.putMessage({ queueUrl: approvalQueueUrl, message: { version: ex`string(${versionNumber()})` } }),
    ),
    fail(
      'Not_approved',
      text`version ${versionNumber()} is registered and could not be approved, approve it by hand: ${reasonOf('Approving')}`,
    ),
  );
}
