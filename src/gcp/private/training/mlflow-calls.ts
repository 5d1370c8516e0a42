import { Routine } from '../base/workflow';
import { PATIENT } from '../base/workflow-retry';
import { steps } from '../base/workflow-steps';

/** Where runs are recorded, and what is the same in each. */
export interface RecordSetting {
  /** Address of MLflow, the audience of the tokens that it takes. */
  readonly trackingUri: string;
  readonly experiment: string;
  /** The image that trains. */
  readonly image: string;
  readonly machineType: string;
  readonly artifactBucket: string;
}

/** A request of MLflow with the workflow's own identity. */
export function mlflowCall(
  method: 'get' | 'post' | 'put',
  { trackingUri }: RecordSetting,
  path: string,
  more: { readonly [key: string]: unknown },
  result?: string,
  retry: unknown = PATIENT,
) {
  return {
    try: {
      call: `http.${method}`,
      args: {
        url: path.startsWith('${') ? path : `${trackingUri}/api/2.0/mlflow/${path}`,
        auth: { type: 'OIDC', audience: trackingUri },
        ...more,
      },
      ...(result === undefined ? {} : { result }),
    },
    retry,
  };
}

/** Id of the experiment, which is made where it is not there. */
export function experimentRoutine(setting: RecordSetting): Routine {
  const find = (result: string) =>
    mlflowCall('get', setting, 'experiments/get-by-name', { query: { experiment_name: setting.experiment } }, result);
  return {
    steps: steps({
      look: {
        try: { steps: steps({ find: find('found') }) },
        except: {
          as: 'error',
          steps: steps({
            other: { switch: [{ condition: '${default(map.get(error, "code"), 0) != 404}', raise: '${error}' }] },
            make: {
              // Of two that make it at once one is told that it is there.
              try: { steps: steps({ create: mlflowCall('post', setting, 'experiments/create', { body: { name: setting.experiment } }, 'created') }) },
              except: {
                as: 'refused',
                steps: steps({
                  other_refusal: { switch: [{ condition: '${default(map.get(refused, "code"), 0) != 400}', raise: '${refused}' }] },
                  find_again: find('again'),
                  theirs: { return: '${again.body.experiment.experiment_id}' },
                }),
              },
            },
            ours: { return: '${created.body.experiment_id}' },
          }),
        },
      },
      known: { return: '${found.body.experiment.experiment_id}' },
    }),
  };
}

/** Values of a map by their names, in batches: MLflow takes 100 parameters or tags at once, and 1000 metrics. */
export function logRoutine(setting: RecordSetting): Routine {
  const send = mlflowCall('post', setting, 'runs/log-batch', { body: '${batch}' });
  return {
    params: ['id', 'what', 'values', 'most'],
    steps: steps({
      first: { assign: [{ entries: [] }, { at: '${int(sys.now() * 1000)}' }] },
      each: {
        for: {
          value: 'name',
          in: '${keys(values)}',
          steps: steps({
            value: { assign: [{ value: '${values[name]}' }] },
            kind: {
              switch: [
                {
                  condition: '${what == "metrics"}',
                  steps: steps({
                    metric: { assign: [{ entry: { key: '${name}', value: '${value}', timestamp: '${at}', step: 0 } }] },
                  }),
                },
                {
                  condition: '${get_type(value) == "string"}',
                  steps: steps({ text: { assign: [{ entry: { key: '${name}', value: '${value}' } }] } }),
                },
                {
                  condition: true,
                  steps: steps({
                    other: { assign: [{ entry: { key: '${name}', value: '${json.encode_to_string(value)}' } }] },
                  }),
                },
              ],
            },
            add: { assign: [{ entries: '${list.concat(entries, entry)}' }] },
            full: {
              switch: [
                {
                  condition: '${len(entries) == most}',
                  steps: steps({
                    batch_of_many: {
                      assign: [{ batch: { run_id: '${id}' } }, { 'batch[what]': '${entries}' }, { entries: [] }],
                    },
                    send_many: send,
                  }),
                },
              ],
            },
          }),
        },
      },
      none: { switch: [{ condition: '${len(entries) == 0}', return: null }] },
      batch_of_rest: { assign: [{ batch: { run_id: '${id}' } }, { 'batch[what]': '${entries}' }] },
      send_rest: send,
    }),
  };
}
