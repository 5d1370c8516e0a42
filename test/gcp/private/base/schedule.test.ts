import { Schedule } from '../../../../src/core/schedule';
import { DataLake, ServiceAccount } from '../../../../src/gcp';
import { startAt } from '../../../../src/gcp/private/base/schedule';
import { newWorkflow } from '../../../../src/gcp/private/base/workflow';
import { googleStack, onlyResource, synthesized } from '../../../support/terraform';

test('starts the workflow at its times with an argument, tokens included', () => {
  const stack = googleStack();
  const data = new DataLake(stack, 'Data');
  const workflow = newWorkflow(stack, 'Workflow', {
    description: 'waits', definition: { main: { steps: [] } }, encryptionKey: data.encryptionKey, runsAs: new ServiceAccount(stack, 'Runner', { displayName: 'runner' }),
  });
  startAt(stack, 'Nightly', Schedule.daily({ hour: 4, timeZone: 'Europe/Berlin' }), workflow, { bucket: data.rawBucketName, depth: 3 });

  const job = onlyResource(synthesized(stack), 'google_cloud_scheduler_job');
  expect(job).toMatchObject({ schedule: '0 4 * * *', time_zone: 'Europe/Berlin', http_target: { http_method: 'POST' } });
  expect(job.http_target.uri).toMatch(/^https:\/\/workflowexecutions\.googleapis\.com\/v1\/\$\{google_workflows_workflow\.Workflow\.id\}\/executions$/);
  expect(job.http_target.body).toMatch(/^\$\{base64encode\(jsonencode\(\{"argument" = jsonencode\(\{"bucket" = google_storage_bucket\.Data_Raw_\w+\.name, "depth" = 3\}\)\}\)\)\}$/);
});
