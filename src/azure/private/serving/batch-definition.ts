import { Actions, arm, compose, setVariable } from '../base/workflow-actions';
import { after, ENDED, fail, FAILED, Fragment, insist, leave, readJson, when } from '../base/workflow-control';
import { bodyOf, codeOf, errorOf, ex, outputsOf, RUN_ID, text, variable } from '../base/workflow-expressions';
import { FailureFolder, runJob } from '../base/workflow-jobs';
import { store } from '../base/workflow-storage';
import { message, sentAt } from '../base/workflow-triggers';
import { VERSION_TAGS } from '../registry/version-tags';

const VERSION = 'Microsoft.MachineLearningServices/workspaces/models/versions' as const;

/** A blob that remembers the version that was approved last. */
export interface ApprovedMemory {
  /** `https://<account>.blob.core.windows.net/`. */
  readonly endpoint: string;
  readonly container: string;
  readonly name: string;
}

/** What the workflow that takes approvals needs to know. */
export interface ApprovalSettings {
  /** ARM id of the model; versions are `/versions/<version>` below it. */
  readonly modelContainerId: string;
  readonly memory: ApprovedMemory;
}

/** Variables of `approvalActions`. */
export const APPROVAL_VARIABLES = { remembered: {}, version: '' };

/**
 * Remembers an approved version, so that the next run predicts with it; a message that comes twice or late changes
 * nothing.
 */
export function approvalActions({ modelContainerId, memory }: ApprovalSettings): Actions {
  const given = ex`string(coalesce(${message()}?['version'], ''))`;
  const id = text`${modelContainerId}/versions/${variable('version')}`;
  const properties = ex`${bodyOf('Version_read')}?['properties']`;
  const tags = ex`coalesce(${properties}?['tags'], json('{}'))`;
  const approved = ex`setProperty(${tags}, ${VERSION_TAGS.approval}, 'approved')`;
  const before = ex`coalesce(${variable('remembered')}?['approved_at'], '2000-01-01T00:00:00Z')`;
  return {
    Is_renewal: when(
      ex`equals(coalesce(${message()}?['renew'], false), true)`,
      leave('Renewed', 'each run takes what is approved then'),
    ),
    Is_readable: when(
      ex`not(and(isInt(${given}), lessOrEquals(length(${given}), 9), not(startsWith(${given}, '-')), not(startsWith(${given}, '+'))))`,
      fail(
        'Unreadable',
        text`the approval names no version: want {"version": "3"}, got ${ex`take(string(${message()}), 200)`}`,
      ),
    ),
    Its_version: setVariable('version', given),
    Approved_at: compose(sentAt()),
    ...readJson('Memory', store.read(memory), 'remembered', {
      Nothing_remembered: compose('no version was approved before'),
    }),
    Is_late: when(ex`less(ticks(outputs('Approved_at')), ticks(${before}))`, leave('Late', 'superseded')),
    ...insist('Version_read', arm.get({ type: VERSION, id })),
    Is_rejected: when(
      ex`equals(coalesce(${tags}?[${VERSION_TAGS.approval}], ''), 'rejected')`,
      fail(
        'Rejected',
        text`version ${variable('version')} is rejected: set its tag ${VERSION_TAGS.approval} to pending, then approve it again`,
      ),
    ),
    Is_pending: when(
      ex`not(equals(coalesce(${tags}?[${VERSION_TAGS.approval}], ''), 'approved'))`,
      insist(
        'Approve',
        arm.put({
          type: VERSION,
          id,
          body: {
            properties: ex`setProperty(removeProperty(${properties}, 'provisioningState'), 'tags', ${approved})`,
          },
        }),
      ),
    ),
    ...insist(
      'Remember',
      store.write({ ...memory, body: { version: variable('version'), approved_at: outputsOf('Approved_at') } }),
    ),
  };
}

/** What a run of batch predictions needs to know. */
export interface BatchSettings {
  readonly workspaceId: string;
  readonly location: string;
  /** ARM id of the model. */
  readonly modelContainerId: string;
  /** Where the newest approval is; undefined where the stack says what predicts. */
  readonly memory?: ApprovedMemory;
  /** The version, where the stack says which. */
  readonly version?: string;
  /** Files and image, where the stack has these instead of a version. */
  readonly artifact?: { readonly modelUri: string; readonly image: string };
  /** Image of versions whose tags name none. */
  readonly defaultImage?: string;
  /** Name of the environment, whose versions are images. */
  readonly environmentName: string;
  readonly input: { readonly endpoint: string; readonly container: string; readonly prefix: string };
  /** `properties` of the job, without model, environment and output. */
  readonly job: { readonly [member: string]: unknown };
  readonly inputs: { readonly [name: string]: unknown };
  /** `azureml://datastores/<name>/paths/<folder>/`, below which each run has a folder. */
  readonly outputFolderUri: string;
  readonly maxSeconds: number;
  /** Whether the workspace's own address is closed to the workflow. */
  readonly isPrivate: boolean;
  readonly failures: FailureFolder;
}

