import { jobEnvironment } from '../base/job-environment';
import { ImageRegistry } from '../base/pulls';
import { arm, ARM_AUDIENCE, compose, delay, http, setVariable } from '../base/workflow-actions';
import { after, attempt, ENDED, fail, FAILED, Fragment, insist, reasonOf, until, when } from '../base/workflow-control';
import { codeOf, errorOf, ex, Expression, text, variable } from '../base/workflow-expressions';
import { runJob } from '../base/workflow-jobs';
import { store } from '../base/workflow-storage';
import { message } from '../base/workflow-triggers';
import { FILES_OF_VERSIONS } from '../registry/places';
import { putVersion } from '../registry/registration';
import { VERSION_TAGS } from '../registry/version-tags';

/** Where versions come from. */
export interface PromotionSource {
  /** ARM id of the workspace that trains. */
  readonly workspaceId: string;
  readonly storeAccountName: string;
  readonly artifactContainer: string;
  readonly images: ImageRegistry;
}

/** What a promotion reads and writes. */
export interface PromotionSettings {
  readonly stage: string;
  readonly modelName: string;
  readonly workspaceId: string;
  readonly location: string;
  /** Whether the workspace's own address is closed to the workflow. */
  readonly isPrivate: boolean;
  readonly artifactDatastore: string;
  /** Where the artifacts of the stage are: `https://<account>.blob.core.windows.net/` and the container. */
  readonly blobEndpoint: string;
  readonly artifactContainer: string;
  readonly containerRegistryId: string;
  readonly loginServer: string;
  readonly approvalQueueUrl: string;
  /** The machine that copies, and the client id of the identity that does. */
  readonly computeId: string;
  readonly clientId: string;
  readonly from: PromotionSource;
}

const VERSION = 'Microsoft.MachineLearningServices/workspaces/models/versions' as const;
const STATE = 'copied';
const KNOWN = 'known';

/**
 * Brings a version of the training workspace to the stage: copies its files and its image, registers it under the same
 * number, and approves it, which starts the rollouts. A message that comes again finds the version and approves it
 * again, which is how a stage rolls back to an earlier one.
 *
 * A job copies the files: a workflow cannot hand its token to Azure Storage for a copy between accounts, and would have
 * to carry them itself.
 */
export function promotionFlow(settings: PromotionSettings): Fragment {
  const { from, modelName, stage } = settings;
  const number = ex`outputs('Wanted')`;
  const [there, here] = [`${from.workspaceId}/models/${modelName}`, `${settings.workspaceId}/models/${modelName}`];
  const tag = (name: string): Expression => ex`string(coalesce(body('Source')?['properties']?['tags']?[${name}], ''))`;
  const copy = copyJob(settings);
  return {
    variables: { [KNOWN]: false, [STATE]: false, ...copy.variables },
    actions: {
      Wanted: compose(ex`string(coalesce(${message()}?['version'], ''))`),
      Wanted_is_number: when(
        ex`not(isInt(outputs('Wanted')))`,
        fail('Not_a_version', text`version must be the number of a version in the training workspace, got ${number}`),
      ),
      ...insist('Source', arm.get({ type: VERSION, id: text`${there}/versions/${number}` })),
      Rejected: when(
        ex`equals(toLower(${tag(VERSION_TAGS.approval)}), 'rejected')`,
        fail(
          'Was_rejected',
          text`version ${number} was rejected in the training workspace: change its tag ${VERSION_TAGS.approval} first`,
        ),
      ),
      Folder: compose(tag(VERSION_TAGS.folder)),
      Folder_shape: when(
        ex`or(not(startsWith(outputs('Folder'), ${FILES_OF_VERSIONS})), contains(outputs('Folder'), '..'))`,
        fail(
          'No_folder',
          text`the files of a version that is promoted must be in ${FILES_OF_VERSIONS}<run> of the lake, as its tag ${VERSION_TAGS.folder} says, got ${ex`outputs('Folder')`}`,
        ),
      ),
      Here: arm.get({ type: VERSION, id: text`${here}/versions/${number}` }),
      Here_error: after(
        { Here: FAILED },
        when(ex`not(equals(coalesce(${codeOf('Here')}, 0), 404))`, fail('Here_unknown', errorOf('Here'))),
      ),
      Here_known: after(
        { Here: ['Succeeded'] },
        setVariable(
          KNOWN,
          ex`equals(string(coalesce(body('Here')?['properties']?['tags']?[${VERSION_TAGS.trainingVersion}], '')), ${number})`,
        ),
      ),
      Look_over: after(
        { Here: ENDED, Here_error: ['Succeeded', 'Skipped'], Here_known: ['Succeeded', 'Skipped'] },
        compose(variable(KNOWN)),
      ),
      Is_taken: when(
        ex`and(equals(coalesce(${codeOf('Here')}, 0), 200), not(${variable(KNOWN)}))`,
        fail('Taken', text`version ${number} of ${stage} is not the promoted one: somebody registered it here`),
      ),
      Bring: when(ex`not(${variable(KNOWN)})`, {
        ...imagePlace(settings, tag(VERSION_TAGS.image)),
        ...copy.actions,
        ...image(settings),
        Tags: compose(
          ex`setProperty(setProperty(setProperty(coalesce(body('Source')?['properties']?['tags'], json('{}')), ${VERSION_TAGS.image}, outputs('Image')), ${VERSION_TAGS.trainingVersion}, ${number}), ${VERSION_TAGS.approval}, 'approved')`,
        ),
        ...insist(
          'Register',
          putVersion(here, number, {
            description: text`Version ${number} of the training workspace, promoted to ${stage}`,
            modelUri: text`azureml://datastores/${settings.artifactDatastore}/paths/${ex`outputs('Folder')`}/model`,
            tags: ex`outputs('Tags')`,
          }),
        ),
      }),
      ...attempt(
        'Approving',
        insist(
          'Approve',
          store.putMessage({
            queueUrl: settings.approvalQueueUrl,
            message: { version: number, promote: ex`equals(coalesce(${message()}?['promote'], false), true)` },
          }),
        ),
        fail(
          'Not_approved',
          text`version ${number} is promoted to ${stage} and could not be approved, approve it by hand: ${reasonOf('Approving')}`,
        ),
      ),
    },
  };
}

