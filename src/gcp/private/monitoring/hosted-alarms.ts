import { AlertSpec, promql } from './alert-policy';
import { failedStarts } from './run-alarms';

/** A hosted system, as its metrics name it. */
export interface WatchedService {
  /** Name of the system. */
  readonly title: string;
  /** Name of the service of Cloud Run. */
  readonly serviceName: string;
  readonly region: string;
  /** Whether an instance is there all the time. */
  readonly isAlwaysOn: boolean;
  /** `<project>:<instance>` of Cloud SQL. */
  readonly databaseId?: string;
  /** Name of the job of Cloud Run that works at the times of a schedule. */
  readonly taskName?: string;
  /** Name of the job of Cloud Scheduler that starts it. */
  readonly scheduleName?: string;
}

/**
 * Alerts of a container with a database: it fails, it is gone, it starts again and again, its database is full or busy.
 *
 * @see https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-run
 * @see https://cloud.google.com/monitoring/api/metrics_gcp_c#gcp-cloudsql
 */
export function hostedAlarms(service: WatchedService): AlertSpec[] {
  const { title, databaseId } = service;
  const series = (path: string, more = '') =>
    `run_googleapis_com:${path}{monitored_resource="cloud_run_revision",service_name="${service.serviceName}",location="${service.region}"${more}}`;
  const logs = `Look at the logs of the Cloud Run service ${service.serviceName}.`;
  return [
    {
      id: 'ServerErrorAlert',
      title: `More than 5 % of the requests to ${title} failed for 10 minutes`,
      severity: 'ERROR',
      runbook: ['Clients get 5xx answers: the server fails, or none starts.', logs],
      conditions: [promql(
        'Share of 5xx answers',
        `sum(rate(${series('request_count', ',response_code_class="5xx"')}[10m])) / sum(rate(${series('request_count')}[10m])) > 0.05`,
        10,
      )],
    },
    ...(service.isAlwaysOn ? alwaysOnAlarms(title, logs, series) : []),
    ...(service.taskName === undefined ? [] : [taskAlarm(service, service.taskName)]),
    ...failedStarts(service.scheduleName === undefined ? [] : [service.scheduleName]),
    ...(databaseId === undefined ? [] : databaseAlarms(title, databaseId)),
  ];
}

function alwaysOnAlarms(title: string, logs: string, series: (path: string, more?: string) => string): AlertSpec[] {
  return [
    {
      id: 'UnhealthyAlert',
      title: `${title} has had no instance for 15 minutes`,
      severity: 'CRITICAL',
      runbook: ['No instance passes its health check, so nothing answers and nothing is scheduled.', logs],
      conditions: [promql('Instances', `absent(${series('container_instance_count')}) or (sum(${series('container_instance_count')}) < 1)`, 15)],
    },
    {
      id: 'RestartAlert',
      title: `${title} started more than 4 times within an hour`,
      severity: 'ERROR',
      runbook: ['The container ends or fails its health check: too little memory, or a database that it does not reach.', logs],
      conditions: [promql('Starts', `sum(increase(${series('container_startup_latencies_count')}[1h])) > 4`, 0)],
    },
  ];
}

function taskAlarm({ title, region }: WatchedService, taskName: string): AlertSpec {
  const series =
    `run_googleapis_com:job_completed_execution_count{monitored_resource="cloud_run_job",job_name="${taskName}",location="${region}",result="failed"}`;
  return {
    id: 'TaskAlert',
    title: `The scheduled run of ${title} failed`,
    severity: 'ERROR',
    runbook: [
      'What it keeps up to date gets old: the online features of Feast are those of the last run that worked.',
      `Look at the logs of the Cloud Run job ${taskName}; the next run takes up what this one has missed.`,
    ],
    conditions: [promql('Failed runs', `sum(increase(${series}[1h])) > 0`, 0)],
  };
}

function databaseAlarms(title: string, databaseId: string): AlertSpec[] {
  const series = (path: string) =>
    `cloudsql_googleapis_com:database_${path}{monitored_resource="cloudsql_database",database_id="${databaseId}"}`;
  return [
    {
      id: 'DatabaseSpaceAlert',
      title: `The disk of the database of ${title} is more than 90 % full for 30 minutes`,
      severity: 'CRITICAL',
      runbook: ['The disk grows by itself, and has not: a quota or the limit of the machine stops it.', `Look at the instance ${databaseId} of Cloud SQL.`],
      conditions: [promql('Disk', `max(${series('disk_utilization')}) > 0.9`, 30)],
    },
    {
      id: 'DatabaseCpuAlert',
      title: `The database of ${title} has used more than 90 % of its CPU for 30 minutes`,
      severity: 'WARNING',
      runbook: ['Answers become slow.', `Give ${title} a larger databaseTier, or look at Query Insights of the instance ${databaseId} for what asks so much.`],
      conditions: [promql('CPU', `max(${series('cpu_utilization')}) > 0.9`, 30)],
    },
  ];
}
