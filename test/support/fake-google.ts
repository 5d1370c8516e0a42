import { Construct } from 'constructs';
import { GoogleProject, Grant, IModelRegistry, IPrincipal, ITrainingPipeline, IWatchedEndpoint } from '../../src/gcp';

/** What others ask of a registry, without its resources. */
export class FakeRegistry extends Construct implements IModelRegistry {
  public readonly modelName = 'churn';
  public readonly modelId = 'churn-1a2b3c4d';
  public readonly modelResourceName = `projects/my-project/locations/${GoogleProject.of(this).region}/models/churn-1a2b3c4d`;
  public readonly approvalTopicId = 'projects/my-project/topics/approve';
  public readonly imageRepositoryUri = 'europe-west4-docker.pkg.dev/my-project/churn';
  public readonly templateRepositoryUri = 'europe-west4-kfp.pkg.dev/my-project/churn-templates';
  /** Who was granted what, in order. */
  public readonly granted: string[] = [];

  public constructor(scope: Construct, id: string, public readonly isApprovalAutomatic: boolean = false) {
    super(scope, id);
  }

  public grantRegister(principal: IPrincipal): Grant { return this.grant('register', principal); }
  public grantApprove(principal: IPrincipal): Grant { return this.grant('approve', principal); }
  public grantRead(principal: IPrincipal): Grant { return this.grant('read', principal); }
  public grantPullImages(principal: IPrincipal): Grant { return this.grant('pull', principal); }
  public grantPushImages(principal: IPrincipal): Grant { return this.grant('push', principal); }
  public grantReadTemplates(principal: IPrincipal): Grant { return this.grant('read templates', principal); }
  public grantWriteTemplates(principal: IPrincipal): Grant { return this.grant('write templates', principal); }

  private grant(what: string, principal: IPrincipal): Grant {
    this.granted.push(`${what} ${principal.principalId}`);
    return new Grant([]);
  }
}

/** What others ask of an endpoint. */
export class FakeServing extends Construct implements IWatchedEndpoint {
  public readonly captureTable?: string;
  public readonly hasAccelerator?: boolean;
  public readonly isPrivate?: boolean;
  public readonly workflowName = 'serving-rollout';
  public readonly workflowId = 'projects/my-project/locations/europe-west4/workflows/serving-rollout';

  public constructor(
    scope: Construct, id: string,
    public readonly mode: string = 'real-time',
    captureTable: string | null = 'my-project.capture.request_log',
    public readonly endpointId: string = mode === 'real-time' ? '4711' : mode === 'batch' ? '' : 'churn-service',
  ) {
    super(scope, id);
    this.captureTable = captureTable ?? undefined;
  }

  public grantInvoke(): Grant { return new Grant([]); }
}

/** What others ask of a training pipeline. */
export class FakeTraining extends Construct implements ITrainingPipeline {
  public readonly workflowName = 'training';
  public readonly workflowId = 'projects/my-project/locations/europe-west4/workflows/training';
  public readonly startTopicId = 'projects/my-project/topics/start-training';

  public grantStart(): Grant { return new Grant([]); }
}
