import { Action, compose, Text } from './workflow-actions';
import { ex } from './workflow-expressions';

/**
 * Kinds of findings: what a run says of itself that is no failure of the run. `MonitoringStack` has an alert for each
 * but `drift`.
 */
export type Finding =
  /** A version was registered and waits for approval. */
  | 'registered'
  /** A model missed the quality gate. */
  | 'not registered'
  /** The tracker lacks a training, or a part of it. */
  | 'training not recorded'
  /** A version was worse than the live one and was taken back. */
  | 'rolled back'
  /** A rollback has failed and is tried again. */
  | 'rollback pending'
  /** Something that costs, or that a next run needs, could not be tidied up. */
  | 'leftover'
  /** A drift run measured, or had nothing to measure. */
  | 'drift';

/**
 * Says something of a run while it goes on: the workflow's diagnostics have it, and alerts look for it there.
 *
 * Tracked properties see the action's own outputs only, so that the fields are composed first.
 *
 * @see https://learn.microsoft.com/azure/logic-apps/monitor-workflows-collect-diagnostic-data#include-custom-properties-in-telemetry
 */
export function tell(finding: Finding, fields: { readonly [name: string]: Text } = {}): Action {
  const names = Object.keys(fields);
  return {
    ...compose({ mlops: finding, ...fields }),
    trackedProperties: { mlops: finding, ...Object.fromEntries(names.map((name) => [name, ex`action()['outputs']?[${name}]`])) },
  };
}
