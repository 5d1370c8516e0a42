import { aws_events as events, aws_iam as iam } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IDataLake } from './data-lake-props';
import { IModelRegistry } from './model-registry-props';
import { requireMatch, speakerFor } from '../core/private/validation';
import { approvedPattern } from './private/registry/approvals';
import { STAGE, STAGE_IN_WORDS } from './private/registry/checks';
import { grantActions, grantApproval, grantRegistration, READ } from './private/registry/grants';
import { NamedGroup } from './private/serving/newest-version';

/**
 * A registry of another stack, tool or account, by its model package group.
 *
 * @internal
 */
export class ImportedModelRegistry extends Construct implements IModelRegistry {
  public readonly isApprovalAutomatic = false;
  public readonly approvedPattern: events.EventPattern;

  public constructor(
    scope: Construct,
    id: string,
    public readonly modelPackageGroupArn: string,
    public readonly modelPackageGroupName: string,
    public readonly data?: IDataLake,
    /** Whether it may be of another account, which only the deployment may know. */
    public readonly isKnownByArn = false,
  ) {
    super(scope, id);
    this.approvedPattern = approvedPattern(modelPackageGroupName);
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return grantActions(grantee, this, READ);
  }

  public grantRegister(grantee: iam.IGrantable): iam.Grant {
    return grantRegistration(grantee, this);
  }

  public grantApprove(grantee: iam.IGrantable): iam.Grant {
    return grantApproval(grantee, this);
  }

  public promotedTo(stage: string): IModelRegistry {
    return staged(this, stage);
  }
}

/** A registry as one stage sees it. */
class StagedModelRegistry extends Construct implements IModelRegistry {
  public readonly modelPackageGroupName: string;
  public readonly modelPackageGroupArn: string;
  public readonly isApprovalAutomatic = false;
  public readonly approvedPattern: events.EventPattern;
  public readonly data?: IDataLake;
  public readonly isKnownByArn?: boolean;

  public constructor(private readonly whole: IModelRegistry, id: string, public readonly promotionStage: string) {
    super(whole as unknown as Construct, id);
    this.isKnownByArn = (whole as NamedGroup).isKnownByArn;
    this.modelPackageGroupName = whole.modelPackageGroupName;
    this.modelPackageGroupArn = whole.modelPackageGroupArn;
    this.data = whole.data;
    this.approvedPattern = approvedPattern(whole.modelPackageGroupName, promotionStage);
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.whole.grantRead(grantee);
  }

  public grantRegister(grantee: iam.IGrantable): iam.Grant {
    return this.whole.grantRegister(grantee);
  }

  public grantApprove(grantee: iam.IGrantable): iam.Grant {
    return grantApproval(grantee, this.whole, this.promotionStage);
  }

  public promotedTo(stage: string): IModelRegistry {
    return this.whole.promotedTo(stage);
  }
}

/**
 * The registry as one stage sees it, made once for each stage.
 *
 * @internal
 */
export function staged(registry: IModelRegistry, stage: string): IModelRegistry {
  requireMatch(speakerFor('model registry', registry), 'stage', stage, STAGE, STAGE_IN_WORDS);
  const id = `Stage-${stage}`;
  return (
    (registry.node.tryFindChild(id) as StagedModelRegistry | undefined) ?? new StagedModelRegistry(registry, id, stage)
  );
}
