import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { after } from './ordering';
import { grantInProject } from './project-roles';
import { Schedule } from '../../../core/schedule';
import { stableName } from '../../../terraform/names';
import { GoogleProject } from '../../google-project';
import { ServiceAccount } from '../../service-account';

/** Starts a workflow at the times of a schedule; five cron fields and a zone are what Cloud Scheduler speaks itself. */
export function startAt(
  scope: Construct,
  id: string,
  schedule: Schedule,
  workflow: WorkflowsWorkflow,
  argument: { readonly [key: string]: unknown },
): CloudSchedulerJob {
  const project = GoogleProject.of(scope);
  const caller = new ServiceAccount(scope, `${id}Caller`, { displayName: `Starts ${scope.node.path} at its times` });
  const mayStart = grantInProject(scope, caller, 'workflows.invoker');
  return new CloudSchedulerJob(scope, id, {
    name: stableName(scope, id, { maxLength: 100, separator: '-' }),
    project: project.projectId,
    region: project.region,
    description: `Starts ${scope.node.path}`,
    schedule: schedule.expression,
    timeZone: schedule.timeZone,
    attemptDeadline: '320s',
    retryConfig: { retryCount: 3, minBackoffDuration: '30s', maxBackoffDuration: '600s' },
    httpTarget: {
      uri: `https://workflowexecutions.googleapis.com/v1/${workflow.id}/executions`,
      httpMethod: 'POST',
      headers: { 'Content-Type': 'application/json' },
      // Terraform writes the JSON: it alone knows what tokens in it stand for.
      body: Fn.base64encode(Fn.jsonencode({ argument: Fn.jsonencode(argument) })),
      oauthToken: { serviceAccountEmail: caller.email, scope: 'https://www.googleapis.com/auth/cloud-platform' },
    },
    dependsOn: after(project._api('cloudscheduler'), mayStart),
  });
}
