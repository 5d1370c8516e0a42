import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { googleStack, synthesized, TerraformConfig } from './terraform';
import { definitionOf } from './workflows';
import {
  DataLake, Grant, IModelRegistry, IPrincipal, ModelSource, ServingEndpoint, ServingEndpointProps,
} from '../../src/gcp';

/** A registry that another construct would have made. */
export class FakeRegistry extends Construct implements IModelRegistry {
  public readonly modelName = 'churn';
  public readonly modelId = 'churn-1a2b3c4d';
  public readonly modelResourceName = `projects/my-project/locations/europe-west4/models/${this.modelId}`;
  public readonly isApprovalAutomatic = false;
  public readonly approvalTopicId = 'projects/my-project/topics/churn-approved';
  public readonly imageRepositoryUri = 'europe-west4-docker.pkg.dev/my-project/churn';
  public readonly templateRepositoryUri = 'https://europe-west4-kfp.pkg.dev/my-project/churn-templates';
  public grantRegister(_: IPrincipal): Grant { return new Grant([]); }
  public grantApprove(_: IPrincipal): Grant { return new Grant([]); }
  public grantRead(_: IPrincipal): Grant { return new Grant([]); }
  public grantPullImages(_: IPrincipal): Grant { return new Grant([]); }
  public grantPushImages(_: IPrincipal): Grant { return new Grant([]); }
  public grantReadTemplates(_: IPrincipal): Grant { return new Grant([]); }
  public grantWriteTemplates(_: IPrincipal): Grant { return new Grant([]); }
}

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
