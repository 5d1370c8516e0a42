import { gates, METRICS, metricTags } from './evaluation';
import { JobProperties, RUN } from './jobs';
import { record, RecordSetting } from './recorder';
import { typedValues } from '../../../core/private/typed-values';
import { QualityGate } from '../../../core/quality-gate';
import { compose } from '../base/workflow-actions';
import { attempt, fail, Fragment, leave, readJson, reasonOf, when } from '../base/workflow-control';
import { ex, Expression, NOW, RUN_ID, text, variable } from '../base/workflow-expressions';
import { runJob } from '../base/workflow-jobs';
import { storageRequest, store } from '../base/workflow-storage';
import { tell } from '../base/workflow-tell';
import { isoOf, message } from '../base/workflow-triggers';
import { registerVersion, RegistryContext, versionNumber } from '../registry/registration';
import { VERSION_TAGS } from '../registry/version-tags';

/** One job of a run, in the order of the runs. */
export interface JobStep {
  /** `Prepare`, `Train`, `Evaluate`. */
  readonly name: string;
  readonly properties: JobProperties;
  readonly retries: number;
  /** Longest time of all tries together. */
  readonly maxSeconds: number;
}

/** What a run is made of. */
export interface FlowSetting {
  readonly modelName: string;
  readonly workspaceId: string;
  readonly location: string;
  /** Whether the workspace's own address is closed to the workflow. */
  readonly isPrivate: boolean;
  /** With a slash at its end. */
  readonly dataset: string;
  readonly hyperparameters: { readonly [name: string]: string };
  /** Creates the environment of the jobs. */
  readonly environment: Fragment['actions'];
  readonly jobs: readonly JobStep[];
  readonly gates: readonly QualityGate[];
  readonly registry: RegistryContext;
  /** The image of the versions. */
  readonly servingImage: string;
  readonly blobEndpoint: string;
  readonly rawContainer: string;
  readonly artifactContainer: string;
  readonly artifactDatastore: string;
  readonly tags: { readonly [key: string]: string };
  readonly record: RecordSetting;
  /** Blob that says when the last run began that asked for nothing of its own. */
  readonly startsUrl: string;
}

const EVALUATION = 'evaluation';
const LAST_START = 'last_start';

/** The training as a workflow: jobs, evaluation, gate, registration. */
export function trainingFlow(setting: FlowSetting): Fragment & { readonly onFailure: Fragment['actions'] } {
  const jobs = setting.jobs.map(({ name, properties, retries, maxSeconds }) => runJob({
    name,
    workspaceId: setting.workspaceId,
    location: setting.location,
    isPrivate: setting.isPrivate,
    failures: {
      datastore: setting.artifactDatastore,
      endpoint: `${setting.blobEndpoint}/`,
      container: setting.artifactContainer,
      folder: RUN.folder,
    },
    properties,
    retries,
    maxSeconds,
  }));
  const version = registerVersion(setting.registry, {
    description: text`Run ${RUN_ID}, started by ${RUN.trigger}`,
    modelUri: text`azureml://datastores/${setting.artifactDatastore}/paths/${RUN.folder}/model`,
    tags: ex`union(outputs('Version_tags'), ${METRICS})`,
    run: RUN_ID,
  });
  return {
    variables: {
      [EVALUATION]: null,
      [LAST_START]: null,
      ...Object.assign({}, ...jobs.map(({ variables }) => variables)),
      ...version.variables,
    },
    actions: {
      ...request(setting),
      ...unlessAnswered(setting),
      ...setting.environment,
      ...Object.assign({}, ...jobs.map(({ actions }) => actions)),
      ...readJson(
        'Read_evaluation',
        store.read({
          endpoint: `${setting.blobEndpoint}/`,
          container: setting.artifactContainer,
          name: text`${RUN.folder}/evaluation/evaluation.json`,
        }),
        EVALUATION,
        fail(
          'No_evaluation',
          text`nothing wrote evaluation.json in ${setting.artifactContainer}/${RUN.folder}/evaluation`,
        ),
      ),
      ...metricTags(variable(EVALUATION)),
      ...judge(setting),
      Version_tags: compose({
        ...setting.tags,
        model: setting.modelName,
        [VERSION_TAGS.run]: text`${RUN_ID}`,
        [VERSION_TAGS.folder]: RUN.folder,
        [VERSION_TAGS.image]: setting.servingImage,
        [VERSION_TAGS.data]: text`${setting.rawContainer}/${RUN.dataset}`,
        [VERSION_TAGS.commit]: text`${ex`coalesce(${variable(EVALUATION)}?['commit'], 'unknown')`}`,
        [VERSION_TAGS.trigger]: text`${RUN.trigger}`,
      }),
      ...version.actions,
      ...record(setting.record, 'Record', text`registered as version ${versionNumber()}`, variable(EVALUATION)),
      ...(setting.registry.approvalQueueUrl === undefined
        ? {
          Tell_registered: tell('registered', {
            model: setting.modelName,
            version: text`${versionNumber()}`,
            run: text`${RUN_ID}`,
          }),
        }
        : {}),
    },
    onFailure: record(setting.record, 'Record_failure', text`failed: ${reasonOf('Run')}`),
  };
}

