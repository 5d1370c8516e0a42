import { AnswerLimits, HOUR_MS, resolvedLimits } from './limits';
import { ResolvedRetraining, resolvedRetraining } from './retraining';
import { ComputeSpec } from '../../compute';
import { ModelQualitySpec, MonitoringIntent, ServiceLevelSpec } from '../../monitoring-stack';
import { Cloud, Parity } from '../../parity';
import { QualityGate } from '../../quality-gate';
import { Schedule } from '../../schedule';
import { requireObjectFolder } from '../object-keys';
import { Token } from '../tokens';
import {
  refuse,
  refuseBecause,
  requireEmails,
  requireInteger,
  requireRange,
  requireUnique,
  Speaker,
} from '../validation';

/**
 * The intent, and the words for monitoring that every cloud has; of the objects among them it is only looked at whether
 * they are there.
 */
export interface MonitoringInput extends MonitoringIntent {
  readonly registry?: unknown;
  readonly image?: unknown;
  readonly training?: unknown;
  readonly maxClientErrorPercent?: number;
  readonly maxLatencyP50Ms?: number;
  readonly maxUtilizationPercent?: number;
  readonly driftCompute?: ComputeSpec;
  readonly featureMetrics?: boolean;
  readonly dashboard?: boolean;
  readonly dashboardName?: string;
}

/** The cloud's part of the question. */
export interface MonitoringContext {
  readonly cloud: Cloud;
  /** The endpoint that answers requests; undefined where none does, in batch mode too. */
  readonly endpoint?: RecordedEndpoint;
  /** Limits that hold for this endpoint where none are given. */
  readonly usualLimits?: Partial<AnswerLimits>;
  /** Native props that only drift runs use. */
  readonly driftProps: readonly string[];
  /** The longest window of a service level. */
  readonly mostWindowDays: number;
}

/** An endpoint, as far as drift runs need it. */
export interface RecordedEndpoint {
  readonly id: string;
  /** Whether its requests and answers are recorded. */
  readonly isRecorded: boolean;
  /** How it serves, where that way cannot record: `serverless`. */
  readonly unrecordable?: string;
}

/** Monitoring with every neutral choice made. */
export interface ResolvedMonitoring extends AnswerLimits {
  readonly alertEmails: readonly string[];
  readonly maxClientErrorPercent: number;
  readonly maxLatencyP50Ms: number;
  readonly maxUtilizationPercent: number;
  /** 0 where silence is no fault. */
  readonly noTrafficMinutes: number;
  /** The runs that measure drift and quality. @default - nothing is measured */
  readonly runs?: ResolvedRuns;
  /** Drift, where an alarm watches it. @default - none does */
  readonly drift?: { readonly maxDriftShare: number; readonly retrain: boolean };
  readonly modelQuality?: ResolvedQuality;
  readonly serviceLevel?: ResolvedServiceLevel;
  readonly drawsDashboard: boolean;
}

/** The runs that compare what was captured with the training reference. */
export interface ResolvedRuns {
  readonly schedule: Schedule;
  /** Folder of the raw store's labels. @default - none come */
  readonly labelsPrefix?: string;
  /** Days that the window of the quality lies before that of drift. */
  readonly labelDelayDays: number;
  readonly featureMetrics: boolean;
  /**
   * Variables of the job: how much is enough to measure, and the limits, so that its report says what the alarms say.
   */
  readonly variables: { readonly [name: string]: string };
  /** @default - nothing starts a training */
  readonly retraining?: ResolvedRetraining;
}

/** Quality of the live answers. */
export interface ResolvedQuality {
  readonly gates: readonly QualityGate[];
  readonly retrain: boolean;
}

/** A promise with its error budget. */
export interface ResolvedServiceLevel {
  readonly availabilityPercent: number;
  readonly windowDays: number;
}

