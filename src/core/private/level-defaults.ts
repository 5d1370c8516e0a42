import { records } from './capture';
import { GovernanceIntent } from '../governance-guardrails';
import { MaturityLevel } from '../maturity';
import { MlopsIntent } from '../mlops-intent';
import { MonitoringIntent } from '../monitoring-stack';
import { Rollout } from '../rollout';
import { RealTimeServing } from '../serving';
import { ServingEndpointIntent } from '../serving-endpoint';

/** The endpoint's section, with the thresholds that roll it back. */
interface ServingSection extends ServingEndpointIntent {
  readonly maxErrorPercent?: number;
  readonly maxLatencyP99Ms?: number;
}

/** The endpoint's section as a level completes it: captured from level 1 on, rolled out step by step from level 2 on. */
export function servingOf(level: MaturityLevel, props: MlopsIntent): ServingSection {
  const intent = props.serving ?? {};
  const { maxErrorPercent, maxLatencyP99Ms } = props.monitoring ?? {};
  const { serving } = intent;
  // Batch runs have no rollout to turn back; what is asked of answers is for answers.
  if (serving?.mode === 'batch') return intent;
  const thresholds = { maxErrorPercent, maxLatencyP99Ms };
  const isRealTime = serving === undefined || serving instanceof RealTimeServing;
  if (!isRealTime || level === MaturityLevel.MANUAL) return { ...thresholds, ...intent };
  // A canary is a share of the machines: of one machine there is none.
  const replicas = serving?.options.scaling?.minReplicas ?? 2;
  const rollout = level === MaturityLevel.CICD_AUTOMATION && replicas > 1 ? Rollout.canary() : Rollout.allAtOnce();
  return { ...thresholds, ...intent, capture: intent.capture ?? {}, rollout: intent.rollout ?? rollout };
}

/** The monitoring section as a level completes it: drift from level 1 on, its answer and the service level from level 2 on. */
export function monitoringOf(level: MaturityLevel, props: MlopsIntent): MonitoringIntent {
  const intent = { ...props.monitoring, alertEmails: props.monitoring?.alertEmails ?? props.alertEmails };
  if (level === MaturityLevel.MANUAL) {
    return { ...intent, drift: undefined, modelQuality: undefined, minDaysBetweenRetrainings: undefined, serviceLevel: undefined };
  }
  const capturing = records(servingOf(level, props).capture);
  const retrain = level === MaturityLevel.CICD_AUTOMATION;
  const drift = intent.drift ?? (capturing ? {} : undefined);
  const answers = props.serving?.serving?.mode !== 'batch';
  return {
    ...intent,
    drift: drift && { ...drift, retrain: drift.retrain ?? retrain },
    modelQuality: retrain ? intent.modelQuality : undefined,
    minDaysBetweenRetrainings: retrain || drift?.retrain === true ? intent.minDaysBetweenRetrainings : undefined,
    serviceLevel: retrain ? intent.serviceLevel ?? (answers ? {} : undefined) : undefined,
  };
}

/** The governance section as a level completes it: a card wherever one is given, the audit log from level 1 on, guardrails at synthesis and in the cloud from level 2 on. */
export function governanceOf(level: MaturityLevel, props: MlopsIntent): GovernanceIntent {
  const auditLog = level >= MaturityLevel.PIPELINE_AUTOMATION;
  const cloudGuardrails = level >= MaturityLevel.CICD_AUTOMATION;
  const said = props.governance;
  return {
    ...said,
    auditLog: said?.auditLog ?? auditLog,
    cloudGuardrails: said?.cloudGuardrails ?? cloudGuardrails,
    policyChecks: said?.policyChecks ?? cloudGuardrails,
  };
}