/**
 * What the run is asked for, and what everybody who does not say gets. A run that cannot be understood fails before it
 * costs.
 */
function request({ dataset, hyperparameters }: FlowSetting): Fragment['actions'] {
  const wish = (name: string): Expression => ex`${message()}?[${name}]`;
  const given = ex`string(coalesce(${wish('datasetPrefix')}, ${dataset}))`;
  const resume = ex`outputs('Resume')`;
  const event = ex`last(split(string(coalesce(${wish('subject')}, '')), '/blobs/'))`;
  return {
    Trigger: compose(
      ex`take(string(coalesce(${wish('trigger')}, if(${IS_NEW_DATA(message())}, concat('new data ', ${event}), 'message'))), 200)`,
    ),
    Dataset: compose(ex`concat(${given}, if(endsWith(${given}, '/'), '', '/'))`),
    Other_dataset: when(
      ex`or(not(startsWith(outputs('Dataset'), ${dataset})), ${holdsOneOf(ex`outputs('Dataset')`, ['..', '\\', '$', '?', '#', '%', '{', '"'])})`,
      fail('Not_below', text`datasetPrefix must be ${dataset} or below it, got ${given}`),
    ),
    Resume: compose(ex`string(coalesce(${wish('resume')}, ''))`),
    // The jobs may read below the pipeline's own folders only: elsewhere they would fail with a word about permissions.
    Other_run: when(
      ex`or(greater(length(${resume}), 64), ${holdsOneOf(resume, ['/', '.', '\\', '$', '?', '#', '%', '{', '"', ' '])})`,
      fail('No_run', text`resume must be the id of an earlier run, got ${resume}`),
    ),
    Checkpoints: compose(text`checkpoints/${ex`if(empty(${resume}), ${RUN_ID}, toLower(${resume}))`}`),
    Wished: compose(ex`string(coalesce(${wish('hyperparameters')}, json('{}')))`),
    No_object_wished: when(
      ex`not(startsWith(outputs('Wished'), '{'))`,
      fail('Not_understood', text`hyperparameters must be an object like {"depth": 6}, got ${ex`outputs('Wished')`}`),
    ),
    Usual: compose(typedValues(hyperparameters)),
    Hyperparameters: compose(ex`union(outputs('Usual'), json(outputs('Wished')))`),
  };
}

/** Whether a message is Event Grid's about a file that arrived. */
const IS_NEW_DATA = (asked: Expression): Expression =>
  ex`equals(coalesce(${asked}?['eventType'], ''), 'Microsoft.Storage.BlobCreated')`;

/** Whether a text has one of some characters in it. */
function holdsOneOf(value: Expression, texts: readonly string[]): Expression {
  return ex`or(${new Expression(texts.map((each) => ex`contains(${value}, ${each})`.code).join(', '))})`;
}

/** Whether a message asks for a run as it is: one that begins now answers every such message. */
export function asksForNothingMore(asked: Expression): Expression {
  const own = ['hyperparameters', 'datasetPrefix', 'resume']
    .map((name) => ex`contains(${asked}, ${name})`.code)
    .join(', ');
  return ex`not(or(${new Expression(own)}))`;
}

/**
 * Leaves where an earlier run has answered the message: one that asks for nothing of its own, and came before that run
 * began. Messages that other runs hold while they wait for their turn cannot be deleted by a run that answers them.
 */
function unlessAnswered({ startsUrl }: FlowSetting): Fragment['actions'] {
  const longAgo = '2000-01-01T00:00:00Z';
  return {
    Is_plain_start: when(
      asksForNothingMore(message()),
      attempt('Answered', {
        ...readJson('Last_start', storageRequest('GET', startsUrl, {}), LAST_START, {
          No_start_yet: compose('this is the first'),
        }),
        Came_at: compose(isoOf(ex`string(coalesce(outputs('Envelope')?['inserted'], ''))`)),
        Came_before: when(
          ex`less(ticks(outputs('Came_at')), ticks(coalesce(${variable(LAST_START)}?['at'], ${longAgo})))`,
          leave('Answered_before', 'answered by the run before'),
        ),
        Mark_start: storageRequest('PUT', startsUrl, {
          body: { at: NOW },
          headers: { 'x-ms-blob-type': 'BlockBlob', 'Content-Type': 'application/json' },
        }),
      }),
    ),
  };
}

/** A gate that does not hold registers nothing, and is no error. */
function judge(setting: FlowSetting): Fragment['actions'] {
  if (setting.gates.length === 0) return {};
  const reasons = ex`join(outputs('Missed'), '; ')`;
  return {
    ...gates(setting.gates, variable(EVALUATION)),
    Gate: when(ex`greater(length(outputs('Missed')), 0)`, {
      ...record(setting.record, 'Record_rejection', text`not registered: ${reasons}`, variable(EVALUATION)),
      Tell_rejected: tell('not registered', {
        model: setting.modelName,
        run: text`${RUN_ID}`,
        trigger: text`${RUN.trigger}`,
        reason: text`${reasons}`,
      }),
      ...leave('Rejected', text`not registered: ${reasons}`),
    }),
  };
}
