import { records } from './capture';
import { GovernanceIntent } from '../governance-guardrails';
import { MaturityLevel } from '../maturity';
import { DriftSpec, MonitoringIntent } from '../monitoring-stack';
import { Rollout } from '../rollout';
import { RealTimeServing } from '../serving';
import { ServingEndpointIntent } from '../serving-endpoint';
import { resolvedScaling } from './resolve/serving';

/** The sections of a blueprint that a level completes, with whatever a cloud adds to them. */
export interface LevelSections<
  S extends ServingEndpointIntent,
  M extends MonitoringIntent,
  G extends GovernanceIntent,
> {
  readonly alertEmails?: string[];
  readonly serving?: S;
  readonly monitoring?: M;
  readonly governance?: G;
}

/** Thresholds that roll an endpoint back. */
interface Thresholds {
  readonly maxErrorPercent?: number;
  readonly maxLatencyP99Ms?: number;
}

/** A cloud's own props that are about what only a higher level has: they wait for it, as the neutral words do. */
export interface WaitingProps {
  readonly drift: readonly string[];
  readonly auditLog: readonly string[];
  readonly cloudGuardrails: readonly string[];
}

/** What a section says, without the props that it leaves undefined: those are the blueprint's to say. */
export function given<T extends object>(section: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(section ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function without<T extends object>(section: T, props: readonly string[]): T {
  return Object.fromEntries(Object.entries(section).filter(([prop]) => !props.includes(prop))) as T;
}

/**
 * What the percents of a rollout are of: of the requests, or of the machines, where a share is at least one of them.
 */
export type RolloutShare = 'requests' | 'machines';

/**
 * The endpoint's section as a level completes it: captured from level 1 on, rolled out step by step from level 2 on.
 */
export function servingOf<S extends ServingEndpointIntent>(
  level: MaturityLevel, props: LevelSections<S, MonitoringIntent, GovernanceIntent>, share: RolloutShare = 'requests',
): Partial<S> & ServingEndpointIntent & Thresholds {
  const intent: Partial<S> & ServingEndpointIntent = given(props.serving);
  const { maxErrorPercent, maxLatencyP99Ms } = props.monitoring ?? {};
  const { serving } = intent;
  // Batch runs have no rollout to turn back; what is asked of answers is for answers.
  if (serving?.mode === 'batch') return intent;
  const thresholds = { maxErrorPercent, maxLatencyP99Ms };
  const isRealTime = serving === undefined || serving.mode === 'real-time';
  if (!isRealTime || level === MaturityLevel.MANUAL) return { ...thresholds, ...intent };
  // A canary is a share of the machines: of one machine there is none.
  const replicas = resolvedScaling((serving as RealTimeServing | undefined)?.options.scaling).minReplicas;
  const rollout =
    level === MaturityLevel.CICD_AUTOMATION && replicas > 1 ? canaryOf(replicas, share) : Rollout.allAtOnce();
  return { ...thresholds, ...intent, capture: intent.capture ?? {}, rollout: intent.rollout ?? rollout };
}

/** The usual canary, or of few machines the one that it takes anyway. */
function canaryOf(replicas: number, share: RolloutShare): Rollout {
  if (share === 'requests' || !Number.isInteger(replicas) || replicas >= 10) return Rollout.canary();
  return Rollout.canary({ percent: Math.ceil(100 / replicas) });
}

/**
 * The monitoring section as a level completes it: drift from level 1 on, its answer and the service level from level 2
 * on.
 */
export function monitoringOf<M extends MonitoringIntent>(
  level: MaturityLevel, props: LevelSections<ServingEndpointIntent, M, GovernanceIntent>, waiting?: WaitingProps,
): Partial<M> & MonitoringIntent {
  const section: Partial<M> & MonitoringIntent = given(props.monitoring);
  const intent = { ...section, alertEmails: section.alertEmails ?? props.alertEmails };
  if (level === MaturityLevel.MANUAL) {
    const early = ['drift', 'modelQuality', 'minDaysBetweenRetrainings', 'serviceLevel'];
    return without(intent, [...early, ...waiting?.drift ?? []]);
  }
  const capturing = records(servingOf(level, props).capture);
  const retrain = level === MaturityLevel.CICD_AUTOMATION;
  const drift: DriftSpec | undefined = intent.drift ?? (capturing ? {} : undefined);
  const answers = props.serving?.serving?.mode !== 'batch';
  return {
    ...intent,
    drift: drift && { ...drift, retrain: drift.retrain ?? retrain },
    modelQuality: retrain ? intent.modelQuality : undefined,
    minDaysBetweenRetrainings: retrain || drift?.retrain === true ? intent.minDaysBetweenRetrainings : undefined,
    serviceLevel: retrain ? intent.serviceLevel ?? (answers ? {} : undefined) : undefined,
  };
}

/**
 * The governance section as a level completes it: a card wherever one is given, the audit log from level 1 on unless
 * guardrails of the platform keep it, guardrails at synthesis and in the cloud from level 2 on.
 */
export function governanceOf<G extends GovernanceIntent>(
  level: MaturityLevel,
  props: LevelSections<ServingEndpointIntent, MonitoringIntent, G>,
  waiting?: WaitingProps,
  isRecorded = false,
): Partial<G> & GovernanceIntent {
  const hasAuditLog = level >= MaturityLevel.PIPELINE_AUTOMATION;
  const cloudGuardrails = level >= MaturityLevel.CICD_AUTOMATION;
  const said: Partial<G> & GovernanceIntent = given(props.governance);
  const early = [
    ...(said.auditLog === undefined && !hasAuditLog ? (waiting?.auditLog ?? []) : []),
    ...(said.cloudGuardrails === undefined && !cloudGuardrails ? (waiting?.cloudGuardrails ?? []) : []),
  ];
  return {
    ...without(said, early),
    auditLog: said.auditLog ?? (hasAuditLog && !isRecorded),
    cloudGuardrails: said.cloudGuardrails ?? cloudGuardrails,
    policyChecks: said.policyChecks ?? cloudGuardrails,
  };
}
