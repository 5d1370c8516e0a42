// Over 300 lines: one workflow, read from its first step to its last.
import { intake, IntakeSetting, startPattern, WAIT_FOR_TURN } from './intake';
import { JobBody } from './jobs';
import { RecordSetting } from './mlflow-calls';
import { beginRecord, endRecord, NO_RECORD, recordRoutines } from './recorder';
import { QualityGate } from '../../../core/quality-gate';
import { Definition, Routine, Step } from '../base/workflow';
import { followJob, newJob, runCustomJob } from '../base/workflow-jobs';
import { ACTIVE_RUNS, ACTIVE_RUNS_NAME } from '../base/workflow-runs';
import {
  get,
  IS_UNKNOWN,
  log,
  MESSAGE_OF_ERROR,
  post,
  postAgain,
  READ_JSON,
  sleep,
  steps,
  waitForOperation,
} from '../base/workflow-steps';

/** One job of a run, in the order of the runs. */
export interface JobStep {
  readonly name: string;
  readonly body: JobBody;
  readonly retries: number;
  readonly pollSeconds?: number;
  readonly giveUpSeconds?: number;
}

/** A pipeline of Kubeflow that makes the model instead of jobs of the image. */
export interface PipelineStep {
  readonly body: JobBody;
  /** The template's parameters; hyperparameters are added by their names. */
  readonly parameters: { readonly [name: string]: unknown };
  readonly maxSeconds: number;
}

/** What a run is made of. */
export interface RunSetting extends IntakeSetting {
  /** `europe-west4-aiplatform.googleapis.com`. */
  readonly host: string;
  /** `projects/<id>/locations/<region>`. */
  readonly parent: string;
  readonly modelName: string;
  readonly modelId: string;
  readonly artifactBucket: string;
  readonly hyperparameters: { readonly [name: string]: unknown };
  readonly jobs: readonly JobStep[];
  readonly pipeline?: PipelineStep;
  readonly gates: readonly QualityGate[];
  /** The version that is registered, as `models.upload` takes it. */
  readonly version: { readonly [field: string]: unknown };
  /** The bucket of raw data. */
  readonly rawBucket: string;
  readonly prepares: boolean;
  /** Where runs are recorded. @default nowhere but in logs and versions */
  readonly record?: RecordSetting;
  /** Set where registering approves. */
  readonly approvalTopicId?: string;
}

/**
 * The training as a workflow: jobs, evaluation, gate, registration; variables of all steps are `run`, `folder`,
 * `checkpoints`, `dataset` and `hyperparameters`.
 */
export function trainingDefinition(setting: RunSetting): Definition {
  const told = { model: setting.modelName, run: '${run}', trigger: '${request.trigger}' };
  return {
    main: {
      params: ['args'],
      steps: steps({
        take_in: { call: 'intake', args: { args: '${args}' }, result: 'request' },
        nothing_to_do: {
          switch: [{ condition: '${not request.start}', return: { outcome: 'ignored', reason: '${request.reason}' } }],
        },
        names: {
          assign: [
            { run: '${sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")}' },
            { folder: '${"training/" + run}' },
            // A run that goes on with another's finds its checkpoints where that one left them.
            { checkpoints: '${"checkpoints/" + if(request.resume == "", run, request.resume)}' },
            { version: '' },
            ...(setting.record === undefined ? [] : [{ record: NO_RECORD }]),
          ],
        },
        attempt: {
          try: {
            steps: [
              ...take(setting),
              ...turn(told),
              ...begin(setting),
              ...make(setting),
              ...judge(setting, told),
              ...register(setting, told),
            ],
          },
          except: {
            as: 'error',
            steps: steps({
              reason: {
                switch: [
                  {
                    condition: '${get_type(error) == "map"}',
                    steps: steps({
                      of_map: {
                        assign: [{ reason: '${default(map.get(error, "message"), json.encode_to_string(error))}' }],
                      },
                    }),
                  },
                  {
                    condition: true,
                    steps: steps({ of_text: { assign: [{ reason: '${json.encode_to_string(error)}' }] } }),
                  },
                ],
              },
              tell_failure: log('ERROR', {
                mlops: 'training failed',
                ...told,
                version: '${version}',
                reason: '${reason}',
                error: '${error}',
              }),
              ...ended(setting, 'failure', 'FAILED', {
                reason: '${text.substring(reason, 0, math.min(len(reason), 1000))}',
              }),
              fail: { raise: '${error}' },
            }),
          },
        },
      }),
    },
    intake: intake(setting),
    wait_for_turn: WAIT_FOR_TURN,
    [ACTIVE_RUNS_NAME]: ACTIVE_RUNS,
    ...(setting.record === undefined ? {} : recordRoutines(setting.record)),
    ...(setting.jobs.length > 0 ? runCustomJob(setting.host, setting.parent) : {}),
    ...(setting.pipeline === undefined
      ? {}
      : {
        run_pipeline: runPipeline(),
        ...newJob(setting.host, setting.parent, 'pipelineJobs'),
        ...followJob(setting.host),
      }),
    read_json: READ_JSON,
    failed_gates: failedGates(setting.gates),
    model_exists: modelExists(setting),
    find_version: findVersion(setting),
    wait_for_operation: waitForOperation(setting.host),
  };
}