/**
 * Predicts for a data set. Without a model, or without input, it ends quietly: the first run may come before the first
 * approval.
 *
 * @see https://learn.microsoft.com/rest/api/azureml/jobs/create-or-update
 */
export function batchWork(settings: BatchSettings): Fragment {
  const { workspaceId, input } = settings;
  const environmentId = text`${workspaceId}/environments/${settings.environmentName}/versions/${outputsOf('Environment_version')}`;
  const predict = runJob({
    name: 'Predict',
    workspaceId,
    location: settings.location,
    properties: {
      ...settings.job,
      environmentId,
      inputs: { ...settings.inputs, model: { jobInputType: 'uri_folder', mode: 'Download', uri: ex`outputs('Model')` } },
      outputs: { answers: { jobOutputType: 'uri_folder', mode: 'ReadWriteMount', uri: text`${settings.outputFolderUri}${RUN_ID}/` } },
    },
    retries: 1,
    maxSeconds: settings.maxSeconds,
    isPrivate: settings.isPrivate,
    failures: settings.failures,
  });
  // A folder that a mount left is a blob without content.
  const sizes = ex`replace(base64ToString(${bodyOf('List_input')}?['$content']), '<Content-Length>0<', '')`;
  return {
    variables: { ...predict.variables, ...(settings.memory === undefined ? {} : { remembered: {} }) },
    actions: {
      ...model(settings),
      ...insist(
        'List_input',
        store.list({ endpoint: input.endpoint, container: input.container, prefix: input.prefix }),
      ),
      Has_input: when(ex`not(contains(${sizes}, '<Content-Length>'))`, leave('Without_input', 'no input')),
      // A version of an environment is an image for ever: its address is the version.
      Environment_version: compose(
        ex`take(replace(replace(replace(outputs('Image'), '/', '_'), ':', '_'), '@', '_'), 250)`,
      ),
      ...insist(
        'Environment',
        arm.put({
          type: 'Microsoft.MachineLearningServices/workspaces/environments/versions',
          id: environmentId,
          body: { properties: { image: outputsOf('Image'), osType: 'Linux', description: 'Predicts for files' } },
        }),
      ),
      ...predict.actions,
    },
  };
}

/** The model's files and its image: of the version that is approved now, or what the stack says. */
function model({ modelContainerId, memory, version, artifact, defaultImage = '' }: BatchSettings): Actions {
  if (artifact !== undefined) return { Model: compose(artifact.modelUri), Image: compose(artifact.image) };
  const number = memory === undefined ? version! : ex`string(coalesce(${variable('remembered')}?['version'], ''))`;
  const properties = ex`${bodyOf('Version_read')}?['properties']`;
  return {
    ...(memory === undefined
      ? {}
      : {
        ...readJson('Memory', store.read(memory), 'remembered', {
          Nothing_remembered: compose('no version was approved before'),
        }),
        Has_model: when(ex`empty(${number})`, leave('Without_model', 'no model')),
      }),
    Version: compose(number),
    Version_read: arm.get({ type: VERSION, id: text`${modelContainerId}/versions/${outputsOf('Version')}` }),
    Version_missing: after(
      { Version_read: FAILED },
      when(
        ex`equals(coalesce(${codeOf('Version_read')}, 0), 404)`,
        fail('Not_registered', text`version ${outputsOf('Version')} is not registered`),
        fail('Not_read', errorOf('Version_read')),
      ),
    ),
    Is_read: after({ Version_read: ENDED, Version_missing: ['Succeeded', 'Skipped'] }, compose('the version is known')),
    Model: compose(ex`${properties}?['modelUri']`),
    Image: compose(ex`coalesce(${properties}?['tags']?[${VERSION_TAGS.image}], ${defaultImage})`),
    Has_image: when(
      ex`empty(outputs('Image'))`,
      fail(
        'No_image',
        text`version ${outputsOf('Version')} says no image: give it the tag ${VERSION_TAGS.image}, or the endpoint an image`,
      ),
    ),
  };
}