/** Fills every default and refuses what no cloud takes. */
export function resolvedMonitoring(
  who: Speaker,
  input: MonitoringInput,
  context: MonitoringContext,
): ResolvedMonitoring {
  Parity._refuse(who, 'MonitoringIntent', context.cloud, input);
  requireEmails(who, 'alertEmails', input.alertEmails);
  requireUnique(who, 'alertEmails', input.alertEmails ?? []);
  const limits = resolvedLimits(who, input, context.usualLimits);
  requireRange(who, 'maxClientErrorPercent', input.maxClientErrorPercent, 0, 100);
  requireRange(who, 'maxLatencyP50Ms', input.maxLatencyP50Ms, 1, HOUR_MS);
  const { maxLatencyP50Ms: p50 = 0 } = input;
  if (p50 > limits.maxLatencyP99Ms) {
    refuse(
      who,
      'maxLatencyP50Ms',
      p50,
      `at most maxLatencyP99Ms, ${limits.maxLatencyP99Ms}: half of the requests are never slower than the slowest`,
    );
  }
  requireRange(who, 'maxUtilizationPercent', input.maxUtilizationPercent, 1, 100);
  requireInteger(who, 'noTrafficMinutes', input.noTrafficMinutes, 0, 1440);
  if (input.dashboardName !== undefined && input.dashboard === false) {
    refuseBecause(who, 'dashboardName names no dashboard: leave it out, or dashboard');
  }
  const runs = resolvedRuns(who, input, context);
  return {
    ...limits,
    alertEmails: input.alertEmails ?? [],
    maxClientErrorPercent: input.maxClientErrorPercent ?? 5,
    maxLatencyP50Ms: input.maxLatencyP50Ms ?? limits.maxLatencyP99Ms / 2,
    maxUtilizationPercent: input.maxUtilizationPercent ?? 90,
    noTrafficMinutes: input.noTrafficMinutes ?? 0,
    runs,
    drift: input.drift && { maxDriftShare: driftShareOf(input), retrain: input.drift.retrain ?? false },
    modelQuality: input.modelQuality && {
      gates: input.modelQuality.gates,
      retrain: input.modelQuality.retrain ?? false,
    },
    serviceLevel: input.serviceLevel && resolvedServiceLevel(who, input.serviceLevel, context),
    drawsDashboard: input.dashboard ?? true,
  };
}

/** Refuses a measurement of requests that are not recorded. */
export function requireRecorded(who: Speaker, prop: string, endpoint: RecordedEndpoint | undefined): void {
  if (endpoint === undefined) {
    refuseBecause(who, `${prop} has no endpoint to look at: give endpoint, one that answers requests`);
  }
  if (!endpoint.isRecorded) {
    const { id, unrecordable: mode } = endpoint;
    const way = mode === undefined
      ? `the endpoint '${id}' records nothing, set its capture`
      : `${mode} serving of the endpoint '${id}' cannot record, leave ${prop} out or use Serving.realTime`;
    refuseBecause(who, `${prop} has nothing to look at: ${way}`);
  }
}

/**
 * Refuses labels that come when the requests they are about are deleted: nothing would ever be measured.
 *
 * @param windowDays days that the window of a run reaches into
 * @param keptDays days that captured requests are kept; undefined where others decide it
 */
export function requireKept(
  who: Speaker,
  { labelDelayDays }: ResolvedRuns,
  windowDays: number,
  keptDays: number | undefined,
): void {
  if (labelDelayDays === 0 || keptDays === undefined || Token.isUnresolved(keptDays)) return;
  // A day more: the window ends with the last whole day, and what was captured goes by whole days.
  const most = keptDays - windowDays - 1;
  if (labelDelayDays <= most) return;
  const kept = `captured requests are deleted after captureRetentionDays, ${keptDays}, and the window of a run has ${windowDays} of these days`;
  refuse(
    who,
    'modelQuality.labelDelayDays',
    labelDelayDays,
    most < 1 ? `left out: ${kept}` : `at most ${most}: ${kept}`,
  );
}

