import {
  aws_budgets as budgets,
  aws_config as config,
  aws_iam as iam,
  aws_sagemaker as sagemaker,
  PERMISSIONS_BOUNDARY_CONTEXT_KEY,
  RemovalPolicy,
  Stack,
  Token,
  Validations,
} from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { GovernanceGuardrailsProps, ModelCardStatus } from './governance-guardrails-props';
import { GovernanceRole } from './governance-role';
import { MlopsPolicies } from './mlops-policies';
import { acknowledge, skipInCheckov } from './private/base/acknowledge';
import { usesInternet } from './private/base/connections';
import { openModelsBelow } from './private/base/open-models';
import { requireParts } from './private/base/parts';
import { requireOwnAccount } from './private/base/places';
import { watchRegion } from './private/base/regions';
import { statefulRemoval } from './private/data/removal';
import { AuditTrail } from './private/governance/audit-log';
import { BoundarySpec, boundaryStatements } from './private/governance/boundary';
import { beyondTheBoundary, tooLong } from './private/governance/boundary-check';
import { addConfigRules } from './private/governance/config-rules';
import { addBudget } from './private/governance/cost-budget';
import { addModelCard } from './private/governance/model-card';
import { recordedBy, recordLake } from './private/governance/recorded-lakes';
import { applyTags } from './private/governance/tag-policy';
import { Landscape } from './private/policy/resource-view';
import { resolvedGovernance } from '../core/private/resolve/governance';
import { Speaker, speakerFor } from '../core/private/validation';
import { checkGuardrails, subnetsOf } from './private/governance/checks';

/**
 * Rules, limits and evidence around a machine-learning product: policies checked at synthesis with a report, a
 * permission boundary, an audit trail, a budget, tags, a model card and roles for people with separate duties.
 *
 * Children: `Boundary`, `Trail` (with `Bucket`), `ConfigRules`, `Budget`, `ModelCard`, `Roles`. Costs: the trail's data
 * events, about 0.10 USD for 100000, and changes in the account that another trail records as well, 2 USD for 100000; a
 * budget without actions, a boundary, a card and roles cost nothing.
 *
 * An account can have five trails, and CloudTrail raises that for nobody: where more products than that share one, most
 * of them say `auditLog: false`, and a trail of the account or the organisation records the objects of their buckets.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { aws, RiskRating } from 'mlops-constructs';
 *
 * declare const stack: Stack;
 *
 * const data = new aws.DataLake(stack, 'Data');
 * new aws.GovernanceGuardrails(stack, 'Governance', {
 *   data,
 *   budget: { monthlyUsd: 500, alertEmails: ['ml-team@example.com'] },
 *   tags: { product: 'churn' },
 *   modelCard: { intendedUse: 'Predicts which customers leave', owner: 'ml-team@example.com', riskRating: RiskRating.LOW },
 * });
 */
export class GovernanceGuardrails extends Construct {
  /** Where every grant to a role of the guarded scope ends; undefined without `cloudGuardrails`. */
  public readonly boundary?: iam.IManagedPolicy;
  /** ARN of the audit trail; undefined without `auditLog`. */
  public readonly trailArn?: string;
  /** Rules of AWS Config; empty without `configRules`. */
  public readonly configRules: config.IRule[];
  /** The budget; undefined without one. */
  public readonly budget?: budgets.CfnBudget;
  /** The model's card; undefined without one. */
  public readonly modelCard?: sagemaker.CfnModelCard;
  /** The plugin that checks the policies; undefined without `policyChecks`. */
  public readonly policies?: MlopsPolicies;
  /** Reads data, experiments and registered versions; approves nothing. */
  public readonly dataScientist?: iam.IRole;
  /** Runs pipelines and registers versions; approves nothing. */
  public readonly mlEngineer?: iam.IRole;
  /** Reads evaluations and approves versions; makes none. */
  public readonly approver?: iam.IRole;
  /** Reads the audit trail and every setting; changes nothing and reads no data. */
  public readonly auditor?: iam.IRole;