/**
 * Copies the model, and the evaluation beside it with the reference of drift. The identity that copies reads the one
 * account and writes the other.
 */
function copyJob(settings: PromotionSettings): Fragment {
  const { from } = settings;
  const folders = ['model', 'evaluation'];
  const folder = ex`outputs('Folder')`;
  const environment = jobEnvironment('Environment', settings.workspaceId, 'mlops-copy', COPYING_IMAGE);
  const job = runJob({
    name: 'Copy',
    workspaceId: settings.workspaceId,
    location: settings.location,
    retries: 2,
    maxSeconds: 24 * 3600,
    isPrivate: settings.isPrivate,
    failures: {
      datastore: settings.artifactDatastore,
      endpoint: settings.blobEndpoint,
      container: settings.artifactContainer,
      folder: text`${folder}`,
    },
    properties: {
      jobType: 'Command',
      displayName: text`promote-${settings.modelName}-${ex`outputs('Wanted')`}`,
      experimentName: settings.modelName,
      description: text`Copies version ${ex`outputs('Wanted')`} to ${settings.stage}`,
      computeId: settings.computeId,
      environmentId: environment.environmentId,
      identity: { identityType: 'Managed', clientId: settings.clientId },
      command: `{ ${folders.map((each) => `cp -r "\${{inputs.${each}}}/." "\${{outputs.${each}}}/"`).join(' && ')}; } 2> "$MLOPS_FAILURE_FILE"`,
      inputs: Object.fromEntries(
        folders.map((each) => [
          each,
          {
            jobInputType: 'uri_folder',
            mode: 'ReadOnlyMount',
            uri: text`wasbs://${from.artifactContainer}@${from.storeAccountName}.blob.core.windows.net/${folder}/${each}`,
          },
        ]),
      ),
      outputs: Object.fromEntries(
        folders.map((each) => [
          each,
          {
            jobOutputType: 'uri_folder',
            mode: 'ReadWriteMount',
            uri: text`azureml://datastores/${settings.artifactDatastore}/paths/${folder}/${each}`,
          },
        ]),
      ),
      resources: { instanceCount: 1 },
      limits: { jobLimitsType: 'Command', timeout: 'PT12H' },
      tags: { model: settings.modelName, mlops_step: 'promote' },
    },
  });
  return { variables: job.variables, actions: { ...environment.actions, ...job.actions } };
}