/** The jobs may read below the pipeline's own prefix only: elsewhere they would fail with a word about permissions. */
function take(setting: RunSetting): Step[] {
  return steps({
    wishes: {
      assign: [
        { defaults: setting.hyperparameters },
        { hyperparameters: '${map.merge(defaults, request.hyperparameters)}' },
        { dataset: '${request.dataset}' },
        { own_dataset: startPattern([setting.dataset], '(/|$)') },
      ],
    },
    other_dataset: {
      switch: [{
        condition: '${not text.match_regex(dataset, own_dataset)}',
        raise: { message: `\${"datasetPrefix must be ${setting.dataset}/ or below it, got " + dataset}` },
      }],
    },
    other_run: {
      switch: [{
        condition: '${not text.match_regex(request.resume, "^([0-9a-f-]{36})?$")}',
        raise: { message: '${"resume must be the id of an earlier run, got " + request.resume}' },
      }],
    },
  });
}

function turn(told: Told): Step[] {
  return steps({
    turn: {
      switch: [
        {
          condition: '${request.queued}',
          steps: steps({
            queue: { call: 'wait_for_turn', result: 'may_run' },
            too_many: {
              switch: [
                {
                  condition: '${not may_run}',
                  steps: steps({
                    tell_skipped: log('INFO', {
                      mlops: 'training skipped',
                      ...told,
                      reason: 'a run is under way and another waits for its end',
                    }),
                    skip: {
                      return: { outcome: 'skipped', reason: 'a run is under way and another waits for its end' },
                    },
                  }),
                },
              ],
            },
          }),
        },
      ],
    },
  });
}

function begin(setting: RunSetting): Step[] {
  return setting.record === undefined ? [] : beginRecord(setting.prepares, setting.record, setting.rawBucket);
}

function ended(setting: RunSetting, ...end: Parameters<typeof endRecord>): ReturnType<typeof endRecord> {
  return setting.record === undefined ? {} : endRecord(...end);
}

type Told = { readonly [field: string]: unknown };

function make(setting: RunSetting): Step[] {
  const jobs = setting.jobs.map(({ name, body, retries, pollSeconds, giveUpSeconds }) => ({
    [name]: {
      call: 'run_custom_job',
      args: {
        job: body,
        retries,
        ...(pollSeconds === undefined ? {} : { poll_seconds: pollSeconds }),
        ...(giveUpSeconds === undefined ? {} : { max_seconds: giveUpSeconds }),
      },
      result: `${name}_job`,
    },
  }));
  const pipeline = setting.pipeline === undefined ? [] : steps({
    parameters: { assign: [{ own: setting.pipeline.parameters }, { parameters: '${map.merge(own, hyperparameters)}' }] },
    pipeline: { call: 'run_pipeline', args: { job: setting.pipeline.body, max_seconds: setting.pipeline.maxSeconds }, result: 'pipeline_job' },
  });
  return [...jobs, ...pipeline];
}

