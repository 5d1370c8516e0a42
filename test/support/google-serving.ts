import { TerraformStack } from 'cdktf';
import { FakeRegistry } from './fake-google';
import { googleStack, synthesized, TerraformConfig } from './terraform';
import { definitionOf } from './workflows';
import { DataLake, ModelSource, ServingEndpoint, ServingEndpointProps } from '../../src/gcp';

/** A stack with one endpoint in it. */
export class ServingWorld {
  public readonly stack: TerraformStack;
  public readonly data: DataLake;
  public readonly registry: FakeRegistry;
  public readonly endpoint: ServingEndpoint;

  public constructor(props: Partial<ServingEndpointProps> = {}, context: { readonly [key: string]: unknown } = {}, region = 'europe-west4') {
    this.stack = googleStack({ region }, context);
    this.data = new DataLake(this.stack, 'Data');
    this.registry = new FakeRegistry(this.stack, 'Registry');
    this.endpoint = new ServingEndpoint(this.stack, 'Serving', { data: this.data, model: ModelSource.latestApproved(this.registry), ...props });
  }

  public get config(): TerraformConfig {
    return synthesized(this.stack);
  }

  /** A workflow's definition by the path of its resource. */
  public definition(path: string = 'Serving_Rollout'): any {
    const workflows = this.config.resource.google_workflows_workflow;
    const found = Object.keys(workflows).find((each) => each.replace(/_[0-9A-F]{8}$/, '').endsWith(path));
    return definitionOf({ resource: { google_workflows_workflow: { it: workflows[found!] } } });
  }
}
