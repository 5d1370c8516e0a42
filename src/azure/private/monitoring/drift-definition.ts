import { findLive, LIVE } from './drift-live-version';
import { DriftPlan } from './drift-plan';
import { nothingMeasured, ofDrift, publish } from './drift-publish';
import { retrain, RETRAIN_VARIABLES } from './drift-retraining';
import { Actions, compose, setVariable } from '../base/workflow-actions';
import { fail, insist, readJson, Variables, when } from '../base/workflow-control';
import { bodyOf, ex, Expression, NOW, RUN_ID, text, variable } from '../base/workflow-expressions';
import { runJob } from '../base/workflow-jobs';
import { store } from '../base/workflow-storage';
import { tell } from '../base/workflow-tell';
import { message } from '../base/workflow-triggers';

/** The actions of a drift run, and their variables. */
export interface DriftDefinition {
  readonly variables: Variables;
  readonly actions: Actions;
}

/**
 * One measurement: which version is live and what it was trained on, what was asked since the last time, the image's
 * `monitor` verb on both, its numbers as metrics, and the training that they ask for. A message may say
 * `{"end": "2026-11-21T06:00:00Z", "hours": 48}` to look at another window.
 */
export function driftDefinition(plan: DriftPlan): DriftDefinition {
  const { labelsPrefix, captureFolder, datastores } = plan;
  const job = monitorJob(plan);
  const folder = (name: string, path: Expression | string | ReturnType<typeof text>) =>
    text`azureml://datastores/${name}/paths/${path}`;
  const input = (uri: ReturnType<typeof text>) => ({ jobInputType: 'uri_folder', mode: 'ReadOnlyMount', uri });
  const inputs = {
    captured: input(folder(datastores.captured, `${captureFolder}/`)),
    reference: input(folder(datastores.artifacts, text`${LIVE.reference}/`)),
  };
  return {
    variables: {
      window_start: '',
      window_end: '',
      run: '',
      begun: '',
      inputs: {},
      command: '',
      drift: {},
      features: {},
      ...RETRAIN_VARIABLES,
      ...job.variables,
    },
    actions: {
      Begun: setVariable('begun', NOW),
      // A quarter of an hour ago: by then the collector has written what was answered.
      End: compose(ex`coalesce(${message()}?['end'], addMinutes(${NOW}, -15))`),
      Hours: compose(ex`int(coalesce(${message()}?['hours'], ${plan.windowHours}))`),
      Window_end: setVariable('window_end', ex`concat(formatDateTime(outputs('End'), 'yyyy-MM-ddTHH:mm'), ':00Z')`),
      Window_start: setVariable(
        'window_start',
        ex`concat(formatDateTime(addHours(${variable('window_end')}, mul(-1, outputs('Hours'))), 'yyyy-MM-ddTHH:mm'), ':00Z')`,
      ),
      Run_name: setVariable(
        'run',
        ex`concat(formatDateTime(${variable('window_end')}, 'yyyyMMddTHHmm'), '-', ${RUN_ID})`,
      ),
      ...findLive(plan),
      ...insist(
        'List_captured',
        store.list({
          endpoint: plan.blobEndpoint,
          container: plan.capturedContainer,
          prefix: `${captureFolder}/`,
          most: 1,
        }),
      ),
      // A job does not start with a folder that is not there.
      Is_captured: when(
        ex`not(${isListed('List_captured')})`,
        nothingMeasured(plan, 'Nothing_captured', 'nothing captured'),
      ),
      ...(labelsPrefix === undefined
        ? {
          Inputs: setVariable('inputs', inputs),
          Command: setVariable('command', commandOf(plan, false)),
        }
        : {
          ...insist(
            'List_labels',
            store.list({ endpoint: plan.blobEndpoint, container: plan.rawContainer, prefix: labelsPrefix, most: 1 }),
          ),
          Has_labels: when(
            isListed('List_labels'),
            {
              Inputs_with_labels: setVariable('inputs', {
                ...inputs,
                labels: input(folder(datastores.raw, labelsPrefix)),
              }),
              Command_with_labels: setVariable('command', commandOf(plan, true)),
            },
            {
              Inputs: setVariable('inputs', inputs),
              Command: setVariable('command', commandOf(plan, false)),
            },
          ),
        }),
      ...plan.job.environment.actions,
      ...job.actions,
      ...readJson(
        'Read_drift',
        store.read({
          endpoint: plan.blobEndpoint,
          container: plan.artifactContainer,
          name: text`drift/${variable('run')}/drift.json`,
        }),
        'drift',
        fail(
          'No_drift',
          text`the monitor verb ended well and wrote no ${plan.artifactContainer}/drift/${variable('run')}/drift.json`,
        ),
      ),
      ...publish(plan),
      ...(plan.retrain === undefined ? {} : retrain(plan, plan.retrain)),
      Tell: tell('drift', {
        outcome: 'measured',
        run: variable('run'),
        version: LIVE.version,
        driftShare: ex`string(${ofDrift('driftShare')})`,
        rows: ex`string(${ofDrift('rows')})`,
        quality: ex`string(coalesce(${ofDrift('quality')}, ${ofDrift('qualityReason')}, 'not measured'))`,
        training: plan.retrain === undefined ? 'not asked for' : variable('training'),
        report: text`${plan.artifactContainer}/drift/${variable('run')}/report.html`,
      }),
    },
  };
}

