import { requireInteger, Speaker } from './validation';
import { MonitoringIntent } from '../monitoring-stack';

type Measured = Pick<MonitoringIntent, 'drift' | 'modelQuality'>;

/** Refuses numbers of rows and days that the image's `monitor` verb cannot work with. */
export function checkMonitorVerb(who: Speaker, { drift, modelQuality }: Measured): void {
  requireInteger(who, 'drift.minRows', drift?.minRows, 1, 1_000_000);
  requireInteger(who, 'modelQuality.minLabelledRows', modelQuality?.minLabelledRows, 1, 1_000_000);
  requireInteger(who, 'modelQuality.labelDelayDays', modelQuality?.labelDelayDays, 0, 365);
}

/**
 * What the image's `monitor` verb is told of the intent: how much is enough to measure, and the limits, so that its report says what the alarms say.
 *
 * @param usualDriftShare the share that counts where the intent names none
 */
export function monitorVariables({ drift, modelQuality }: Measured, usualDriftShare: number): Record<string, string> {
  const gates = (modelQuality?.gates ?? []).map(({ metric, threshold, higherIsBetter }) => ({ metric, threshold, higherIsBetter }));
  const delay = labelDelayDays(modelQuality);
  return {
    MLOPS_MAX_DRIFT_SHARE: `${drift?.maxDriftShare ?? usualDriftShare}`,
    ...(drift?.minRows === undefined ? {} : { MLOPS_MIN_ROWS: `${drift.minRows}` }),
    ...(modelQuality?.minLabelledRows === undefined ? {} : { MLOPS_MIN_LABELS: `${modelQuality.minLabelledRows}` }),
    ...(delay === 0 ? {} : { MLOPS_LABEL_DELAY_DAYS: `${delay}` }),
    ...(gates.length === 0 ? {} : { MLOPS_QUALITY_GATES: JSON.stringify(gates) }),
  };
}

/** Days that the window of the quality lies before that of drift. */
export function labelDelayDays(modelQuality: MonitoringIntent['modelQuality']): number {
  return modelQuality?.labelDelayDays ?? 0;
}
