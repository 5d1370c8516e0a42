import { BIGQUERY_JOB } from './drift-export';
import { DriftMetrics } from './drift-metrics';
import { MachineSpec } from './machines';
import { Definition, Routine } from './workflow';
import { get, log, post, READ_JSON, runCustomJob, steps } from './workflow-steps';

/** What a drift run needs to know. */
export interface DriftPlan {
  readonly host: string;
  /** `projects/<id>/locations/<region>`. */
  readonly parent: string;
  readonly projectId: string;
  readonly region: string;
  /** `real-time` or `serverless`. */
  readonly mode: string;
  readonly endpointId: string;
  readonly modelId: string;
  readonly modelName: string;
  readonly modelResourceName: string;
  readonly captureTable: string;
  readonly artifactBucket: string;
  /** Folder of the raw store's labels; undefined when they never come. */
  readonly labels?: { readonly bucket: string; readonly prefix: string };
  /** How far a run looks back. */
  readonly windowHours: number;
  readonly metrics: DriftMetrics;
  readonly featureMetrics: boolean;
  readonly imageUri: string;
  readonly machine: MachineSpec;
  readonly diskGiB: number;
  readonly timeoutMinutes: number;
  readonly minRows?: number;
  readonly jobAccount: string;
  /** Network that the job is peered with, `projects/<number>/global/networks/<name>`. */
  readonly network?: string;
  readonly keyId: string;
}

/**
 * One measurement: which version is live and what it was trained on, what was asked since the last time, the image's `monitor` verb on both, and
 * its numbers as metrics. An execution may say `{"end": "2026-11-21T06:00:00Z", "hours": 48}` to look at another window.
 */
export function driftDefinition(plan: DriftPlan): Definition {
  const real = plan.mode === 'real-time';
  return {
    main: mainRoutine(plan),
    measure: measureRoutine(plan, real),
    find_live: findLive(plan),
    ...(real ? { find_deployed: findDeployed(plan) } : {}),
    export_window: exportWindow(plan, real),
    bigquery_job: BIGQUERY_JOB,
    job_of: jobOf(plan),
    nothing: nothingRoutine(plan),
    publish: publishRoutine(plan),
    point: pointRoutine(plan),
    write: writeRoutine(plan),
    run_custom_job: runCustomJob(plan.host, plan.parent),
    read_json: READ_JSON,
  };
}

