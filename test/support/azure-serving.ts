import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { azureStack, SUBSCRIPTION, synthesized, TerraformConfig } from './azure';
import { PlainLake, PlainWorkspace } from './azure-parts';
import { AzureResourceGroupProps } from '../../src/azure/azure-resource-group-props';
import { Grant } from '../../src/azure/grant';
import { IModelRegistry } from '../../src/azure/model-registry-props';
import { ModelSource } from '../../src/azure/model-source';
import { ServingEndpoint } from '../../src/azure/serving-endpoint';
import { ServingEndpointProps } from '../../src/azure/serving-endpoint-props';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml`;

/** A registry with names that a test can read. */
export class PlainRegistry extends Construct implements IModelRegistry {
  public readonly modelName = 'churn';
  public readonly workspaceId: string = `${GROUP}/providers/Microsoft.MachineLearningServices/workspaces/work`;
  public readonly modelContainerId: string = `${this.workspaceId}/models/churn`;
  public readonly isApprovalAutomatic = false;
  public readonly approvalQueueId = `${GROUP}/providers/Microsoft.Storage/storageAccounts/store/queueServices/default/queues/approvals`;
  public readonly approvalQueueUrl = 'https://store.queue.core.windows.net/approvals';
  public readonly versionNumbersUrl = 'https://store.blob.core.windows.net/artifacts/registry/churn';
  public readonly imageRepositoryUri = 'images.azurecr.io/churn';

  public grantRegister(): Grant { return new Grant([]); }
  public grantApprove(): Grant { return new Grant([]); }
  public grantRead(): Grant { return new Grant([]); }
  public grantPullImages(): Grant { return new Grant([]); }
  public grantPushImages(): Grant { return new Grant([]); }
}

/** A workspace that private endpoints alone reach. */
export class PrivateWorkspace extends PlainWorkspace {
  public override readonly isPrivate: boolean = true;
}

/** A stack with one endpoint in it. */
export class ServingWorld {
  public readonly stack: TerraformStack;
  public readonly data: PlainLake;
  public readonly registry: PlainRegistry;
  public readonly workspace: PlainWorkspace;
  public readonly endpoint: ServingEndpoint;

  public constructor(props: Partial<ServingEndpointProps> = {}, { context, group = {}, workspace }: {
    readonly context?: { readonly [key: string]: unknown };
    readonly group?: Partial<AzureResourceGroupProps>;
    readonly workspace?: (stack: Construct) => PlainWorkspace;
  } = {}) {
    this.stack = azureStack({ resourceGroupName: 'ml', ...group }, context);
    this.data = new PlainLake(this.stack, 'Data');
    this.workspace = workspace?.(this.stack) ?? new PlainWorkspace(this.stack, 'Workspace');
    this.registry = new PlainRegistry(this.stack, 'Registry');
    this.endpoint = new ServingEndpoint(this.stack, 'Serving', {
      data: this.data, workspace: this.workspace, model: ModelSource.latestApproved(this.registry), ...props,
    });
  }

  public get config(): TerraformConfig {
    return synthesized(this.stack);
  }

  /** A workflow's definition by the path of its resource. */
  public definition(path: string = 'Serving_Rollout'): any {
    return this.resource('azapi_resource', path).body.properties.definition;
  }

  /** A resource by the end of its path. */
  public resource(type: string, path: string): any {
    const all = this.config.resource[type] ?? {};
    const found = Object.keys(all).find((each) => each.replace(/_[0-9A-F]{8}$/, '').endsWith(path));
    if (found === undefined) throw new TypeError(`no ${type} ${path} among ${Object.keys(all).join(', ')}`);
    return all[found];
  }
}