function judge(setting: RunSetting, told: Told): Step[] {
  return steps({
    read_evaluation: {
      call: 'read_json',
      args: { bucket: setting.artifactBucket, name: '${folder + "/evaluation/evaluation.json"}' },
      result: 'evaluation',
    },
    no_evaluation: {
      switch: [
        {
          condition: '${evaluation == null}',
          raise: {
            message: `\${"nothing wrote evaluation.json in gs://${setting.artifactBucket}/" + folder + "/evaluation"}`,
          },
        },
      ],
    },
    metrics: { assign: [{ metrics: '${evaluation.metrics}' }] },
    gate: { call: 'failed_gates', args: { metrics: '${metrics}' }, result: 'failed' },
    rejected: {
      switch: [
        {
          condition: '${len(failed) > 0}',
          steps: steps({
            ...ended(
              setting,
              'rejection',
              'FINISHED',
              { 'gates.missed': '${json.encode_to_string(failed)}' },
              '${evaluation}',
            ),
            tell_rejected: log('NOTICE', {
              mlops: 'not registered',
              ...told,
              metrics: '${metrics}',
              reasons: '${failed}',
            }),
            reject: { return: { outcome: 'rejected', run: '${run}', metrics: '${metrics}', reasons: '${failed}' } },
          }),
        },
      ],
    },
  });
}

/** @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.models/upload */
function register(setting: RunSetting, told: Told): Step[] {
  // A message that comes twice is recognised; one that does not come leaves a version that nobody rolls out.
  const publish: { readonly [step: string]: { readonly [key: string]: unknown } } =
    setting.approvalTopicId === undefined
      ? {}
      : {
        approval: { assign: [{ approval: { version: '${version}' } }] },
        approve: {
          ...postAgain({
            url: `https://pubsub.googleapis.com/v1/${setting.approvalTopicId}:publish`,
            body: { messages: [{ data: '${base64.encode(json.encode(approval))}' }] },
          }),
          except: {
            as: 'error',
            steps: steps({
              not_approved: {
                raise: {
                  message: `\${"version " + version + " is registered and could not be approved, approve it by hand: " + ${MESSAGE_OF_ERROR}}`,
                },
              },
            }),
          },
        },
      };
  return steps({
    version_body: { assign: [{ upload: { model: setting.version } }] },
    known: { call: 'model_exists', result: 'is_known' },
    // The first version makes the model, later ones belong to it.
    belongs: {
      switch: [
        {
          condition: '${is_known}',
          steps: steps({
            later: { assign: [{ 'upload.parentModel': `${setting.parent}/models/${setting.modelId}` }] },
          }),
        },
        { condition: true, steps: steps({ first: { assign: [{ 'upload.modelId': setting.modelId }] } }) },
      ],
    },
    upload: {
      try: {
        steps: steps({
          send: post({
            url: `https://${setting.host}/v1/${setting.parent}/models:upload`,
            body: '${upload}',
            result: 'uploading',
          }),
          uploaded: { call: 'wait_for_operation', args: { operation: '${uploading.body.name}' }, result: 'model' },
          its_version: { assign: [{ version: '${model.modelVersionId}' }] },
        }),
      },
      except: {
        as: 'error',
        steps: steps({
          refused: { switch: [{ condition: `\${not(${IS_UNKNOWN})}`, raise: '${error}' }] },
          look: { call: 'find_version', args: { why: `\${${MESSAGE_OF_ERROR}}` }, result: 'version' },
        }),
      },
    },
    // Before it is approved: where that fails, a version waits all the same.
    tell_registered: log('INFO', { mlops: 'registered', ...told, version: '${version}', metrics: '${metrics}' }),
    ...publish,
    ...ended(setting, 'version', 'FINISHED', { version: `\${"${setting.modelId}@" + version}` }, '${evaluation}'),
    done: { return: { outcome: 'registered', run: '${run}', version: '${version}', metrics: '${metrics}' } },
  });
}

/** The gates that do not hold, in words; a metric that the evaluation lacks does not hold either. */
function failedGates(gates: readonly QualityGate[]): Routine {
  return {
    params: ['metrics'],
    steps: steps({
      wanted: {
        assign: [
          { failed: [] },
          { gates: gates.map(({ metric, threshold, higherIsBetter }) => ({ metric, threshold, higherIsBetter })) },
        ],
      },
      each: {
        for: {
          value: 'gate',
          in: '${gates}',
          steps: steps({
            look: {
              switch: [
                {
                  condition: '${not (gate.metric in metrics)}',
                  steps: steps({
                    missing: {
                      assign: [{ failed: '${list.concat(failed, "evaluation.json has no metric " + gate.metric)}' }],
                    },
                  }),
                },
                {
                  condition: '${gate.higherIsBetter and metrics[gate.metric] < gate.threshold}',
                  steps: steps({
                    low: {
                      assign: [
                        { failed: `\${list.concat(failed, ${SAID} + ", want at least " + string(gate.threshold))}` },
                      ],
                    },
                  }),
                },
                {
                  condition: '${not gate.higherIsBetter and metrics[gate.metric] > gate.threshold}',
                  steps: steps({
                    high: {
                      assign: [
                        { failed: `\${list.concat(failed, ${SAID} + ", want at most " + string(gate.threshold))}` },
                      ],
                    },
                  }),
                },
              ],
            },
          }),
        },
      },
      told: { return: '${failed}' },
    }),
  };
}

