import { METRIC_LIST, METRICS } from './evaluation';
import { RUN } from './jobs';
import { arm, ARM_AUDIENCE, compose, http } from '../base/workflow-actions';
import { attempt, Fragment, reasonOf } from '../base/workflow-control';
import { ex, Expression, RUN_ID, Template, text } from '../base/workflow-expressions';
import { jobName } from '../base/workflow-jobs';
import { tell } from '../base/workflow-tell';

/** Where runs are recorded, and what is the same in each. */
export interface RecordSetting {
  readonly workspaceId: string;
  readonly location: string;
  /** Whether metrics, parameters and tags go to the workspace's MLflow too. */
  readonly isTracked: boolean;
  /** Names of the usual hyperparameters. */
  readonly parameters: readonly string[];
  readonly image: string;
  readonly vmSize: string;
}

/**
 * How a run ended, as tags of its training job, which Studio and MLflow show: the resource manager takes them from
 * everywhere. In MLflow also the metrics of the evaluation, as metrics that can be compared, parameters, and what else
 * is known; a private workspace is closed to the workflow there, and the image's own runtime records metrics anyway.
 *
 * Recording fails no run. A training of days is not lost for an entry in a record.
 *
 * @param id names the actions
 * @param evaluation where there is one
 */
export function record(
  setting: RecordSetting,
  id: string,
  outcome: Template,
  evaluation?: Expression,
): Fragment['actions'] {
  const job = {
    type: 'Microsoft.MachineLearningServices/workspaces/jobs' as const,
    id: text`${setting.workspaceId}/jobs/${jobName('Train')}`,
  };
  const known = ex`coalesce(body(${`${id}_job`})?['properties']?['tags'], json('{}'))`;
  const metrics = evaluation === undefined ? ex`json('{}')` : METRICS;
  // What the service says of a job, and does not take back.
  const writable = ['status', 'services', 'parameters'].reduce(
    (properties, each) => ex`removeProperty(${properties}, ${each})`,
    ex`body(${`${id}_job`})?['properties']`,
  );
  return attempt(
    id,
    {
      [`${id}_outcome`]: compose({
        mlops_outcome: text`${ex`take(${outcome}, 250)`}`,
        mlops_trigger: text`${RUN.trigger}`,
        mlops_dataset: text`${RUN.dataset}`,
        mlops_folder: RUN.folder,
      }),
      [`${id}_job`]: arm.get(job),
      [`${id}_tags`]: compose(ex`union(${known}, outputs(${`${id}_outcome`}), ${metrics})`),
      [`${id}_put`]: arm.put({
        ...job,
        body: { properties: ex`setProperty(${writable}, 'tags', outputs(${`${id}_tags`}))` },
      }),
      ...(setting.isTracked ? track(setting, id, evaluation) : {}),
      // A run that failed says so itself.
    },
    evaluation === undefined
      ? {}
      : { [`${id}_lost`]: tell('training not recorded', { run: text`${RUN_ID}`, reason: text`${reasonOf(id)}` }) },
  );
}

/**
 * The run of the training job has the job's name in MLflow.
 *
 * @see https://mlflow.org/docs/latest/rest-api.html#log-batch
 */
function track(
  { workspaceId, location, parameters, image, vmSize }: RecordSetting,
  id: string,
  evaluation: Expression | undefined,
): Fragment['actions'] {
  const parameter = (name: string) => ({
    key: name,
    value: ex`take(string(coalesce(${RUN.hyperparameters}?[${name}], '')), 250)`,
  });
  const tag = (key: string, value: Template | string) => ({ key, value });
  return {
    [`${id}_log`]: http({
      method: 'POST',
      uri: text`https://${location}.api.azureml.ms/mlflow/v1.0${workspaceId}/api/2.0/mlflow/runs/log-batch`,
      headers: { 'Content-Type': 'application/json' },
      body: {
        run_id: jobName('Train'),
        metrics: evaluation === undefined ? [] : METRIC_LIST,
        params: evaluation === undefined ? [] : [...parameters.map(parameter), { key: 'vmSize', value: vmSize }],
        tags: [
          tag('triggeredBy', text`${RUN.trigger}`),
          tag('image', image),
          tag('hyperparameters', text`${ex`take(string(${RUN.hyperparameters}), 4000)`}`),
          ...(evaluation === undefined
            ? []
            : [tag('mlflow.source.git.commit', text`${ex`coalesce(${evaluation}?['commit'], 'unknown')`}`)]),
        ],
      },
      audience: ARM_AUDIENCE,
    }),
  };
}
