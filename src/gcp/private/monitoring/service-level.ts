import { MonitoringCustomService } from '@cdktf/provider-google/lib/monitoring-custom-service';
import { MonitoringSlo } from '@cdktf/provider-google/lib/monitoring-slo';
import { Construct } from 'constructs';
import { AlertSpec, promql } from './alert-policy';
import { EndpointSignals, RequestFilters } from './signals';
import { ResolvedServiceLevel } from '../../../core/private/resolve/monitoring';
import { stableName } from '../../../terraform/names';
import { GoogleProject } from '../../google-project';
import { after } from '../base/ordering';

/**
 * The budget of errors over the window, and what is left of it: an objective on the endpoint's own requests, and the
 * service that it belongs to. The project must have had such requests: Cloud Monitoring takes no objective on a metric
 * that it does not know.
 *
 * @see https://cloud.google.com/stackdriver/docs/solutions/slo-monitoring
 */
export function newObjective(
  scope: Construct,
  endpointId: string,
  filters: RequestFilters,
  level: ResolvedServiceLevel,
): MonitoringSlo {
  const project = GoogleProject.of(scope);
  const service = new MonitoringCustomService(scope, 'Service', {
    project: project.projectId,
    serviceId: stableName(scope, undefined, { maxLength: 63, separator: '-' }),
    displayName: `Endpoint ${endpointId} of ${scope.node.path}`,
    dependsOn: after(project._api('monitoring')),
  });
  return new MonitoringSlo(scope, 'Objective', {
    project: project.projectId,
    service: service.serviceId,
    sloId: 'availability',
    displayName: `${level.availabilityPercent} % of the requests are answered without a server error, over ${level.windowDays} days`,
    goal: rounded(level.availabilityPercent / 100),
    rollingPeriodDays: level.windowDays,
    requestBasedSli: { goodTotalRatio: { totalServiceFilter: filters.all, badServiceFilter: filters.faults } },
  });
}

/**
 * Alerts on the pace at which the budget is used up, over two windows each: the long one says that it matters, the
 * short one that it goes on. They look at the requests themselves, so that they work before anybody has called, and
 * without an objective.
 *
 * @see https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
 */
export function burnAlerts(signals: EndpointSignals, level: ResolvedServiceLevel): AlertSpec[] {
  return PACES.map(({ id, severity, budgetPercent, longMinutes, quickMinutes }) => {
    const shortMinutes = Math.max(quickMinutes, signals.shortestMinutes);
    const hours = longMinutes / 60;
    const pace = (budgetPercent / 100) * level.windowDays * 24 / hours;
    // However small the promise, half of the requests failing is too many: at 90 % no pace above 10 could ever be
    // reached.
    const allowed = 1 - level.availabilityPercent / 100;
    const limit = rounded(Math.min(pace, 0.5 / allowed));
    const over = (minutes: number) =>
      `(${signals.rate(`${minutes}m`, 5)} / ${signals.rate(`${minutes}m`)} > ${rounded(limit * allowed)})`;
    return {
      id: `${id}Alert`,
      title: `The errors of ${level.windowDays} days are used up ${limit} times too fast`,
      severity,
      runbook: [
        `At this pace the promise of ${level.availabilityPercent} % breaks after ${rounded(level.windowDays / limit)} days: ${budgetPercent} % of the errors that ` +
          `it allows would be gone within ${hours} h.`,
        'Find what fails as for server errors. While the budget is spent, roll out nothing new.',
      ],
      conditions: [
        promql(
          `Pace over ${longMinutes} and ${shortMinutes} minutes`,
          `${over(longMinutes)} and ${over(shortMinutes)}`,
          0,
        ),
      ],
    };
  });
}

/** The two paces that the SRE workbook wakes somebody for: over 30 days they are 14.4 and 6. */
const PACES = [
  { id: 'FastBurn', severity: 'CRITICAL' as const, budgetPercent: 2, longMinutes: 60, quickMinutes: 5 },
  { id: 'SlowBurn', severity: 'ERROR' as const, budgetPercent: 5, longMinutes: 360, quickMinutes: 30 },
];

/** To six digits, so that 100 - 99.9 does not end in 0.09999999999999432. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
