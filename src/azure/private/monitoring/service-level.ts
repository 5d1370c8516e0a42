import { AlertSpec, looksBack } from './alert-rule';
import { OWN_METRICS, OwnMetrics, ownThreshold } from './own-metrics';
import { EndpointSignals } from './signals';
import { ResolvedServiceLevel } from '../../../core/private/resolve/monitoring';

/**
 * A pace at which the budget of errors is used up, over two windows: the long one says that it matters, the short one
 * that it goes on.
 */
export interface Pace {
  /** `FastBurn`. */
  readonly id: string;
  readonly severity: AlertSpec['severity'];
  readonly budgetPercent: number;
  readonly longMinutes: number;
  readonly shortMinutes: number;
  /** How many times too fast. */
  readonly limit: number;
  /** Share of requests that the promise allows to fail. */
  readonly allowed: number;
  /** The metric that has the pace, where the probe counts. */
  readonly metric: string;
}

/**
 * The paces of a promise.
 *
 * @see https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
 */
export function paces(level: ResolvedServiceLevel, shortestMinutes: number): Pace[] {
  const allowed = rounded(1 - level.availabilityPercent / 100);
  return PACES.map(({ id, severity, budgetPercent, longMinutes, quickMinutes, metric }) => {
    const pace = (budgetPercent / 100) * level.windowDays * 24 / (longMinutes / 60);
    // However small the promise, half of the requests failing is too many: at 90 % no pace above 10 could ever be
    // reached.
    const limit = rounded(Math.min(pace, 0.5 / allowed));
    return {
      id,
      severity,
      budgetPercent,
      longMinutes,
      shortMinutes: Math.max(quickMinutes, shortestMinutes),
      limit,
      allowed,
      metric,
    };
  });
}

/** Alerts on the pace at which the budget is used up. */
export function burnAlerts({ requests }: EndpointSignals, level: ResolvedServiceLevel, own: OwnMetrics): AlertSpec[] {
  // Logs arrive late: five minutes of them may be none.
  return paces(level, requests === undefined ? 5 : 10).map(
    ({ id, severity, budgetPercent, longMinutes, shortMinutes, limit, allowed, metric }) => {
      const over = (minutes: number, name: string) =>
        `${name} = todouble(countif(failed and TimeGenerated > ago(${minutes}m))) / max_of(1, countif(TimeGenerated > ago(${minutes}m)))`;
      const worst = rounded(limit * allowed);
      return {
        id: `${id}Alert`,
        title: `The errors of ${level.windowDays} days are used up ${limit} times too fast`,
        severity,
        runbook: [
          `At this pace the promise of ${level.availabilityPercent} % breaks after ${rounded(level.windowDays / limit)} days: ${budgetPercent} % of the errors that ` +
            `it allows would be gone within ${longMinutes / 60} h.`,
          'Find what fails as for server errors. While the budget is spent, roll out nothing new.',
        ],
        condition:
          requests === undefined
            ? ownThreshold(own, metric, { aggregation: 'Maximum', threshold: limit, windowMinutes: 5, everyMinutes: 5 })
            : {
              query: [
                requests,
                `| where TimeGenerated > ago(${longMinutes}m)`,
                `| summarize ${over(longMinutes, 'long')}, ${over(shortMinutes, 'short')}`,
                `| where long > ${worst} and short > ${worst}`,
              ].join('\n'),
              everyMinutes: severity === 'CRITICAL' ? 5 : 15,
              backMinutes: looksBack(longMinutes),
            },
      };
    },
  );
}

/** The two paces that the SRE workbook wakes somebody for: over 30 days they are 14.4 and 6. */
const PACES = [
  { id: 'FastBurn', severity: 'CRITICAL' as const, budgetPercent: 2, longMinutes: 60, quickMinutes: 5, metric: OWN_METRICS.fastBurn },
  { id: 'SlowBurn', severity: 'ERROR' as const, budgetPercent: 5, longMinutes: 360, quickMinutes: 30, metric: OWN_METRICS.slowBurn },
];

/** To six digits, so that 100 - 99.9 does not end in 0.09999999999999432. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
