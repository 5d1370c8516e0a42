import { BIGQUERY_JOB, exportWindow } from './drift-export';
import { findDeployed, findLive, findServing, findUnserved } from './drift-live-version';
import { DriftPlan } from './drift-plan';
import { pointRoutine, publishRoutine, writeRoutine } from './drift-publish';
import { retrainRoutines } from './drift-retraining';
import { Definition, Routine } from '../base/workflow';
import { runCustomJob } from '../base/workflow-jobs';
import { log, READ_JSON, steps } from '../base/workflow-steps';

/**
 * One measurement: which version is live and what it was trained on, what was asked since the last time, the image's
 * `monitor` verb on both, its numbers as metrics, and the training that they ask for. An execution may say
 * `{"end": "2026-11-21T06:00:00Z", "hours": 48}` to look at another window.
 */
export function driftDefinition(plan: DriftPlan): Definition {
  const real = plan.mode === 'real-time';
  return {
    main: mainRoutine(plan),
    measure: measureRoutine(plan, real),
    find_live: findLive(plan),
    find_unserved: findUnserved(plan),
    ...(real ? { find_serving: findServing(plan), find_deployed: findDeployed(plan) } : {}),
    export_window: exportWindow(plan, real),
    bigquery_job: BIGQUERY_JOB,
    job_of: jobOf(plan),
    nothing: nothingRoutine(plan),
    publish: publishRoutine(plan),
    point: pointRoutine(plan),
    write: writeRoutine(plan),
    ...(plan.retrain === undefined ? {} : retrainRoutines(plan.retrain, plan)),
    ...runCustomJob(plan.host, plan.parent),
    read_json: READ_JSON,
  };
}

function mainRoutine(plan: DriftPlan): Routine {
  return {
    params: ['input'],
    steps: steps({
      begin: {
        assign: [
          { no_input: {} },
          { given: '${default(input, no_input)}' },
          { begun: '${sys.now()}' },
          { end_seconds: '${begun}' },
        ],
      },
      told: {
        switch: [
          {
            condition: '${"end" in given}',
            steps: steps({ read: { assign: [{ end_seconds: '${time.parse(given.end)}' }] } }),
          },
        ],
      },
      window: {
        assign: [
          { hours: `\${default(map.get(given, "hours"), ${plan.windowHours})}` },
          // Five minutes ago: by then, rows that were streamed into the table can be read.
          { end_minute: '${math.floor(end_seconds / 60) * 60 - 300}' },
          { window_end: '${time.format(end_minute)}' },
          { window_start: '${time.format(end_minute - hours * 3600)}' },
          { execution: '${text.substring(sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID"), 0, 8)}' },
          { run: '${text.replace_all_regex(text.substring(window_end, 0, 16), "[^0-9T]", "") + "-" + execution}' },
        ],
      },
      attempt: {
        try: {
          call: 'measure',
          args: { run: '${run}', begun: '${begun}', window_start: '${window_start}', window_end: '${window_end}' },
          result: 'measured',
        },
        except: {
          as: 'error',
          steps: steps({
            tell: log('ERROR', { ...said(plan), outcome: 'failed', run: '${run}', reason: '${error}' }),
            fail: { raise: '${error}' },
          }),
        },
      },
      done: { return: '${measured}' },
    }),
  };
}

