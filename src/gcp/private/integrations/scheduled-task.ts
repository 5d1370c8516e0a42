import { CloudRunV2Job, CloudRunV2JobTemplateTemplateContainers } from '@cdktf/provider-google/lib/cloud-run-v2-job';
import { CloudRunV2JobIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-job-iam-member';
import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import { Construct } from 'constructs';
import { Schedule } from '../../../core/schedule';
import { stableName } from '../../../terraform/names';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';
import { ServiceAccount } from '../../service-account';
import { after } from '../base/ordering';

/** Work of a container at the times of a schedule. */
export interface ScheduledTaskInput {
  readonly schedule: Schedule;
  /** Mail address of its identity. */
  readonly runsAs: string;
  readonly encryptionKey: IEncryptionKey;
  readonly container: CloudRunV2JobTemplateTemplateContainers;
  readonly needs: Parameters<typeof after>;
}

/** Names of a task, which alerts are on. */
export interface ScheduledTask {
  /** Job of Cloud Run. */
  readonly jobName: string;
  /** Job of Cloud Scheduler, which starts it. */
  readonly scheduleName: string;
}

/**
 * A job of Cloud Run with all its traffic in the network of the project, and what starts it; a run that fails is tried
 * once more.
 *
 * Children: `Task`, `TaskCaller`, `TaskStart`, `TaskSchedule`.
 */
export function newScheduledTask(scope: Construct, input: ScheduledTaskInput): ScheduledTask {
  const project = GoogleProject.of(scope);
  const { encryptionKey, schedule } = input;
  const job = new CloudRunV2Job(scope, 'Task', {
    name: stableName(scope, 'Task', { maxLength: 63, separator: '-' }),
    project: project.projectId,
    location: project.region,
    // It keeps nothing itself.
    deletionProtection: false,
    template: {
      template: {
        serviceAccount: input.runsAs,
        encryptionKey: encryptionKey.keyId,
        executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
        maxRetries: 1,
        timeout: '3600s',
        vpcAccess: {
          egress: 'ALL_TRAFFIC',
          networkInterfaces: [{ network: project.network.networkId, subnetwork: project.network.subnetworkId }],
        },
        containers: [input.container],
      },
    },
    dependsOn: after(project._api('run', 'compute'), encryptionKey.grantServiceAgent('run'), ...input.needs),
  });
  const caller = new ServiceAccount(scope, 'TaskCaller', { displayName: `Starts ${scope.node.path} at its times` });
  const mayStart = new CloudRunV2JobIamMember(scope, 'TaskStart', {
    project: project.projectId, location: project.region, name: job.name, role: 'roles/run.invoker', member: caller.member,
  });
  const start = new CloudSchedulerJob(scope, 'TaskSchedule', {
    name: stableName(scope, 'TaskSchedule', { maxLength: 100, separator: '-' }),
    project: project.projectId,
    region: project.region,
    description: `Starts the task of ${scope.node.path}`,
    schedule: schedule.expression,
    timeZone: schedule.timeZone,
    attemptDeadline: '320s',
    retryConfig: { retryCount: 3, minBackoffDuration: '30s', maxBackoffDuration: '600s' },
    httpTarget: {
      uri: `https://run.googleapis.com/v2/projects/${project.projectId}/locations/${project.region}/jobs/${job.name}:run`,
      httpMethod: 'POST',
      oauthToken: { serviceAccountEmail: caller.email, scope: 'https://www.googleapis.com/auth/cloud-platform' },
    },
    dependsOn: after(project._api('cloudscheduler'), mayStart),
  });
  return { jobName: job.name, scheduleName: start.name };
}
