import { AssetProperties, CronTrigger, RecurrenceTrigger } from './common';
import { JobBody } from './job';
import { CreateMonitorAction } from './monitor';

/**
 * @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-06-01/workspaces/schedules
 */
export interface ScheduleBody {
  readonly properties: ScheduleProperties;
}

export interface ScheduleProperties extends Omit<AssetProperties, 'isArchived'> {
  readonly displayName?: string;
  readonly isEnabled?: boolean;
  readonly trigger: RecurrenceTrigger | CronTrigger;
  readonly action: CreateJobAction | CreateMonitorAction | InvokeBatchEndpointAction;
}

export interface CreateJobAction {
  readonly actionType: 'CreateJob';
  readonly jobDefinition: JobBody['properties'];
}

/** The definition has no type in the service's own definition. */
export interface InvokeBatchEndpointAction {
  readonly actionType: 'InvokeBatchEndpoint';
  readonly endpointInvocationDefinition: object;
}