function resolvedRuns(
  who: Speaker,
  input: MonitoringInput,
  { endpoint, driftProps }: MonitoringContext,
): ResolvedRuns | undefined {
  for (const prop of ['drift', 'modelQuality'] as const) {
    if (input[prop] === undefined) continue;
    requireRecorded(who, prop, endpoint);
    if (input.registry === undefined) {
      refuseBecause(
        who,
        `${prop} has nothing to compare with: give registry, whose versions know their training reference`,
      );
    }
    if (input.image === undefined) {
      refuseBecause(who, `${prop} has no job to run: give image, whose monitor verb measures`);
    }
  }
  requireRange(who, 'drift.maxDriftShare', input.drift?.maxDriftShare, 0, 1);
  requireInteger(who, 'drift.minRows', input.drift?.minRows, 1, 1_000_000);
  const hasRuns = measures(input);
  for (const prop of ['driftCompute', 'featureMetrics', ...driftProps]) {
    if (!hasRuns && (input as { readonly [prop: string]: unknown })[prop] !== undefined) {
      refuseBecause(who, `${prop} is for drift runs, and there are none: set drift or modelQuality, or leave it out`);
    }
  }
  if ((input.driftCompute?.instanceCount ?? 1) !== 1) {
    refuse(
      who,
      'driftCompute.instanceCount',
      input.driftCompute?.instanceCount,
      '1: a drift run is one job on one machine',
    );
  }
  if (input.modelQuality !== undefined) requireQuality(who, input.modelQuality);
  const retraining = resolvedRetraining(who, input, driftShareOf(input));
  if (!hasRuns) return undefined;
  return {
    schedule: input.drift?.schedule ?? Schedule.daily(),
    labelsPrefix: input.modelQuality && (input.modelQuality.labelsPrefix ?? 'labels/'),
    labelDelayDays: labelDelayOf(input),
    featureMetrics: input.featureMetrics ?? false,
    variables: variablesOf(input),
    retraining,
  };
}

/** The share that counts in the report as well, where quality alone is measured. */
function driftShareOf({ drift }: MonitoringIntent): number {
  return drift?.maxDriftShare ?? 0.3;
}

function labelDelayOf({ modelQuality }: MonitoringIntent): number {
  return modelQuality?.labelDelayDays ?? 0;
}

function variablesOf(intent: MonitoringIntent): { [name: string]: string } {
  const { drift, modelQuality } = intent;
  const gates = (modelQuality?.gates ?? []).map(({ metric, threshold, higherIsBetter }) => ({
    metric,
    threshold,
    higherIsBetter,
  }));
  const delay = labelDelayOf(intent);
  return {
    MLOPS_MAX_DRIFT_SHARE: `${driftShareOf(intent)}`,
    ...(drift?.minRows === undefined ? {} : { MLOPS_MIN_ROWS: `${drift.minRows}` }),
    ...(modelQuality?.minLabelledRows === undefined ? {} : { MLOPS_MIN_LABELS: `${modelQuality.minLabelledRows}` }),
    ...(delay === 0 ? {} : { MLOPS_LABEL_DELAY_DAYS: `${delay}` }),
    ...(gates.length === 0 ? {} : { MLOPS_QUALITY_GATES: JSON.stringify(gates) }),
  };
}

function requireQuality(
  who: Speaker,
  { gates, labelsPrefix, minLabelledRows, labelDelayDays }: ModelQualitySpec,
): void {
  if (gates.length === 0) refuse(who, 'modelQuality.gates', gates, 'one gate at least');
  requireUnique(
    who,
    'modelQuality.gates metric',
    gates.map(({ metric }) => metric),
  );
  requireObjectFolder(who, 'modelQuality.labelsPrefix', labelsPrefix, 'labels/');
  requireInteger(who, 'modelQuality.minLabelledRows', minLabelledRows, 1, 1_000_000);
  requireInteger(who, 'modelQuality.labelDelayDays', labelDelayDays, 0, 365);
}

function resolvedServiceLevel(
  who: Speaker,
  level: ServiceLevelSpec,
  { endpoint, mostWindowDays }: MonitoringContext,
): ResolvedServiceLevel {
  if (endpoint === undefined) {
    refuseBecause(who, 'serviceLevel promises nothing: give endpoint, one that answers requests');
  }
  requireRange(who, 'serviceLevel.availabilityPercent', level.availabilityPercent, 90, 99.999);
  requireInteger(who, 'serviceLevel.windowDays', level.windowDays, 7, mostWindowDays);
  return { availabilityPercent: level.availabilityPercent ?? 99.5, windowDays: level.windowDays ?? 28 };
}

/** Whether drift runs are made: they measure drift, the quality, or both. */
export function measures({ drift, modelQuality }: Pick<MonitoringIntent, 'drift' | 'modelQuality'>): boolean {
  return drift !== undefined || modelQuality !== undefined;
}
