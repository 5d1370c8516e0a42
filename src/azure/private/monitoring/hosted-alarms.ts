import { AlertSpec, MetricCondition } from './alert-rule';

/** A hosted system, as its metrics name it. */
export interface WatchedService {
  /** Name of the system. */
  readonly title: string;
  /** ARM id and name of the container app. */
  readonly appId: string;
  readonly appName: string;
  /** Whether a replica is there all the time. */
  readonly isAlwaysOn: boolean;
  /** ARM id of the server of the database. */
  readonly databaseId?: string;
}

/**
 * Alerts of a container with a database: it is gone, it starts again and again, its database is full or busy.
 *
 * @see https://learn.microsoft.com/azure/container-apps/metrics
 * @see https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-monitoring
 */
export function hostedAlarms({ title, appId, appName, isAlwaysOn, databaseId }: WatchedService): AlertSpec[] {
  const logs = `Look at ContainerAppConsoleLogs of ${appName}.`;
  const app = { resourceId: appId, namespace: 'Microsoft.App/containerapps', everyMinutes: 5 };
  const specs: AlertSpec[] = [
    {
      id: 'RestartAlert',
      title: `${title} restarted more than 4 times within an hour`,
      severity: 'ERROR',
      runbook: [
        'The container ends or fails its health check: too little memory, or a database that it does not reach.', logs,
      ],
      condition: { ...app, metric: 'RestartCount', aggregation: 'Maximum', threshold: 4, windowMinutes: 60 },
    },
  ];
  if (isAlwaysOn) {
    specs.push({
      id: 'UnhealthyAlert',
      title: `${title} has had no replica for 15 minutes`,
      severity: 'CRITICAL',
      runbook: ['No replica runs, so nothing answers and nothing is scheduled.', logs],
      condition: {
        ...app, metric: 'Replicas', aggregation: 'Maximum', isBelow: true, threshold: 1, windowMinutes: 15,
      },
    });
  }
  return databaseId === undefined ? specs : [...specs, ...databaseAlarms(title, databaseId)];
}

function databaseAlarms(title: string, resourceId: string): AlertSpec[] {
  const above90 = (metric: string): MetricCondition => ({
    resourceId,
    namespace: 'Microsoft.DBforPostgreSQL/flexibleServers',
    metric,
    aggregation: 'Average',
    threshold: 90,
    windowMinutes: 30,
    everyMinutes: 5,
  });
  return [
    {
      id: 'DatabaseSpaceAlert',
      title: `The disk of the database of ${title} is more than 90 % full for 30 minutes`,
      severity: 'CRITICAL',
      runbook: ['The disk grows by itself, and has not: it is as large as the machine allows, or growing failed.'],
      condition: above90('storage_percent'),
    },
    {
      id: 'DatabaseCpuAlert',
      title: `The database of ${title} has used more than 90 % of its CPU for 30 minutes`,
      severity: 'WARNING',
      runbook: ['Answers become slow.', `Give ${title} a larger databaseSku.`],
      condition: above90('cpu_percent'),
    },
  ];
}
