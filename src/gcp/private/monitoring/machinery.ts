import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import { EventarcTrigger } from '@cdktf/provider-google/lib/eventarc-trigger';
import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { TerraformResource } from 'cdktf';
import { IConstruct } from 'constructs';

/** What runs below a construct, and what starts it. Nothing is found below one that exists elsewhere. */
export interface Machinery {
  /** Names of workflows by their construct ids, `Rollout`, `Teardown`. */
  readonly workflows: { readonly [id: string]: string };
  /** Names of jobs of Cloud Scheduler. */
  readonly schedules: readonly string[];
  /** Names of Eventarc triggers. */
  readonly triggers: readonly string[];
}

/** The machinery of some constructs together. */
export function machineryOf(...constructs: (IConstruct | undefined)[]): Machinery {
  const all = constructs.flatMap((each) => each?.node.findAll() ?? []);
  const resources = all.filter((each) => TerraformResource.isTerraformResource(each)) as TerraformResource[];
  const ofType = <T extends TerraformResource>(type: { readonly tfResourceType: string }) =>
    resources.filter(({ terraformResourceType }) => terraformResourceType === type.tfResourceType) as T[];
  return {
    workflows: Object.fromEntries(
      ofType<WorkflowsWorkflow>(WorkflowsWorkflow).map((workflow) => [workflow.node.id, workflow.name]),
    ),
    schedules: ofType<CloudSchedulerJob>(CloudSchedulerJob).map(({ name }) => name),
    // As it is written, because the name of its subscription is made of it.
    triggers: ofType<EventarcTrigger>(EventarcTrigger).map(({ nameInput }) => nameInput!),
  };
}
