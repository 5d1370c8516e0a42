import { Construct } from 'constructs';
import { Grant } from './grant';
import { IModelRegistry } from './model-registry-props';
import { IPrincipal } from './principal';
import { grantRole } from './private/base/grants';
import { ImageRegistry, knowRegistry } from './private/base/pulls';
import { grantSend, Queue } from './private/base/queue';
import { grantModels } from './private/registry/access';
import { Speaker, speakerFor } from '../core/private/validation';

/**
 * Parts of a registry, created here or imported.
 *
 * @internal
 */
export interface ModelRegistryParts {
  readonly modelName: string;
  readonly workspaceId: string;
  readonly isApprovalAutomatic: boolean;
  readonly approvals: Queue;
  readonly promotions?: Queue;
  readonly promotionStage?: string;
  readonly versionNumbersUrl: string;
  readonly images: ImageRegistry;
  readonly shared?: { readonly name: string; readonly registryId: string };
  readonly grantNumbers: (principal: IPrincipal) => Grant;
}

/**
 * Outputs and grants of every registry, created here or imported.
 *
 * @internal
 */
export abstract class ModelRegistryBase extends Construct implements IModelRegistry {
  public readonly modelName: string;
  public readonly workspaceId: string;
  public readonly modelContainerId: string;
  public readonly isApprovalAutomatic: boolean;
  public readonly approvalQueueId: string;
  public readonly approvalQueueUrl: string;
  public readonly promotionQueueId?: string;
  public readonly promotionQueueUrl?: string;
  public readonly promotionStage?: string;
  public readonly versionNumbersUrl: string;
  public readonly imageRepositoryUri: string;
  public readonly sharedRegistryId?: string;
  /** @internal */
  protected _promotionWorkflow?: string;
  private readonly parts: ModelRegistryParts;

  protected constructor(
    scope: Construct,
    id: string,
    partsOf: (registry: Construct, who: Speaker) => ModelRegistryParts,
  ) {
    super(scope, id);
    const parts = partsOf(this, speakerFor('model registry', scope, id));
    this.parts = parts;
    knowRegistry(this, parts.images);
    this.modelName = parts.modelName;
    this.workspaceId = parts.workspaceId;
    this.modelContainerId = `${parts.workspaceId}/models/${parts.modelName}`;
    this.isApprovalAutomatic = parts.isApprovalAutomatic;
    this.approvalQueueId = parts.approvals.queueId;
    this.approvalQueueUrl = parts.approvals.queueUrl;
    this.promotionQueueId = parts.promotions?.queueId;
    this.promotionQueueUrl = parts.promotions?.queueUrl;
    this.promotionStage = parts.promotionStage;
    this.versionNumbersUrl = parts.versionNumbersUrl;
    this.imageRepositoryUri = `${parts.images.loginServer}/${parts.modelName.toLowerCase()}`;
    this.sharedRegistryId = parts.shared?.registryId;
  }

  public get promotionWorkflowId(): string | undefined {
    return this._promotionWorkflow;
  }

  public grantRegister(principal: IPrincipal): Grant {
    const { approvals, grantNumbers, shared } = this.parts;
    return Grant.all([
      grantModels(this, this.workspaceId, principal, 'write'),
      grantNumbers(principal),
      ...(shared === undefined
        ? []
        : [
          grantRole(this, principal, 'share', {
            scope: shared.registryId,
            role: 'azureMlRegistryUser',
            description: 'Publishes versions',
          }),
        ]),
      ...(this.isApprovalAutomatic ? [grantSend(this, approvals, principal)] : []),
    ]);
  }

  public grantApprove(principal: IPrincipal): Grant {
    return Grant.all([
      this.grantRead(principal),
      grantSend(this, this.parts.promotions ?? this.parts.approvals, principal),
    ]);
  }

  public grantRead(principal: IPrincipal): Grant {
    return grantModels(this, this.workspaceId, principal, 'read');
  }

  public grantPullImages(principal: IPrincipal): Grant {
    return this.images('pull', 'acrPull', principal);
  }

  public grantPushImages(principal: IPrincipal): Grant {
    return this.images('push', 'acrPush', principal);
  }

  /** @internal */
  protected get _approvals(): Queue {
    return this.parts.approvals;
  }

  /** @internal */
  protected get _promotions(): Queue | undefined {
    return this.parts.promotions;
  }

  private images(what: string, role: 'acrPull' | 'acrPush', principal: IPrincipal): Grant {
    return grantRole(this, principal, `${what} images`, { scope: this.parts.images.registryId, role });
  }
}