/** The copy needs a shell alone, and a registry that every network of Azure ML reaches. */
const COPYING_IMAGE = 'mcr.microsoft.com/azurelinux/base/core:3.0';

/**
 * Whether the image is in the training workspace's registry. In a third one of Azure nobody has let the stage's
 * endpoints in; in another vendor's it has to be public.
 */
function imagePlace({ from, loginServer, stage }: PromotionSettings, address: Expression): Fragment['actions'] {
  const host = ex`outputs('Image_host')`;
  const isAzure = ex`or(endsWith(${host}, '.azurecr.io'), endsWith(${host}, '.azurecr.cn'), endsWith(${host}, '.azurecr.us'))`;
  return {
    Image_address: compose(address),
    Image_host: compose(ex`toLower(first(split(outputs('Image_address'), '/')))`),
    Image_is_ours: compose(ex`equals(${host}, ${from.images.loginServer})`),
    Image_is_foreign: when(
      ex`and(${isAzure}, not(outputs('Image_is_ours')), not(equals(${host}, ${loginServer})))`,
      fail(
        'Image_out_of_reach',
        text`the image ${ex`outputs('Image_address')`} is neither in ${from.images.loginServer} nor in ${loginServer}, and ${stage} pulls from no third registry: push it to ${from.images.loginServer}, and register the version again`,
      ),
    ),
  };
}

/**
 * Copies an image of the training workspace's registry to the stage's, by what it is called; an image of another
 * registry stays where it is. `Image` is its address then.
 *
 * @see https://learn.microsoft.com/rest/api/containerregistry/registries/import-image
 */
function image({ containerRegistryId, from, loginServer }: PromotionSettings): Fragment['actions'] {
  const host = `${from.images.loginServer}/`;
  const name = ex`outputs('Image_name')`;
  const isDigest = ex`contains(${name}, '@')`;
  const target = (whenDigest: boolean) => ({
    source: { resourceId: from.images.registryId, sourceImage: name },
    mode: 'Force',
    ...(whenDigest ? { untaggedTargetRepositories: [ex`first(split(${name}, '@'))`] } : { targetTags: [name] }),
  });
  const ask = (whenDigest: boolean) =>
    http({
      method: 'POST',
      uri: `https://management.azure.com${containerRegistryId}/importImage`,
      query: { 'api-version': '2023-07-01' },
      body: target(whenDigest),
      audience: ARM_AUDIENCE,
    });
  return {
    Image_name: compose(ex`replace(outputs('Image_address'), ${host}, '')`),
    Image: compose(ex`if(outputs('Image_is_ours'), concat(${`${loginServer}/`}, ${name}), outputs('Image_address'))`),
    Import_needed: when(ex`outputs('Image_is_ours')`, {
      Import_kind: when(
        isDigest,
        {
          ...insist('Import_digest', ask(true)),
          Import_digest_place: compose(ex`coalesce(outputs('Import_digest')?['headers']?['Location'], '')`),
        },
        {
          ...insist('Import_tag', ask(false)),
          Import_tag_place: compose(ex`coalesce(outputs('Import_tag')?['headers']?['Location'], '')`),
        },
      ),
      Import_place: compose(ex`coalesce(outputs('Import_digest_place'), outputs('Import_tag_place'), '')`),
      ...attempt(
        'Importing',
        {
          Import: until(
            variable(STATE),
            { count: 240, timeout: 'PT2H', failAtLimit: true },
            {
              Import_done: when(
                ex`empty(outputs('Import_place'))`,
                { Import_at_once: setVariable(STATE, true) },
                {
                  Import_pause: delay(15),
                  Import_look: http({
                    method: 'GET',
                    uri: text`${ex`outputs('Import_place')`}`,
                    audience: ARM_AUDIENCE,
                  }),
                  Import_seen: setVariable(STATE, ex`not(equals(${codeOf('Import_look')}, 202))`),
                  Import_error: after(
                    { Import_look: FAILED },
                    when(
                      ex`and(greaterOrEquals(coalesce(${codeOf('Import_look')}, 500), 400), less(coalesce(${codeOf('Import_look')}, 500), 500))`,
                      fail('Import_failed', errorOf('Import_look')),
                    ),
                  ),
                },
              ),
            },
          ),
        },
        fail(
          'Not_imported',
          text`the image ${name} could not be copied to the registry of the stage: ${reasonOf('Importing')}`,
        ),
      ),
    }),
  };
}
