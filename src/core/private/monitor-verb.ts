import { Token } from './tokens';
import { refuse, requireInteger, Speaker } from './validation';
import { MonitoringIntent } from '../monitoring-stack';

type Measured = Pick<MonitoringIntent, 'drift' | 'modelQuality'>;

/** Refuses numbers of rows and days that the image's `monitor` verb cannot work with. */
export function checkMonitorVerb(who: Speaker, { drift, modelQuality }: Measured): void {
  requireInteger(who, 'drift.minRows', drift?.minRows, 1, 1_000_000);
  requireInteger(who, 'modelQuality.minLabelledRows', modelQuality?.minLabelledRows, 1, 1_000_000);
  requireInteger(who, 'modelQuality.labelDelayDays', modelQuality?.labelDelayDays, 0, 365);
}

/** Refuses labels that come when what they are about is deleted: nothing would ever be measured. `keptDays` is undefined where others decide it. */
export function checkKept(who: Speaker, { modelQuality }: Measured, windowDays: number, keptDays: number | undefined): void {
  const delay = labelDelayDays(modelQuality);
  if (delay === 0 || keptDays === undefined || Token.isUnresolved(keptDays)) return;
  // A day more: the window ends with the last whole day, and what was captured goes by whole days.
  const most = keptDays - windowDays - 1;
  if (delay <= most) return;
  const kept = `captured requests are deleted after captureRetentionDays, ${keptDays}, and the window of a run has ${windowDays} of these days`;
  refuse(who, 'modelQuality.labelDelayDays', delay, most < 1 ? `left out: ${kept}` : `at most ${most}: ${kept}`);
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