const SAID = 'gate.metric + " is " + string(metrics[gate.metric])';

function modelExists(setting: RunSetting): Routine {
  return {
    steps: steps({
      look: {
        try: {
          steps: steps({
            ask: get({
              url: `https://${setting.host}/v1/${setting.parent}/models/${setting.modelId}`,
              result: 'model',
            }),
          }),
        },
        except: {
          as: 'error',
          steps: steps({
            missing: { switch: [{ condition: '${default(map.get(error, "code"), 0) == 404}', return: false }] },
            other: { raise: '${error}' },
          }),
        },
      },
      found: { return: true },
    }),
  };
}

/**
 * The version that the run has registered, found by its label: the answer to the upload was lost, or nobody saw its
 * operation end.
 *
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.models/listVersions
 */
function findVersion({ host, parent, modelId }: RunSetting): Routine {
  return {
    params: ['why'],
    steps: steps({
      begin: {
        assign: [
          { none: [] },
          { until: `\${sys.now() + ${LOST_SECONDS}}` },
          { own: '${sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")}' },
          { listed: { body: {} } },
        ],
      },
      pause: sleep(60),
      look: {
        ...get({
          url: `https://${host}/v1/${parent}/models/${modelId}:listVersions`,
          query: { filter: '${"labels.run=\\"" + own + "\\""}' },
          result: 'listed',
        }),
        except: { as: 'error', steps: steps({ not_seen: { assign: [{ listed: { body: {} } }] } }) },
      },
      each_version: {
        for: {
          value: 'each',
          in: '${default(map.get(listed.body, "models"), none)}',
          steps: steps({
            is_own: {
              switch: [{ condition: '${map.get(each, ["labels", "run"]) == own}', return: '${each.versionId}' }],
            },
          }),
        },
      },
      late: {
        switch: [
          {
            condition: '${sys.now() > until}',
            raise: { message: '${"no version of this run was found in the registry: " + why}' },
          },
        ],
      },
      again: { next: 'pause' },
    }),
  };
}

/** Time within which an upload whose answer was lost is looked for. */
const LOST_SECONDS = 1800;

/**
 * Runs a pipeline of Vertex AI to its end and returns it.
 *
 * @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/PipelineState
 */
function runPipeline(): Routine {
  return {
    params: ['job', 'max_seconds'],
    steps: steps({
      states: {
        assign: [
          { ends: ['PIPELINE_STATE_SUCCEEDED', 'PIPELINE_STATE_FAILED', 'PIPELINE_STATE_CANCELLED'] },
          { no_error: {} },
          { until: '${sys.now() + max_seconds}' },
        ],
      },
      create: { call: 'new_job', args: { job: '${job}' }, result: 'created' },
      // 28 days of looks every two minutes stay below the 100,000 steps of an execution.
      follow: { call: 'follow_job', args: { name: '${created.name}', ends: '${ends}', poll_seconds: 120, until: '${until}' }, result: 'seen' },
      late: {
        switch: [{
          condition: '${seen == null}',
          raise: { message: '${"pipeline " + created.name + " was cancelled after " + string(max_seconds) + " seconds"}', job: '${created.name}' },
        }],
      },
      well: { switch: [{ condition: '${seen.state == "PIPELINE_STATE_SUCCEEDED"}', return: '${seen}' }] },
      ended: { assign: [{ error: '${default(map.get(seen, "error"), no_error)}' }] },
      fail: { raise: { message: '${"pipeline " + created.name + " ended as " + seen.state + ": " + default(map.get(error, "message"), "")}', job: '${created.name}' } },
    }),
  };
}