  constructor(scope: Construct, id: string, props: GovernanceGuardrailsProps) {
    super(scope, id);
    watchRegion(this);
    const who: Speaker = speakerFor('governance guardrails', scope, id);
    requireParts(who, props, 'data');
    const governance = resolvedGovernance(who, props, 36_500);
    checkGuardrails(who, props);
    const removalPolicy = statefulRemoval(this, who, props.removalPolicy);
    const guarded = props.guardedScope ?? scope;
    const { data } = props;

    if (governance.auditLog) {
      const trail = new AuditTrail(this, 'Trail', {
        encryptionKey: data.encryptionKey,
        buckets: [data.rawBucket, data.featureBucket, data.artifactBucket],
        endpointCalls: governance.auditEndpointCalls,
        retentionDays: governance.auditRetentionDays,
        removalPolicy,
      });
      recordLake(data, this);
      this.trailArn = trail.trailArn;
      this.auditor = props.roles?.auditor && GovernanceRole._auditor(this, props.roles.auditor, data, trail.bucket);
    } else {
      const keeper = recordedBy(data);
      if (keeper !== undefined) {
        acknowledge(guarded, { id: 'MLOPS-LOG-03', reason: `the trail of ${keeper.node.path} records the lake` });
      }
      this.auditor = props.roles?.auditor && GovernanceRole._auditor(this, props.roles.auditor, data);
    }
    this.dataScientist =
      props.roles?.dataScientist &&
      GovernanceRole._dataScientist(this, props.roles.dataScientist, data, props.registry);
    this.mlEngineer =
      props.roles?.mlEngineer && GovernanceRole._mlEngineer(this, props.roles.mlEngineer, data, props.registry);
    this.approver =
      props.roles?.approver && GovernanceRole._approver(this, props.roles.approver, data, props.registry!);

    if (governance.cloudGuardrails) this.boundary = this.guardRoles(guarded, props, removalPolicy);
    this.configRules = props.configRules
      ? addConfigRules(new Construct(this, 'ConfigRules'), props.vpc !== undefined)
      : [];
    if (props.budgetScope !== undefined) this.checkBudgetScope(who, guarded, props.budgetScope);
    this.budget = props.budget && addBudget(props.budgetScope ?? this, this, props.budget, costTag(props));
    this.modelCard =
      governance.modelCard &&
      addModelCard(this, 'ModelCard', governance.modelCard, {
        status: props.modelCardStatus ?? ModelCardStatus.DRAFT,
        keyArn: data.encryptionKey.keyArn,
        modelName: props.registry?.modelPackageGroupName,
        removalPolicy,
      });

    applyTags(guarded, props.tags);
    if (governance.policyChecks) this.policies = MlopsPolicies.applyTo(guarded);
    if (props.policyPlugins) Validations.of(this.node.root).addPlugins(...props.policyPlugins);
  }

  private checkBudgetScope(who: Speaker, guarded: IConstruct, budgetScope: Construct): void {
    const { account } = Stack.of(budgetScope);
    requireOwnAccount(
      this,
      who,
      'budgetScope',
      { text: Stack.of(budgetScope).node.path, account: Token.isUnresolved(account) ? undefined : account },
      'a budget counts the costs of its account',
    );
    watchRegion(budgetScope);
    if (!budgetScope.node.scopes.includes(guarded)) {
      acknowledge(guarded, {
        id: 'MLOPS-CST-02',
        reason: `the budget is in ${Stack.of(budgetScope).node.path}, because CloudFormation has none in this region`,
      });
    }
  }

