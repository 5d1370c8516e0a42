import { Schedule } from '../core/schedule';

/**
 * SageMaker Model Monitor, for accounts that used it before.
 *
 * **It is closed to new customers**: in an account that never had a monitoring schedule the deployment fails. AWS adds
 * nothing to it any more, and sends its users to drift jobs of their own, which is what `drift` is. Use this to keep an
 * existing monitor for a while.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-availability-change.html
 */
export interface ModelMonitorLegacyOptions {
  /**
   * Model Monitor's container image of the region; AWS owns it, in another account in each region.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-pre-built-container.html
   */
  readonly imageUri: string;
  /**
   * Folder of the data lake's artifact store where the baseline job left `constraints.json` and `statistics.json`,
   * `evaluation/baseline/`.
   */
  readonly baselinePrefix: string;
  /**
   * When it runs: every hour, every so many hours, or every day, on the hour and in UTC. It starts up to 20 minutes
   * late.
   *
   * @default Schedule.daily()
   */
  readonly schedule?: Schedule;
  /**
   * The machine of a run.
   *
   * @default 'ml.m5.large'
   */
  readonly instanceType?: string;
  /**
   * Longest time of a run, in minutes; at most 60 when it runs every hour.
   *
   * @default 50
   */
  readonly maxRuntimeMinutes?: number;
}