/** Whether a list of blobs, which is XML, has one. */
function isListed(list: string): Expression {
  return ex`contains(base64ToString(coalesce(${bodyOf(list)}?['$content'], '')), '<Blob>')`;
}

/** The command job of the image's `monitor` verb. */
function monitorJob(plan: DriftPlan) {
  const { job, own, modelName, datastores } = plan;
  return runJob({
    name: 'Monitor',
    workspaceId: job.workspaceId,
    location: job.location,
    retries: 1,
    isPrivate: job.isPrivate,
    failures: {
      datastore: datastores.artifacts,
      endpoint: plan.blobEndpoint,
      container: plan.artifactContainer,
      folder: text`drift/${variable('run')}`,
    },
    // Waiting for the machine included.
    maxSeconds: (2 * job.timeoutMinutes + 120) * 60,
    properties: {
      jobType: 'Command',
      displayName: text`drift-${variable('run')}`,
      experimentName: 'drift',
      command: variable('command'),
      environmentId: job.environment.environmentId,
      computeId: job.computeId,
      identity: { identityType: 'Managed', clientId: job.clientId },
      inputs: variable('inputs'),
      outputs: {
        report: { jobOutputType: 'uri_folder', mode: 'ReadWriteMount', uri: text`azureml://datastores/${datastores.artifacts}/paths/drift/${variable('run')}/` },
      },
      resources: { instanceCount: 1 },
      limits: { jobLimitsType: 'Command', timeout: `PT${job.timeoutMinutes}M` },
      environmentVariables: {
        MLOPS_CAPTURE_FORMAT: 'azureml',
        MLOPS_DEPLOYED_MODEL_ID: LIVE.deployments,
        MLOPS_WINDOW_START: variable('window_start'),
        MLOPS_WINDOW_END: variable('window_end'),
        MLOPS_MODEL_NAME: modelName,
        MLOPS_MODEL_VERSION: LIVE.version,
        MLOPS_ENDPOINT_NAME: own.endpointName,
        ...job.variables,
      },
      tags: { mlops: 'drift', model: modelName },
    },
  });
}

/** Azure ML puts its folders into the command alone, not into variables. */
function commandOf({ job }: DriftPlan, hasLabels: boolean): string {
  const folders = [
    'MLOPS_CAPTURED_DIR="${{inputs.captured}}"',
    'MLOPS_REFERENCE_DIR="${{inputs.reference}}"',
    ...(hasLabels ? ['MLOPS_LABELS_DIR="${{inputs.labels}}"'] : []),
    'MLOPS_OUTPUT_DIR="${{outputs.report}}"',
  ];
  return `${folders.join(' ')} ${job.command} monitor`;
}
