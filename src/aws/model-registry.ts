import { ArnFormat, aws_events as events, aws_iam as iam, aws_sagemaker as sagemaker, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DataLake } from './data-lake';
import { IDataLake } from './data-lake-props';
import { ImportedModelRegistry, staged } from './imported-model-registry';
import { IModelRegistry, ModelRegistryProps, PromotedRegistryProps, PromotionStage } from './model-registry-props';
import { acknowledgeInlinePolicy } from './private/base/acknowledge';
import { ofThisAccount } from './private/base/confused-deputy';
import { stableName } from './private/base/names';
import { afterPolicies } from './private/base/ordering';
import { arnPlace, requireOwnRegion } from './private/base/places';
import { watchRegion } from './private/base/regions';
import { statefulRemoval } from './private/data/removal';
import {
  ACCOUNT,
  ACCOUNT_IN_WORDS,
  consumers,
  promotionStages,
  STAGE,
  STAGE_IN_WORDS,
} from './private/registry/checks';
import { shareVersions } from './private/registry/sharing';
import { requireModelName, resolvedRegistry } from '../core/private/resolve/registry';
import { refuse, requireMatch, Speaker, speakerFor } from '../core/private/validation';
import { approvedPattern, DETAIL_TYPE, SOURCE } from './private/registry/approvals';
import { grantActions, grantApproval, grantRegistration, READ, readableBy } from './private/registry/grants';

/**
 * Versions of one model as a SageMaker model package group.
 *
 * One registry can serve several accounts: `promotion` names the stages, whose accounts may read the versions, get the
 * events, and promote to their own stages; they follow it with `ModelRegistry.promotedFrom`. No model is copied or
 * trained twice.
 *
 * Versions are made by pipelines and people, never by the template: a version in a template would be replaced at every
 * change. The group has a fixed name and no description, because a change of either would replace it and lose the
 * history.
 *
 * Children: `Resource` is the `AWS::SageMaker::ModelPackageGroup`, `Forward` the rule that sends events. The group
 * itself costs nothing.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry.html
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { aws, Approval } from 'mlops-constructs';
 *
 * declare const stack: Stack;
 *
 * new aws.ModelRegistry(stack, 'Registry', {
 *   modelName: 'churn',
 *   approval: Approval.manual(),
 *   data: new aws.DataLake(stack, 'Data'),
 *   promotion: { stages: [{ name: 'staging', account: '222222222222' }, { name: 'prod', account: '333333333333' }] },
 * });
 */
export class ModelRegistry extends Construct implements IModelRegistry {
  /** A registry that exists in this account and region, by the name of its model package group. */
  public static fromModelPackageGroupName(scope: Construct, id: string, modelPackageGroupName: string): IModelRegistry {
    requireModelName(speakerFor('model registry', scope, id), 'modelPackageGroupName', modelPackageGroupName);
    return new ImportedModelRegistry(
      scope,
      id,
      Stack.of(scope).formatArn({
        service: 'sagemaker',
        resource: 'model-package-group',
        resourceName: modelPackageGroupName,
      }),
      modelPackageGroupName,
    );
  }

  /**
   * A registry of any account in this region, by the ARN of its model package group; how staging and production read
   * the one that is shared.
   *
   * @param scope where it is used
   * @param id its id there
   * @param modelPackageGroupArn ARN of the model package group
   * @param data the lake that the files of its versions are in, where that is another than the one of whoever serves or
   *   watches them: a registry of another account is no use without, see `DataLake.fromAttributes`
   */
  public static fromModelPackageGroupArn(
    scope: Construct,
    id: string,
    modelPackageGroupArn: string,
    data?: IDataLake,
  ): IModelRegistry {
    const stack = Stack.of(scope);
    const name = Token.isUnresolved(modelPackageGroupArn)
      ? stack.splitArn(modelPackageGroupArn, ArnFormat.SLASH_RESOURCE_NAME).resourceName!
      : ARN.exec(modelPackageGroupArn)?.groups?.name;
    if (name === undefined) {
      refuse(
        speakerFor('model registry', scope, id),
        'modelPackageGroupArn',
        modelPackageGroupArn,
        'the ARN of a model package group',
      );
    }
    requireOwnRegion(
      scope,
      speakerFor('model registry', scope, id),
      'modelPackageGroupArn',
      arnPlace(modelPackageGroupArn),
      'approvals are events of their own region, and SageMaker makes models of versions there only',
    );
    return new ImportedModelRegistry(scope, id, modelPackageGroupArn, name, data, true);
  }

  /**
   * The registry of the training account as one stage sees it: its approvals are promotions to the stage, and the
   * events arrive on the default bus.
   *
   * The registry names the stage in its `promotion`. An approver of this account gets `grantApprove` of what this
   * returns, and promotes with `aws sagemaker update-model-package --model-life-cycle`; an endpoint follows with
   * `ModelSource.latestApproved`. Versions are registered and approved in the training account, so `grantRegister` has
   * no effect here.
   *
   * @param scope where it is used, in a stack of the stage's account, in the region of the registry
   * @param id id of the construct that holds the registry, its lake and the policy of the bus
   * @param props the registry and the stage
   */
  public static promotedFrom(scope: Construct, id: string, props: PromotedRegistryProps): IModelRegistry {
    const who = speakerFor('model registry', scope, id);
    requireMatch(who, 'stage', props.stage, STAGE, STAGE_IN_WORDS);
    requireModelName(who, 'modelName', props.modelName);
    requireMatch(who, 'trainingAccount', props.trainingAccount, ACCOUNT, ACCOUNT_IN_WORDS);
    const parts = new Construct(scope, id);
    const stack = Stack.of(scope);
    const modelPackageGroupArn = stack.formatArn({
      service: 'sagemaker',
      account: props.trainingAccount,
      resource: 'model-package-group',
      resourceName: props.modelName,
    });
    const data = DataLake.fromAttributes(parts, 'Data', props.trainingData);
    // A bus takes the events of its own account without being told to.
    if (props.trainingAccount !== stack.account) ModelRegistry.acceptEvents(parts, 'Events', props.trainingAccount);
    return new ImportedModelRegistry(parts, 'Whole', modelPackageGroupArn, props.modelName, data, true).promotedTo(
      props.stage,
    );
  }

