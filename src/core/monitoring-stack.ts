import { QualityGate } from './quality-gate';
import { Schedule } from './schedule';

/** Detection of data and prediction drift, and the response to it. */
export interface DriftSpec {
  /**
   * Schedule of the comparison of captured traffic with the training reference.
   *
   * @default Schedule.daily()
   */
  readonly schedule?: Schedule;
  /**
   * Share of features that may drift before the alarm fires, 0 to 1.
   *
   * @default 0.3
   */
  readonly maxDriftShare?: number;
  /**
   * Captured rows below which drift is not judged, 1 to 1,000,000: of few rows hardly any drift is seen.
   *
   * @default - the image decides; the runtime of this library takes 30
   */
  readonly minRows?: number;
  /**
   * Whether drift above the threshold starts the training pipeline; while drift lasts, again after
   * `minDaysBetweenRetrainings`.
   *
   * @default - a blueprint decides by its level: from level 2 on; else false
   */
  readonly retrain?: boolean;
}

/** Quality of live predictions, measured with ground-truth labels. */
export interface ModelQualitySpec {
  /**
   * Prefix of the data lake's raw store where labels arrive, as CSV or JSON lines with an inference id and a label. A
   * label counts when it is there at the drift run whose window has its request, which is the time since the run
   * before; `labelDelayDays` moves that window back.
   *
   * @default 'labels/'
   */
  readonly labelsPrefix?: string;
  /**
   * Days that labels take to arrive, 0 to 365: each run measures the quality of the answers of so long ago, and drift
   * of the newest. Answers of versions before the live one do not count, so after a rollout there is no quality for so
   * long. Captured traffic must be kept for longer: `captureRetentionDays`.
   *
   * @default 0
   */
  readonly labelDelayDays?: number;
  /**
   * Labelled rows below which no quality is measured, 1 to 1,000,000: one wrong answer would be an accuracy of 0.
   *
   * @default - the image decides; the runtime of this library takes 100
   */
  readonly minLabelledRows?: number;
  /** Gates for the live metrics, which are those of `drift.json` under `quality`. */
  readonly gates: QualityGate[];
  /**
   * Whether a missed gate starts the training pipeline; while it is missed, again after `minDaysBetweenRetrainings`.
   *
   * @default false
   */
  readonly retrain?: boolean;
}

/** Service level objective of the endpoint. */
export interface ServiceLevelSpec {
  /**
   * Share of requests that are answered without a server error, in percent, 90 to 99.999.
   *
   * @default 99.5
   */
  readonly availabilityPercent?: number;
  /**
   * Window of the objective in days, 7 to 90; 30 at most on Google Cloud.
   *
   * @default 28
   */
  readonly windowDays?: number;
}

/** Alarms, dashboards, drift detection and notifications. */
export interface MonitoringIntent {
  /**
   * E-mail addresses that receive the alarms; on AWS each must confirm its subscription.
   *
   * @default - no one is notified; the topic exists and can be subscribed to
   */
  readonly alertEmails?: string[];
  /**
   * Threshold of the server error rate over five minutes, in percent.
   *
   * @default 1
   */
  readonly maxErrorPercent?: number;
  /**
   * Threshold of the 99th percentile of model latency, in milliseconds.
   *
   * @default 1000
   */
  readonly maxLatencyP99Ms?: number;
  /**
   * Time without any request after which the no-traffic alarm fires, in minutes, at most 1440; 0 for endpoints that may
   * be idle. Where the cloud cannot tell silence from absence it fires as well while there is no endpoint yet: AWS, and
   * serverless endpoints of Google Cloud.
   *
   * @default 0
   */
  readonly noTrafficMinutes?: number;
  /**
   * Drift of data and predictions.
   *
   * @default - a blueprint decides by its level: from level 1 on, where requests are captured; else not measured
   */
  readonly drift?: DriftSpec;
  /**
   * Quality measured with labels that arrive late; in a blueprint from level 2 on.
   *
   * @default - not measured
   */
  readonly modelQuality?: ModelQualitySpec;
  /**
   * Days that lie at least between two trainings that drift or quality start, 0 to 365. A drift that stays asks for
   * another one at each of its runs: when the last has failed, or its version was rejected. None starts while one runs,
   * or while a newer version than the live one waits for approval.
   *
   * @default 7
   */
  readonly minDaysBetweenRetrainings?: number;
  /**
   * A service-level objective with its error budget; in a blueprint from level 2 on.
   *
   * @default - a blueprint of level 2 has one where there is an endpoint; else none
   */
  readonly serviceLevel?: ServiceLevelSpec;
}
