import { aws_applicationsignals as signals, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { newSilentAlarm } from './alarms';
import { AlarmSpec } from './endpoint-alarms';
import { ResolvedServiceLevel } from '../../../core/private/resolve/monitoring';
import { alarmText, SERVER_ERRORS } from '../base/alarm-text';
import { stableName } from '../base/names';
import { errorShare, invocationMetric, WatchedEndpoint } from '../serving/metrics';

/** An endpoint that a promise is about. */
export interface PromisedEndpoint {
  readonly endpointName: string;
  /** Requests and those of them that failed, counted. */
  readonly requests: cloudwatch.Metric;
  readonly failures: cloudwatch.Metric;
  /** Share of the requests that failed within that time, 0 to 1. */
  failedShare(minutes: number): cloudwatch.IMetric;
}

/** A promise about an endpoint of SageMaker. */
export function promised(endpoint: WatchedEndpoint): PromisedEndpoint {
  const queued = endpoint.mode === 'asynchronous';
  return {
    endpointName: endpoint.endpointName,
    requests: invocationMetric(endpoint, queued ? 'InvocationsProcessed' : 'Invocations', 'Sum'),
    failures: invocationMetric(endpoint, queued ? 'InvocationFailures' : 'Invocation5XXErrors', 'Sum'),
    failedShare: (minutes) => errorShare(endpoint, minutes),
  };
}

/**
 * The objective of a promise, and the alarms on the pace at which its budget is used up. Children: `Objective`,
 * `FastBurnAlarm`, `SlowBurnAlarm`.
 */
export function newServiceLevel(
  scope: Construct,
  endpoint: PromisedEndpoint,
  level: ResolvedServiceLevel,
): cloudwatch.CompositeAlarm[] {
  newObjective(scope, 'Objective', endpoint, level);
  return burnAlarms(endpoint, level).map(({ id, description, windows }) => {
    const alarms = windows.map((window) =>
      newSilentAlarm(scope, window, 'the composite alarm of both windows notifies: one window alone does not'),
    );
    return new cloudwatch.CompositeAlarm(scope, id, {
      alarmDescription: alarmText(description, SERVER_ERRORS),
      alarmRule: cloudwatch.AlarmRule.allOf(...alarms),
    });
  });
}

/**
 * The budget of errors over the window, and what is left of it, as an Application Signals objective on the endpoint's
 * own metrics.
 *
 * The first objective in an account creates the service-linked role `AWSServiceRoleForCloudWatchApplicationSignals`;
 * nothing needs to be switched on before, and no agent runs anywhere, because the indicator is a CloudWatch metric.
 *
 * @see https://docs.aws.amazon.com/applicationsignals/latest/APIReference/API_CreateServiceLevelObjective.html
 */
function newObjective(
  scope: Construct,
  id: string,
  endpoint: PromisedEndpoint,
  level: ResolvedServiceLevel,
): signals.CfnServiceLevelObjective {
  return new signals.CfnServiceLevelObjective(scope, id, {
    name: stableName(scope, 'availability', 127),
    description: `${level.availabilityPercent} % of the requests to ${endpoint.endpointName} are answered without a server error, over ${level.windowDays} days`,
    requestBasedSli: {
      requestBasedSliMetric: {
        totalRequestCountMetric: [count(endpoint.requests, 'total')],
        monitoredRequestCountMetric: { badCountMetric: [count(endpoint.failures, 'bad')] },
      },
    },
    goal: {
      attainmentGoal: level.availabilityPercent,
      interval: { rollingInterval: { duration: level.windowDays, durationUnit: 'DAY' } },
      warningThreshold: 30,
    },
    burnRateConfigurations: PACES.flatMap(({ longMinutes, shortMinutes }) => [longMinutes, shortMinutes]).map(
      (lookBackWindowMinutes) => ({ lookBackWindowMinutes }),
    ),
  });
}

function count(metric: cloudwatch.Metric, id: string): signals.CfnServiceLevelObjective.MetricDataQueryProperty {
  return {
    id,
    returnData: true,
    metricStat: {
      metric: {
        namespace: metric.namespace,
        metricName: metric.metricName,
        dimensions: Object.entries(metric.dimensions ?? {}).map(([name, value]) => ({ name, value })),
      },
      period: 60,
      stat: 'Sum',
    },
  };
}

/** Two alarms that must both be raised: the long window says that it matters, the short one that it still goes on. */
interface BurnAlarm {
  readonly id: string;
  readonly description: string;
  readonly windows: AlarmSpec[];
}

/**
 * Alarms on the pace at which the budget is used up, over two windows each.
 *
 * They look at the endpoint's metrics and not at those of the objective, so that they work from the first deployment on
 * and in every region.
 *
 * @see https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
 */
function burnAlarms(endpoint: PromisedEndpoint, level: ResolvedServiceLevel): BurnAlarm[] {
  return PACES.map(({ id, budgetPercent, longMinutes, shortMinutes }) => {
    const pace = (budgetPercent / 100) * (level.windowDays * 24 * 60) / longMinutes;
    // However small the promise, half of the requests failing is too many: above 100 % the alarm could never rise.
    const share = Math.min(0.5, rounded(pace * (100 - level.availabilityPercent) / 100));
    const window = (minutes: number, suffix: string): AlarmSpec => ({
      id: `${id}${suffix}Alarm`,
      description: `More than ${rounded(share * 100)} % of the requests to ${endpoint.endpointName} failed within ${minutes} minutes`,
      advice: `One of the two windows of ${id}Alarm, which notifies when both breach, and says what to do.`,
      metric: endpoint.failedShare(minutes),
      threshold: share,
    });
    return {
      id: `${id}Alarm`,
      description:
        `${endpoint.endpointName} uses up ${budgetPercent} % of its errors of ${level.windowDays} days within ${longMinutes} minutes: at this pace ` +
        `the promise of ${level.availabilityPercent} % breaks after ${hoursOrDays(level.windowDays / pace)}`,
      windows: [window(longMinutes, 'Long'), window(shortMinutes, 'Short')],
    };
  });
}

/** The two paces that the SRE workbook wakes somebody for. */
const PACES = [
  { id: 'FastBurn', budgetPercent: 2, longMinutes: 60, shortMinutes: 5 },
  { id: 'SlowBurn', budgetPercent: 5, longMinutes: 360, shortMinutes: 30 },
];

/** A time as people say it: `50 hours`, `6 days`. */
function hoursOrDays(days: number): string {
  return days < 3 ? `${Math.round(days * 24)} hours` : `${Math.round(days)} days`;
}

/** To six digits, so that 100 - 99.9 does not end in 0.09999999999999432. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