function mainRoutine(plan: DriftPlan): Routine {
  return {
    params: ['input'],
    steps: steps({
      begin: { assign: [{ no_input: {} }, { given: '${default(input, no_input)}' }, { end_seconds: '${sys.now()}' }] },
      told: { switch: [{ condition: '${"end" in given}', steps: steps({ read: { assign: [{ end_seconds: '${time.parse(given.end)}' }] } }) }] },
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
        try: { call: 'measure', args: { run: '${run}', window_start: '${window_start}', window_end: '${window_end}' }, result: 'measured' },
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
    params: ['run', 'window_start', 'window_end'],
    steps: steps({
      live_version: { call: 'find_live', result: 'live' },
      is_live: { switch: [{ condition: '${live == null}', next: 'nothing_serves' }] },
      ...(real ? {
        deployed_models: { call: 'find_deployed', args: { version: '${live.version}' }, result: 'deployed' },
        is_deployed: { switch: [{ condition: '${len(deployed) == 0}', next: 'nothing_serves' }] },
      } : { deployed_models: { assign: [{ deployed: [] }] } }),
      schema: { call: 'read_json', args: { bucket: plan.artifactBucket, name: '${live.reference + "/schema.json"}' }, result: 'reference' },
      has_reference: {
        switch: [{
          condition: '${reference == null}',
          raise: { message: `\${"version " + live.version + " has no drift reference at gs://${plan.artifactBucket}/" + live.reference + ": its evaluate verb must write one"}` },
        }],
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
          captured: reads('"drift/" + run + "/captured"'),
          reference: reads('live.reference'),
          output: reads('"drift/" + run'),
        },
        result: 'spec',
      },
      monitor: { call: 'run_custom_job', args: { job: '${spec}', retries: 1 }, result: 'finished' },
      numbers: { call: 'read_json', args: { bucket: plan.artifactBucket, name: '${"drift/" + run + "/drift.json"}' }, result: 'drift' },
      has_numbers: {
        switch: [{
          condition: '${drift == null}',
          raise: { message: `\${"the monitor verb ended well and wrote no gs://${plan.artifactBucket}/drift/" + run + "/drift.json"}` },
        }],
      },
      metrics: { call: 'publish', args: { drift: '${drift}' } },
      report: {
        assign: [
          { outcome: said(plan) },
          { 'outcome.outcome': 'measured' },
          { 'outcome.run': '${run}' },
          { 'outcome.version': '${live.version}' },
          { 'outcome.driftShare': '${drift.driftShare}' },
          { 'outcome.rows': '${drift.rows}' },
          { 'outcome.quality': '${map.get(drift, "quality")}' },
          { 'outcome.report': `\${"gs://${plan.artifactBucket}/drift/" + run + "/report.html"}` },
        ],
      },
      tell: { call: 'sys.log', args: { severity: 'NOTICE', json: '${outcome}' } },
      measured: { return: '${outcome}' },
      nothing_serves: { call: 'nothing', args: { run: '${run}', outcome: 'nothing serves' }, result: 'quiet', next: 'ended' },
      nothing_captured: { call: 'nothing', args: { run: '${run}', outcome: 'nothing captured' }, result: 'quiet' },
      ended: { return: '${quiet}' },
    }),
  };
}

/** The version with the alias `live`, and the folder of its reference; null before the first rollout. */
function findLive({ host, modelResourceName, artifactBucket }: DriftPlan): Routine {
  return {
    steps: steps({
      unknown: { assign: [{ found: null }] },
      ask: {
        ...get({ url: `https://${host}/v1/${modelResourceName}@live`, result: 'found' }),
        except: { as: 'error', steps: unlessMissing('found') },
      },
      is_there: { switch: [{ condition: '${found == null}', return: null }] },
      folder: { assign: [{ artifacts: '${default(map.get(found.body, "artifactUri"), "")}' }] },
      // The reference lies beside the model: training/<run>/model and training/<run>/evaluation/reference.
      reference: {
        assign: [{
          folder_of_run: `\${text.replace_all_regex(text.replace_all(artifacts, "gs://${artifactBucket}/", ""), "/model/?$", "")}`,
        }],
      },
      version: { assign: [{ live: { version: '${found.body.versionId}', reference: '${folder_of_run + "/evaluation/reference"}' } }] },
      answer: { return: '${live}' },
    }),
  };
}

/** Ids of the version's deployed models on the endpoint, as parameters of a query; none when the endpoint serves something else, or nothing. */
function findDeployed({ host, parent, endpointId, modelId }: DriftPlan): Routine {
  return {
    params: ['version'],
    steps: steps({
      unknown: { assign: [{ found: null }, { ids: [] }, { none: [] }] },
      ask: {
        ...get({ url: `https://${host}/v1/${parent}/endpoints/${endpointId}`, result: 'found' }),
        except: { as: 'error', steps: unlessMissing('found') },
      },
      is_there: { switch: [{ condition: '${found == null}', return: '${ids}' }] },
      look: {
        for: {
          value: 'each',
          in: '${default(map.get(found.body, "deployedModels"), none)}',
          steps: steps({
            // The name has the project's number here, so only its end can be compared.
            is_live: {
              switch: [{
                condition: `\${text.match_regex(each.model, "/models/${modelId}(@.*)?$") and default(map.get(each, "modelVersionId"), "") == version}`,
                steps: steps({ keep: { assign: [{ parameter: { value: '${each.id}' } }, { ids: '${list.concat(ids, parameter)}' }] } }),
              }],
            },
          }),
        },
      },
      answer: { return: '${ids}' },
    }),
  };
}

/** Writes the window's requests and answers of the live version as packed JSON lines, and returns how many there are. */
function exportWindow(plan: DriftPlan, real: boolean): Routine {
  const { projectId, region, captureTable, artifactBucket } = plan;
  const where = `logging_time >= @window_start AND logging_time < @window_end${real ? ' AND deployed_model_id IN UNNEST(@deployed)' : ''}`;
  const parameter = (name: string, kind: string, value: unknown) => ({ name, parameterType: { type: kind }, parameterValue: { value } });
  return {
    params: ['run', 'window_start', 'window_end', 'deployed'],
    steps: steps({
      words: {
        assign: [
          { options: "/captured/*.json.gz', format='JSON', compression='GZIP', overwrite=true) AS SELECT * FROM " },
          { source: `\`${captureTable}\` WHERE ${where}` },
          { export: `\${"EXPORT DATA OPTIONS(uri='gs://${artifactBucket}/drift/" + run + options + source}` },
        ],
      },
      query: {
        call: 'bigquery_job',
        args: {
          project: projectId,
          location: region,
          // The name makes it one job, however often the call is repeated.
          job: '${"drift_" + run}',
          query: {
            query: '${export}',
            useLegacySql: false,
            parameterMode: 'NAMED',
            queryParameters: [
              parameter('window_start', 'TIMESTAMP', '${window_start}'),
              parameter('window_end', 'TIMESTAMP', '${window_end}'),
              ...(real ? [{
                name: 'deployed',
                parameterType: { type: 'ARRAY', arrayType: { type: 'STRING' } },
                parameterValue: { arrayValues: '${deployed}' },
              }] : []),
            ],
          },
        },
        result: 'done',
      },
      // The table comes with the first request that is captured.
      is_there: { switch: [{ condition: '${done == null}', return: 0 }] },
      count: { return: '${int(default(map.get(done, ["statistics", "query", "exportDataStatistics", "rowCount"]), "0"))}' },
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
    MLOPS_WINDOW_START: '${window_start}',
    MLOPS_WINDOW_END: '${window_end}',
    ...(plan.labels === undefined ? {} : { MLOPS_LABELS_DIR: `/gcs/${plan.labels.bucket}/${plan.labels.prefix.replace(/\/$/, '')}` }),
    ...(plan.minRows === undefined ? {} : { MLOPS_MIN_ROWS: `${plan.minRows}` }),
  };
  return {
    params: ['run', 'window_start', 'window_end', 'captured', 'reference', 'output'],
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

/** The numbers of drift.json as metrics. */
function publishRoutine(plan: DriftPlan): Routine {
  const { metrics } = plan;
  return {
    params: ['drift'],
    steps: steps({
      share: { call: 'point', args: { type: metrics.driftShare, value: '${drift.driftShare}' }, result: 'share' },
      rows: { call: 'point', args: { type: metrics.rows, value: '${drift.rows}' }, result: 'rows' },
      first: { assign: [{ series: ['${rows}'] }, { none: {} }] },
      // With too few rows drift is not judged: 0 would end an incident that nobody has measured the end of.
      is_judged: { switch: [{ condition: '${not("reason" in drift)}', steps: steps({ judged: { assign: [{ series: '${list.concat(series, share)}' }] } }) }] },
      prediction: {
        switch: [{
          condition: '${"prediction" in drift}',
          steps: steps({
            drifted: { assign: [{ drifted: '${if(drift.prediction.drifted, 1, 0)}' }] },
            answers: { call: 'point', args: { type: metrics.predictionDrift, value: '${drifted}' }, result: 'answers' },
            keep: { assign: [{ series: '${list.concat(series, answers)}' }] },
          }),
        }],
      },
      ...(plan.labels === undefined ? {} : { quality: eachOf('quality', metrics.quality, 'metric', 'drift.quality[name]') }),
      ...(plan.featureMetrics ? { features: eachOf('features', metrics.featureDrift, 'feature', 'drift.features[name].score') } : {}),
      write: { call: 'write', args: { series: '${series}' } },
    }),
  };
}

/** One series for each entry of a map in drift.json. A request takes 200 series. */
function eachOf(part: string, type: string, label: string, value: string): { readonly [key: string]: unknown } {
  return {
    for: {
      value: 'name',
      in: `\${keys(default(map.get(drift, "${part}"), none))}`,
      steps: steps({
        [`${part}_one`]: { call: 'point', args: { type, value: `\${${value}}`, label, entry: '${name}' }, result: 'one' },
        [`${part}_keep`]: { assign: [{ series: '${list.concat(series, one)}' }] },
        [`${part}_many`]: {
          switch: [{
            condition: '${len(series) == 200}',
            steps: steps({ [`${part}_write`]: { call: 'write', args: { series: '${series}' } }, [`${part}_rest`]: { assign: [{ series: [] }] } }),
          }],
        },
      }),
    },
  };
}

/** @see https://cloud.google.com/monitoring/api/ref_v3/rest/v3/TimeSeries */
function pointRoutine({ endpointId, modelName, projectId }: DriftPlan): Routine {
  return {
    params: ['type', 'value', { label: '' }, { entry: '' }],
    steps: steps({
      labels: { assign: [{ labels: { endpoint: endpointId, model: modelName } }] },
      more: { switch: [{ condition: '${label != ""}', steps: steps({ add: { assign: [{ 'labels[label]': '${entry}' }] } }) }] },
      series: {
        assign: [{
          series: {
            metric: { type: '${type}', labels: '${labels}' },
            resource: { type: 'global', labels: { project_id: projectId } },
            metricKind: 'GAUGE',
            valueType: 'DOUBLE',
            points: [{ interval: { endTime: '${time.format(sys.now())}' }, value: { doubleValue: '${value}' } }],
          },
        }],
      },
      answer: { return: '${series}' },
    }),
  };
}

function writeRoutine({ projectId }: DriftPlan): Routine {
  return {
    params: ['series'],
    steps: steps({
      is_any: { switch: [{ condition: '${len(series) == 0}', return: null }] },
      write: post({ url: `https://monitoring.googleapis.com/v3/projects/${projectId}/timeSeries`, body: { timeSeries: '${series}' } }),
    }),
  };
}

/** What every line of a drift run says. */
function said({ endpointId, modelName }: DriftPlan): { readonly [key: string]: unknown } {
  return { mlops: 'drift', endpoint: endpointId, model: modelName };
}

/** Leaves a variable null when there is no such thing; everything else is an error. */
function unlessMissing(variable: string) {
  return steps({
    other: { switch: [{ condition: '${default(map.get(error, "code"), 0) != 404}', raise: '${error}' }] },
    missing: { assign: [{ [variable]: null }] },
  });
}
