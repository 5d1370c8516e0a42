import { experimentRoutine, logRoutine, mlflowCall, RecordSetting } from './mlflow-calls';
import { Routine, Step } from '../base/workflow';
import { CAREFUL } from '../base/workflow-retry';
import { log, steps } from '../base/workflow-steps';

/** A run that the tracker does not have: its id in the label of the version. */
const NOT_RECORDED = 'not-recorded';

/**
 * Entries of runs in MLflow, made by the workflow with its own identity: requests of Workflows count as internal at a
 * service of the same project, those of jobs, which run in Google's network, do not. A training of days is not lost for
 * an entry in a record: what cannot be recorded is a line in the log, which has an alert.
 *
 * @see https://cloud.google.com/run/docs/securing/ingress#internal
 * @see https://mlflow.org/docs/latest/rest-api.html
 */
export function recordRoutines(setting: RecordSetting): { readonly [subworkflow: string]: Routine } {
  return {
    mlflow_experiment: experimentRoutine(setting),
    mlflow_log: logRoutine(setting),
    record_begin: beginRoutine(setting),
    record_end: endRoutine(setting),
  };
}

/** The run begins: its parameters, data set and image. */
export function beginRecord(prepares: boolean, { artifactBucket }: RecordSetting, rawBucket: string): Step[] {
  return steps({
    data_place: {
      assign: [{ data_uri: prepares ? `\${"gs://${artifactBucket}/" + folder + "/prepared"}` : `\${"gs://${rawBucket}/" + dataset}` }],
    },
    begin_record: {
      call: 'record_begin',
      args: { run: '${run}', trigger: '${request.trigger}', hyperparameters: '${hyperparameters}', dataset: '${data_uri}', folder: '${folder}' },
      result: 'record',
    },
  });
}

/** The run has ended, well or not; `tags` is a map of texts, expressions among them. */
export function endRecord(
  id: string, status: 'FINISHED' | 'FAILED', tags: { readonly [tag: string]: string }, evaluation?: string,
): { readonly [step: string]: { readonly [key: string]: unknown } } {
  return {
    [`tags_of_${id}`]: { assign: [{ record_tags: tags }] },
    [`record_${id}`]: {
      call: 'record_end',
      args: {
        record: '${record}',
        run: '${run}',
        status,
        tags: '${record_tags}',
        ...(evaluation === undefined ? {} : { evaluation }),
      },
    },
  };
}

/** What stands for the entry of a run as long as there is none. */
export const NO_RECORD = { id: NOT_RECORDED, files: '' };

function beginRoutine(setting: RecordSetting): Routine {
  const tag = (key: string, value: string) => ({ key, value });
  return {
    params: ['run', 'trigger', 'hyperparameters', 'dataset', 'folder'],
    steps: steps({
      attempt: {
        try: {
          steps: steps({
            experiment: { call: 'mlflow_experiment', result: 'experiment_id' },
            create: mlflowCall(
              'post',
              setting,
              'runs/create',
              {
                body: {
                  experiment_id: '${experiment_id}',
                  run_name: '${run}',
                  start_time: '${int(sys.now() * 1000)}',
                  tags: [
                    tag('mlflow.source.type', 'JOB'),
                    tag('mlflow.source.name', '${sys.get_env("GOOGLE_CLOUD_WORKFLOW_ID")}'),
                    tag('execution', '${run}'),
                    tag('triggeredBy', '${trigger}'),
                    tag('image', setting.image),
                    tag('model', `\${"gs://${setting.artifactBucket}/" + folder + "/model"}`),
                    tag('evaluation', `\${"gs://${setting.artifactBucket}/" + folder + "/evaluation/evaluation.json"}`),
                  ],
                },
              },
              'created',
              CAREFUL,
            ),
            known: {
              assign: [{ info: '${created.body.run.info}' }, { parameters: { machineType: setting.machineType } }],
            },
            parameters: {
              call: 'mlflow_log',
              args: {
                id: '${info.run_id}',
                what: 'params',
                values: '${map.merge(parameters, hyperparameters)}',
                most: 100,
              },
            },
            place: { assign: [{ source: { uri: '${dataset}' } }] },
            data: mlflowCall('post', setting, 'runs/log-inputs', {
              body: {
                run_id: '${info.run_id}',
                datasets: [
                  {
                    dataset: {
                      name: 'dataset',
                      // The bucket keeps versions, so a place and a time are a data set.
                      digest: '${text.substring(text.replace_all_regex(time.format(sys.now()), "[^0-9T]", ""), 0, 15)}',
                      source_type: 'gs',
                      source: '${json.encode_to_string(source)}',
                    },
                    tags: [tag('mlflow.data.context', 'training')],
                  },
                ],
              },
            }),
            answer: {
              return: {
                id: '${info.run_id}',
                files: '${text.replace_all(info.artifact_uri, "mlflow-artifacts:/", "")}',
              },
            },
          }),
        },
        except: { as: 'error', steps: [...tell('begin'), ...steps({ nothing: { return: NO_RECORD } })] },
      },
    }),
  };
}

function endRoutine(setting: RecordSetting): Routine {
  const { trackingUri } = setting;
  return {
    params: ['record', 'run', 'status', 'tags', { evaluation: null }],
    steps: steps({
      unknown: { switch: [{ condition: `\${record.id == "${NOT_RECORDED}"}`, return: null }] },
      attempt: {
        try: {
          steps: steps({
            evaluated: {
              switch: [
                {
                  condition: '${evaluation != null}',
                  steps: steps({
                    metrics: {
                      call: 'mlflow_log',
                      args: { id: '${record.id}', what: 'metrics', values: '${evaluation.metrics}', most: 1000 },
                    },
                    commit: {
                      switch: [
                        {
                          condition: '${"commit" in evaluation}',
                          steps: steps({
                            of_code: { assign: [{ 'tags["mlflow.source.git.commit"]': '${evaluation.commit}' }] },
                          }),
                        },
                      ],
                    },
                    file: mlflowCall(
                      'put',
                      setting,
                      `\${"${trackingUri}/api/2.0/mlflow-artifacts/artifacts/" + record.files + "/evaluation.json"}`,
                      { body: '${evaluation}' },
                    ),
                  }),
                },
              ],
            },
            tag: { call: 'mlflow_log', args: { id: '${record.id}', what: 'tags', values: '${tags}', most: 100 } },
            finish: mlflowCall('post', setting, 'runs/update', {
              body: { run_id: '${record.id}', status: '${status}', end_time: '${int(sys.now() * 1000)}' },
            }),
          }),
        },
        except: { as: 'error', steps: tell('end') },
      },
    }),
  };
}

function tell(id: string): Step[] {
  return steps({ [`tell_${id}`]: log('ERROR', { mlops: 'training not recorded', run: '${run}', error: '${error}' }) });
}
