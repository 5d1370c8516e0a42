import { MonitoringIntent } from '../../monitoring-stack';
import { QualityGate } from '../../quality-gate';
import { refuseBecause, requireInteger, Speaker } from '../validation';

/** Trainings that drift runs ask for. */
export interface ResolvedRetraining {
  /** More drift than this asks for a training. @default drift asks for none */
  readonly maxDriftShare?: number;
  /** A metric of the live answers that misses its gate asks for one. @default quality asks for none */
  readonly gates?: readonly QualityGate[];
  /** Days that lie at least between two trainings that were asked for so. */
  readonly minDays: number;
}

type Retraining = Pick<MonitoringIntent, 'drift' | 'modelQuality' | 'minDaysBetweenRetrainings'>;

/** The props that ask for trainings. */
export function askingFor(intent: Retraining): ('drift' | 'modelQuality')[] {
  return (['drift', 'modelQuality'] as const).filter((prop) => intent[prop]?.retrain === true);
}

/** The trainings that the intent asks for; undefined where nothing starts one. */
export function resolvedRetraining(
  who: Speaker, intent: Retraining & { readonly training?: unknown }, maxDriftShare: number,
): ResolvedRetraining | undefined {
  const asking = askingFor(intent);
  for (const prop of asking) {
    if (intent.training === undefined) refuseBecause(who, `${prop}.retrain has nothing to start: give training`);
  }
  requireInteger(who, 'minDaysBetweenRetrainings', intent.minDaysBetweenRetrainings, 0, 365);
  if (asking.length === 0) {
    if (intent.minDaysBetweenRetrainings === undefined) return undefined;
    refuseBecause(
      who,
      'minDaysBetweenRetrainings is for trainings that drift or quality start: set retrain of one of them, or leave it out',
    );
  }
  return {
    maxDriftShare: asking.includes('drift') ? maxDriftShare : undefined,
    gates: asking.includes('modelQuality') ? intent.modelQuality!.gates : undefined,
    minDays: intent.minDaysBetweenRetrainings ?? 7,
  };
}
