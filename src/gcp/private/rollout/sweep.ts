import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { Construct } from 'constructs';
import { Schedule } from '../../../core/schedule';
import { startAt } from '../base/schedule';

/**
 * Once a day the rollout workflow looks for what a run that was cancelled, or an outage, has left: traffic between two
 * versions, deployed models without traffic, which are billed, and a live version without its names. It takes its turn
 * like a rollout.
 */
export function startSweeps(scope: Construct, rollout: WorkflowsWorkflow): void {
  startAt(scope, 'Sweep', Schedule.daily({ hour: 4 }), rollout, { sweep: true });
}
