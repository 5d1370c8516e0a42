import { Construct } from 'constructs';
import { Grant } from './grant';
import { IModelRegistry } from './model-registry-props';
import { IPrincipal } from './principal';
import { grantInProject } from './private/base/project-roles';
import { vertexParent } from './private/base/vertex-api';
import { grantPublish } from './private/registry/approval-topic';
import { ArtifactRepository, grantRepository, grantVertexPull } from './private/registry/repository';
import { Speaker, speakerFor } from '../core/private/validation';

/**
 * Parts of a registry, created here or imported.
 *
 * @internal
 */
export interface ModelRegistryParts {
  readonly modelName: string;
  readonly modelId: string;
  readonly isApprovalAutomatic: boolean;
  readonly approvalTopicId: string;
  readonly promotionTopicId?: string;
  readonly promotionStage?: string;
  readonly images: ArtifactRepository;
  readonly templates: ArtifactRepository;
}

/**
 * Outputs and grants of every registry, created here or imported.
 *
 * @internal
 */
export abstract class ModelRegistryBase extends Construct implements IModelRegistry {
  public readonly modelName: string;
  public readonly modelId: string;
  public readonly modelResourceName: string;
  public readonly isApprovalAutomatic: boolean;
  public readonly approvalTopicId: string;
  public readonly promotionTopicId?: string;
  public readonly promotionStage?: string;
  public readonly imageRepositoryUri: string;
  public readonly templateRepositoryUri: string;
  private readonly images: ArtifactRepository;
  private readonly templates: ArtifactRepository;

  protected constructor(
    scope: Construct,
    id: string,
    partsOf: (registry: Construct, who: Speaker) => ModelRegistryParts,
  ) {
    super(scope, id);
    const parts = partsOf(this, speakerFor('model registry', scope, id));
    this.modelName = parts.modelName;
    this.modelId = parts.modelId;
    this.modelResourceName = `${vertexParent(this)}/models/${parts.modelId}`;
    this.isApprovalAutomatic = parts.isApprovalAutomatic;
    this.approvalTopicId = parts.approvalTopicId;
    this.promotionTopicId = parts.promotionTopicId;
    this.promotionStage = parts.promotionStage;
    this.images = parts.images;
    this.templates = parts.templates;
    this.imageRepositoryUri = dockerUri(parts.images);
    this.templateRepositoryUri = kfpUri(parts.templates);
  }

  public grantRegister(principal: IPrincipal): Grant {
    const register = grantInProject(this, principal, WRITER);
    return this.isApprovalAutomatic
      ? Grant.all([register, grantPublish(this, this.approvalTopicId, principal)])
      : register;
  }

  public grantApprove(principal: IPrincipal): Grant {
    return Grant.all([
      this.grantRead(principal),
      grantPublish(this, this.promotionTopicId ?? this.approvalTopicId, principal),
    ]);
  }

  public grantRead(principal: IPrincipal): Grant {
    return grantInProject(this, principal, READER);
  }

  public grantPullImages(principal: IPrincipal): Grant {
    return Grant.all([grantRepository(this, this.images, principal, 'reader'), grantVertexPull(this, this.images)]);
  }

  public grantPushImages(principal: IPrincipal): Grant {
    return grantRepository(this, this.images, principal, 'writer');
  }

  public grantReadTemplates(principal: IPrincipal): Grant {
    return grantRepository(this, this.templates, principal, 'reader');
  }

  public grantWriteTemplates(principal: IPrincipal): Grant {
    return grantRepository(this, this.templates, principal, 'writer');
  }
}

/**
 * No role of Vertex AI can be given on one model: these hold for the project's models.
 *
 * @see https://cloud.google.com/vertex-ai/docs/general/access-control
 */
const READER = 'aiplatform.viewer';
const WRITER = 'aiplatform.user';

function dockerUri({ project, location, name }: ArtifactRepository): string {
  return `${location}-docker.pkg.dev/${project}/${name}`;
}

function kfpUri({ project, location, name }: ArtifactRepository): string {
  return `https://${location}-kfp.pkg.dev/${project}/${name}`;
}
