import { MonitoringIntent } from '../monitoring-stack';

/**
 * What the image's `monitor` verb is told of the limits, so that its report says what the alarms say.
 *
 * @param usualDriftShare the share that counts where the intent names none
 */
export function limitVariables({ drift, modelQuality }: Pick<MonitoringIntent, 'drift' | 'modelQuality'>, usualDriftShare: number): Record<string, string> {
  const gates = (modelQuality?.gates ?? []).map(({ metric, threshold, higherIsBetter }) => ({ metric, threshold, higherIsBetter }));
  return {
    MLOPS_MAX_DRIFT_SHARE: `${drift?.maxDriftShare ?? usualDriftShare}`,
    ...(gates.length === 0 ? {} : { MLOPS_QUALITY_GATES: JSON.stringify(gates) }),
  };
}