  private guardRoles(
    guarded: IConstruct,
    props: GovernanceGuardrailsProps,
    removalPolicy: RemovalPolicy,
  ): iam.IManagedPolicy {
    if (props.permissionsBoundary) {
      iam.PermissionsBoundary.of(guarded).apply(props.permissionsBoundary);
      return props.permissionsBoundary;
    }
    const subnets = subnetsOf(props);
    const spec: BoundarySpec = {
      subnetIds: subnets.map((subnet) => subnet.subnetId),
      // Where something uses a service on the internet, the way out of the subnets is what it was given them for.
      subnetsHaveWayOut:
        !usesInternet(guarded) && subnets.some((subnet) => !props.vpc!.isolatedSubnets.includes(subnet)),
      securityGroupIds: props.securityGroups?.map((group) => group.securityGroupId),
      instanceTypes: props.allowedInstanceTypes,
      maxKeepAliveSeconds: props.maxWarmPoolMinutes === undefined ? undefined : props.maxWarmPoolMinutes * 60,
      encryptTraffic: props.encryptTrafficBetweenMachines,
      trustedAccounts: props.trustedAccounts,
      keyArns: [props.data.encryptionKey, ...(props.encryptionKeys ?? [])].map((key) => key.keyArn),
      moreActions: props.boundaryActions,
      openModels: () => openModelsBelow(guarded),
    };
    const boundary = new iam.ManagedPolicy(this, 'Boundary', {
      description: `Where every permission of the roles of ${guarded.node.path} ends`,
      statements: boundaryStatements(spec),
    });
    const reason =
      'a boundary grants nothing: it is the limit of what may be granted, and the grants themselves name their resources';
    skipInCheckov(boundary, reason, 'CKV_AWS_109', 'CKV_AWS_111');
    acknowledge(
      boundary,
      { id: 'MLOPS-IAM-01', reason },
      { id: 'NIST.800.53.R5-IAMPolicyNoStatementsWithFullAccess', reason },
      ...boundaryFindings(boundary).map((finding) => ({ id: `AwsSolutions-IAM5[${finding}]`, reason })),
    );
    // Roles that outlive the stack end at it, and IAM does not delete a policy that is in use.
    boundary.applyRemovalPolicy(removalPolicy);
    iam.PermissionsBoundary.of(guarded).apply(boundary);
    this.node.addValidation({ validate: () => this.warnOfOtherBoundaries(guarded) });
    const landscape = () => this.policies?._landscapeOf(guarded) ?? new Landscape(guarded);
    this.node.addValidation({
      validate: () => [...tooLong(boundary), ...beyondTheBoundary(landscape(), boundary, spec)],
    });
    return boundary;
  }

  /**
   * IAM takes one boundary for each role: an aspect's and not the role's own, and of two aspects that of the narrower
   * scope.
   */
  private warnOfOtherBoundaries(guarded: IConstruct): string[] {
    const inside = guarded.node.findAll().filter((each) => each !== guarded);
    const isBounded = (each: IConstruct) => each.node.tryGetContext(PERMISSIONS_BOUNDARY_CONTEXT_KEY) !== undefined;
    const paths = (those: IConstruct[]) => those.map((each) => `that of ${each.node.path}`).join(', ');
    const weaker = [
      ...guarded.node.scopes.filter((each) => Stack.isStack(each) && isBounded(each)),
      ...inside.filter((each) => each instanceof iam.CfnRole && each.permissionsBoundary !== undefined),
    ];
    const stronger = inside.filter((each) => Stack.isStack(each) && isBounded(each));
    const other = [
      ...(weaker.length > 0 ? [`takes the place of ${paths(weaker)}`] : []),
      ...(stronger.length > 0 ? [`gives way to ${paths(stronger)}`] : []),
    ];
    if (other.length > 0) {
      Validations.of(this).addWarning(
        'mlops-constructs:permissionsBoundary',
        `the permission boundary made here ${other.join(', and ')}: ` +
          'a role has one only. Give yours as permissionsBoundary, or set cloudGuardrails to false',
      );
    }
    return [];
  }
}

function boundaryFindings(boundary: iam.ManagedPolicy): string[] {
  const statements: any[] = boundary.document.toJSON().Statement.filter((each: any) => each.Effect === 'Allow');
  return [
    'Resource::*',
    ...statements
      .flatMap((each) => each.Action)
      .filter((action: string) => action.includes('*'))
      .map((action) => `Action::${action}`),
  ];
}

function costTag(props: GovernanceGuardrailsProps) {
  return props.budgetTag === undefined ? undefined : { key: props.budgetTag, value: props.tags![props.budgetTag] };
}
