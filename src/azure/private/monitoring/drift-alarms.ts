import { AlertSpec } from './alert-rule';
import { kqlText, workflowLog } from './kql';
import { OWN_METRICS, OwnMetrics, ownThreshold } from './own-metrics';
import { QualityGate } from '../../../core/quality-gate';

/** One value a run; the alert holds for a day after it, and again with the next run. */
const A_DAY = { windowMinutes: 1440, everyMinutes: 60 };

/** More drift than the intent allows. */
export function drifted(own: OwnMetrics, maxDriftShare: number, retrains: boolean): AlertSpec {
  return {
    id: 'DriftAlert',
    title: `More than a share of ${maxDriftShare} of the features drifted from the training reference`,
    severity: 'ERROR',
    runbook: [
      'What is asked today is not what the model was trained on: its answers may be worse than they were.',
      'The run of the drift workflow names the report, `drift/<run>/report.html` in the container of artifacts. Did the world change, or did a source ' +
        'break? Repair a broken source; for a changed world train again.',
      ...(retrains ? [STARTED] : []),
    ],
    condition: ownThreshold(own, OWN_METRICS.driftShare, {
      aggregation: 'Maximum',
      threshold: maxDriftShare,
      ...A_DAY,
    }),
  };
}

/** A metric of the live answers that misses its gate. */
export function worseThan(
  own: OwnMetrics,
  { metric, threshold, higherIsBetter }: QualityGate,
  retrains: boolean,
): AlertSpec {
  return {
    id: `QualityAlert-${metric}`,
    title: `${metric} of the live answers is ${higherIsBetter ? 'below' : 'above'} ${threshold}`,
    severity: 'ERROR',
    runbook: [
      'The truth about the answers has arrived, and they were worse than the gate allows.',
      'Look whether the labels are right and come for all kinds of requests, then at the drift of the same window. Train again on newer data, or ' +
        'approve the version before.',
      ...(retrains ? [STARTED] : []),
    ],
    condition: ownThreshold(own, OWN_METRICS.quality, {
      aggregation: higherIsBetter ? 'Minimum' : 'Maximum',
      isBelow: higherIsBetter,
      threshold,
      dimensions: { metric: [metric] },
      ...A_DAY,
    }),
  };
}

/**
 * Runs that did not happen, where they are so frequent that a rule can still see the one before: it looks back two days
 * at most.
 *
 * It wants six looks in a row, spread over the time between two runs: before the first run there is silence, too.
 */
export function silentRuns(workflowName: string, hours: number): AlertSpec[] {
  if (hours > 24) return [];
  return [{
    id: 'DriftSilentAlert',
    title: 'Drift runs have stopped',
    severity: 'WARNING',
    runbook: [
      `Runs are ${hours} h apart at most, and none has ended well for longer than two of them take.`,
      'Are the Logic Apps of the schedule and of the drift run enabled, or does every run fail?',
    ],
    condition: {
      query: [
        workflowLog([workflowName]),
        '| summarize runs = countif(Operation has "RunCompleted" and Status =~ "Succeeded")',
        '| where runs == 0',
        `| project Workflow = ${kqlText(workflowName)}`,
      ].join('\n'),
      // Six of them are at least the time between two runs.
      everyMinutes: [60, 120, 180, 240].find((each) => each * 6 >= hours * 60)!,
      // More than the six looks together, as the service wants it.
      backMinutes: hours < 24 ? 1440 : 2880,
      times: 6,
    },
  }];
}

const STARTED =
  'While this stays, drift runs start the training; `training` of the run says whether it did, and else why not.';