  /**
   * Lets the account of a registry send its events to the default bus of this account and region, and nothing else.
   *
   * @param scope where the policy of the bus goes, in a stack of the account that receives
   * @param id id of the policy
   * @param registryAccount the account of the registry
   */
  public static acceptEvents(scope: Construct, id: string, registryAccount: string): events.CfnEventBusPolicy {
    requireMatch(
      speakerFor('model registry', scope, id),
      'registryAccount',
      registryAccount,
      ACCOUNT,
      ACCOUNT_IN_WORDS,
    );
    const stack = Stack.of(scope);
    return new events.CfnEventBusPolicy(scope, id, {
      statementId: stableName(scope, id, 64),
      statement: {
        Effect: 'Allow',
        Principal: { AWS: stack.formatArn({ service: 'iam', region: '', account: registryAccount, resource: 'root' }) },
        Action: 'events:PutEvents',
        Resource: stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }),
        Condition: { StringEquals: { 'events:source': SOURCE, 'events:detail-type': DETAIL_TYPE } },
      },
    });
  }

  public readonly modelPackageGroupName: string;
  public readonly modelPackageGroupArn: string;
  public readonly isApprovalAutomatic: boolean;
  public readonly approvedPattern: events.EventPattern;
  public readonly data?: IDataLake;

  public constructor(scope: Construct, id: string, props: ModelRegistryProps = {}) {
    super(scope, id);
    watchRegion(this);
    const who: Speaker = speakerFor('model registry', scope, id);
    const { modelName, isApprovalAutomatic } = resolvedRegistry(who, props);
    const stages = promotionStages(this, who, props);
    const accounts = consumers(this, who, props, stages);

    this.modelPackageGroupName = modelName ?? stableName(this, undefined, NAME_LENGTH);
    this.data = props.data;
    this.isApprovalAutomatic = isApprovalAutomatic;
    const group = new sagemaker.CfnModelPackageGroup(this, 'Resource', {
      modelPackageGroupName: this.modelPackageGroupName,
      modelPackageGroupPolicy:
        accounts.length === 0 ? undefined : readableBy(this, this.modelPackageGroupName, accounts, stages),
    });
    group.applyRemovalPolicy(statefulRemoval(this, who, props.removalPolicy));
    this.modelPackageGroupArn = group.attrModelPackageGroupArn;
    this.approvedPattern = approvedPattern(this.modelPackageGroupName);
    if (accounts.length > 0) {
      shareVersions(this, accounts, { data: props.data!, repositories: props.repositories ?? [] });
    }
    this.forward(who, [...(props.eventBuses ?? []), ...stageBuses(this, stages)]);
  }

  /** Lets the grantee list and describe the versions and make models of them. */
  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return grantActions(grantee, this, READ);
  }

  /** Lets the grantee add versions, which wait for a manual approval unless approval is automatic. */
  public grantRegister(grantee: iam.IGrantable): iam.Grant {
    return grantRegistration(grantee, this);
  }

  /**
   * Lets the grantee approve and reject versions, but not promote them to a stage: the right to let a model go live
   * where no stages are used.
   */
  public grantApprove(grantee: iam.IGrantable): iam.Grant {
    return grantApproval(grantee, this);
  }

  /** The same registry as one stage sees it, whose approvals are promotions. */
  public promotedTo(stage: string): IModelRegistry {
    return staged(this, stage);
  }

  private forward(who: Speaker, buses: events.IEventBus[]): void {
    if (buses.length === 0) return;
    if (buses.length > TARGETS_OF_A_RULE) refuse(who, 'eventBuses', buses.length, `at most ${TARGETS_OF_A_RULE} buses`);
    const role = new iam.Role(this, 'ForwardRole', { assumedBy: ofThisAccount(this, 'events.amazonaws.com') });
    role.addToPolicy(
      new iam.PolicyStatement({ actions: ['events:PutEvents'], resources: buses.map((bus) => bus.eventBusArn) }),
    );
    acknowledgeInlinePolicy(role);
    const rule = new events.CfnRule(this, 'Forward', {
      description: `Versions of ${this.modelPackageGroupName}, for other accounts`,
      eventPattern: {
        'source': [SOURCE],
        'detail-type': [DETAIL_TYPE],
        'detail': { ModelPackageGroupName: [this.modelPackageGroupName] },
      },
      targets: buses.map((bus, index) => ({ id: `Bus${index + 1}`, arn: bus.eventBusArn, roleArn: role.roleArn })),
    });
    afterPolicies(rule, role);
  }
}

/** The default bus of each account of the stages, in the region of the registry. */
function stageBuses(scope: Construct, stages: PromotionStage[]): events.IEventBus[] {
  const accounts = [...new Set(stages.map(({ account }) => account))];
  return accounts.map((account) => events.EventBus.fromEventBusArn(scope, `Bus-${account}`, Stack.of(scope).formatArn({
    service: 'events', account, resource: 'event-bus', resourceName: 'default',
  })));
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const TARGETS_OF_A_RULE = 5;

/** @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackageGroup.html */
const NAME_LENGTH = 63;

const ARN = /^arn:[^:]+:sagemaker:[^:]+:\d{12}:model-package-group\/(?<name>[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62})$/;