function measureRoutine(plan: DriftPlan, real: boolean): Routine {
  const reads = (folder: string) => `\${"/gcs/${plan.artifactBucket}/" + ${folder}}`;
  return {
    params: ['run', 'begun', 'window_start', 'window_end'],
    steps: steps({
      live_version: { call: 'find_live', result: 'live' },
      is_live: { switch: [{ condition: '${live == null}', next: 'nothing_serves' }] },
      ...(real
        ? {
          deployed_models: { call: 'find_deployed', args: { version: '${live.version}' }, result: 'deployed' },
          is_deployed: { switch: [{ condition: '${deployed == ""}', next: 'nothing_serves' }] },
        }
        : { deployed_models: { assign: [{ deployed: '' }] } }),
      schema: {
        call: 'read_json',
        args: { bucket: plan.artifactBucket, name: '${live.reference + "/schema.json"}' },
        result: 'reference',
      },
      has_reference: {
        switch: [
          {
            condition: '${reference == null}',
            raise: {
              message: `\${"version " + live.version + " has no drift reference at gs://${plan.artifactBucket}/" + live.reference + ": its evaluate verb must write one"}`,
            },
          },
        ],
      },
      captured: {
        call: 'export_window',
        args: { run: '${run}', window_start: '${window_start}', window_end: '${window_end}', deployed: '${deployed}' },
        result: 'rows',
      },
      is_captured: { switch: [{ condition: '${rows == 0}', next: 'nothing_captured' }] },
      job: {
        call: 'job_of',
        args: {
          run: '${run}',
          window_start: '${window_start}',
          window_end: '${window_end}',
          captured: reads('"capture/drift/" + run'),
          reference: reads('live.reference'),
          version: '${live.version}',
          since: '${live.since}',
          output: reads('"drift/" + run'),
          deployed: '${deployed}',
        },
        result: 'spec',
      },
      monitor: { call: 'run_custom_job', args: { job: '${spec}', retries: 1 }, result: 'finished' },
      numbers: {
        call: 'read_json',
        args: { bucket: plan.artifactBucket, name: '${"drift/" + run + "/drift.json"}' },
        result: 'drift',
      },
      has_numbers: {
        switch: [
          {
            condition: '${drift == null}',
            raise: {
              message: `\${"the monitor verb ended well and wrote no gs://${plan.artifactBucket}/drift/" + run + "/drift.json"}`,
            },
          },
        ],
      },
      metrics: { call: 'publish', args: { drift: '${drift}' } },
      ...(plan.retrain === undefined
        ? {}
        : {
          retraining: {
            call: 'retrain',
            args: { drift: '${drift}', version: '${live.version}', run: '${run}', begun: '${begun}' },
            result: 'training',
          },
        }),
      report: {
        assign: [
          { outcome: said(plan) },
          { 'outcome.outcome': 'measured' },
          { 'outcome.run': '${run}' },
          { 'outcome.version': '${live.version}' },
          { 'outcome.driftShare': '${drift.driftShare}' },
          { 'outcome.rows': '${drift.rows}' },
          { 'outcome.quality': '${map.get(drift, "quality")}' },
          ...(plan.labels === undefined ? [] : [{ 'outcome.qualityReason': '${map.get(drift, "qualityReason")}' }]),
          ...(plan.retrain === undefined ? [] : [{ 'outcome.training': '${training}' }]),
          { 'outcome.report': `\${"gs://${plan.artifactBucket}/drift/" + run + "/report.html"}` },
        ],
      },
      tell: { call: 'sys.log', args: { severity: 'NOTICE', json: '${outcome}' } },
      measured: { return: '${outcome}' },
      nothing_serves: { call: 'find_unserved', result: 'unserved' },
      should_serve: {
        switch: [
          {
            condition: '${unserved != ""}',
            raise: {
              message: '${"nothing serves although version " + unserved + " is approved: look at its rollout, and start it again by hand"}',
            },
          },
        ],
      },
      nothing_to_serve: {
        call: 'nothing',
        args: { run: '${run}', outcome: 'nothing serves' },
        result: 'quiet',
        next: 'ended',
      },
      nothing_captured: { call: 'nothing', args: { run: '${run}', outcome: 'nothing captured' }, result: 'quiet' },
      ended: { return: '${quiet}' },
    }),
  };
}

/** The custom job of the image's `monitor` verb; buckets are folders below /gcs. */
function jobOf(plan: DriftPlan): Routine {
  const variables: { [name: string]: string } = {
    MLOPS_CAPTURED_DIR: '${captured}',
    MLOPS_REFERENCE_DIR: '${reference}',
    MLOPS_OUTPUT_DIR: '${output}',
    MLOPS_CAPTURE_FORMAT: 'vertex',
    ...(plan.mode === 'real-time' ? { MLOPS_DEPLOYED_MODEL_ID: '${deployed}' } : {}),
    MLOPS_WINDOW_START: '${window_start}',
    MLOPS_WINDOW_END: '${window_end}',
    ...(plan.labels === undefined
      ? {}
      : { MLOPS_LABELS_DIR: `/gcs/${plan.labels.bucket}/${plan.labels.prefix.replace(/\/$/, '')}` }),
    // The log of Cloud Run does not name the version that answered, and none answers before it is registered.
    ...(plan.labelDelayDays > 0 && plan.mode !== 'real-time' ? { MLOPS_LIVE_SINCE: '${since}' } : {}),
    MLOPS_MODEL_NAME: plan.modelName,
    MLOPS_MODEL_VERSION: '${version}',
    MLOPS_ENDPOINT_NAME: plan.endpointId,
    ...plan.environment,
  };
  return {
    params: ['run', 'window_start', 'window_end', 'captured', 'reference', 'version', 'since', 'output', 'deployed'],
    steps: steps({
      spec: {
        assign: [{
          job: {
            displayName: '${"drift-" + run}',
            labels: { mlops: 'drift' },
            encryptionSpec: { kmsKeyName: plan.keyId },
            jobSpec: {
              workerPoolSpecs: [{
                machineSpec: plan.machine,
                replicaCount: 1,
                diskSpec: { bootDiskType: 'pd-ssd', bootDiskSizeGb: plan.diskGiB },
                containerSpec: {
                  imageUri: plan.imageUri,
                  args: ['monitor'],
                  env: Object.entries(variables).map(([name, value]) => ({ name, value })),
                },
              }],
              scheduling: { timeout: `${plan.timeoutMinutes * 60}s`, disableRetries: true },
              serviceAccount: plan.jobAccount,
              ...(plan.network === undefined ? {} : { network: plan.network }),
            },
          },
        }],
      },
      answer: { return: '${job}' },
    }),
  };
}

/** A run without anything to measure: it says so, and that it has run. */
function nothingRoutine(plan: DriftPlan): Routine {
  return {
    params: ['run', 'outcome'],
    steps: steps({
      rows: { call: 'point', args: { type: plan.metrics.rows, value: 0 }, result: 'rows' },
      write: { call: 'write', args: { series: ['${rows}'] } },
      summary: { assign: [{ summary: said(plan) }, { 'summary.outcome': '${outcome}' }, { 'summary.run': '${run}' }] },
      tell: { call: 'sys.log', args: { severity: 'INFO', json: '${summary}' } },
      answer: { return: '${summary}' },
    }),
  };
}

/** What every line of a drift run says. */
function said({ endpointId, modelName }: DriftPlan): { readonly [key: string]: unknown } {
  return { mlops: 'drift', endpoint: endpointId, model: modelName };
}
