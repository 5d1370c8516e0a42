import { AlertSpec, promql, STATE_SECONDS, threshold } from './alert-policy';
import { DriftMetrics, seriesOf } from './drift-metrics';
import { hoursBetweenRuns } from './drift-window';
import { ResolvedMonitoring, ResolvedRuns } from '../../../core/private/resolve/monitoring';

import { QualityGate } from '../../../core/quality-gate';

/** The alerts on one endpoint: runs that stop, drift, and the gates of the live answers. */
export function driftAlerts(
  metrics: DriftMetrics,
  endpointId: string,
  { schedule }: ResolvedRuns,
  { drift, modelQuality }: Pick<ResolvedMonitoring, 'drift' | 'modelQuality'>,
): AlertSpec[] {
  const gates = modelQuality?.gates ?? [];
  return [
    ...silentRuns(metrics, endpointId, hoursBetweenRuns(schedule)),
    ...(drift === undefined ? [] : [drifted(metrics, endpointId, drift.maxDriftShare, drift.retrain)]),
    ...gates.map((gate) => worseThan(metrics, endpointId, gate, modelQuality?.retrain === true)),
  ];
}

/** One value a run, which holds until the next: a drift that stays keeps the incident open. */
function drifted(
  metrics: DriftMetrics,
  endpointId: string,
  maxDriftShare: number,
  retrains: boolean,
): AlertSpec {
  return {
    id: 'DriftAlert',
    title: `More than a share of ${maxDriftShare} of the features drifted from the training reference`,
    severity: 'ERROR',
    runbook: [
      'What is asked today is not what the model was trained on: its answers may be worse than they were.',
      'The log line of the drift workflow names the report, `drift/<run>/report.html` in the artifact bucket. Did the world change, or did a source ' +
        'break? Repair a broken source; for a changed world train again.',
      ...(retrains ? [STARTED] : []),
    ],
    conditions: [
      threshold('Share of features that drifted', {
        filter: seriesOf(metrics.driftShare, endpointId),
        threshold: maxDriftShare,
        aligner: 'ALIGN_MAX',
        periodSeconds: 3600,
      }),
    ],
    autoCloseSeconds: STATE_SECONDS,
  };
}

/** A metric of the live answers that misses its gate; it holds until the next measurement, as drift does. */
function worseThan(metrics: DriftMetrics, endpointId: string, gate: QualityGate, retrains: boolean): AlertSpec {
  const { metric, higherIsBetter } = gate;
  return {
    id: `QualityAlert-${metric}`,
    title: `${metric} of the live answers is ${higherIsBetter ? 'below' : 'above'} ${gate.threshold}`,
    severity: 'ERROR',
    runbook: [
      'The truth about the answers has arrived, and they were worse than the gate allows.',
      'Look whether the labels are right and come for all kinds of requests, then at the drift of the same window. Train again on newer data, or ' +
        'approve the version before.',
      ...(retrains ? [STARTED] : []),
    ],
    conditions: [
      threshold(metric, {
        filter: `${seriesOf(metrics.quality, endpointId)} AND metric.labels.metric="${metric}"`,
        threshold: gate.threshold,
        isBelow: higherIsBetter,
        aligner: higherIsBetter ? 'ALIGN_MIN' : 'ALIGN_MAX',
        periodSeconds: 3600,
      }),
    ],
    autoCloseSeconds: STATE_SECONDS,
  };
}

/**
 * Runs that did not happen, where they are so frequent that Cloud Monitoring can still see the one before: PromQL looks
 * back 25 hours.
 *
 * Every run writes how many rows it compared, 0 as well. The alert waits for another period: before the first run there
 * is silence, too.
 */
function silentRuns(metrics: DriftMetrics, endpointId: string, hours: number): AlertSpec[] {
  if (hours > 24) return [];
  const rows = `${metrics.rows.replace('/', ':').replace(/[./]/g, '_')}{monitored_resource="global",endpoint="${endpointId}"}`;
  return [
    {
      id: 'DriftSilentAlert',
      title: 'Drift runs have stopped',
      severity: 'WARNING',
      runbook: [
        `Runs are ${hours} h apart at most. Each that ends well writes the number of rows that it compared, and none has for longer than two of them take.`,
        'Is the Cloud Scheduler job paused, or does every run fail?',
      ],
      conditions: [
        promql(
          'Rows compared',
          `absent_over_time(${rows}[${hours + 1}h])`,
          Math.min(hours * 60, LONGEST_RETEST_MINUTES),
        ),
      ],
    },
  ];
}

const STARTED =
  'While this stays, drift runs start the training; `training` in the log line of a run says whether it did, and else why not.';

/** @see https://cloud.google.com/monitoring/alerts/concepts-indepth */
const LONGEST_RETEST_MINUTES = 23.5 * 60;
