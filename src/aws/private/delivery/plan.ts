import { aws_iam as iam, Environment, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DeliveryStage, ResolvedDelivery } from '../../../core/private/resolve/delivery';

/** A stage and where it is. */
export interface PlannedStage extends DeliveryStage {
  /** What was said of account and region. */
  readonly env: Environment;
  /** The account, a token where only the deployment knows it. */
  readonly account: string;
  /** The region, a token where only the deployment knows it. */
  readonly region: string;
  /** Stacks of the stage, as the CDK command line selects them; all stacks of the app when undefined. */
  readonly stacks?: string;
}

/** A delivery with every choice made. */
export interface DeliveryPlan extends ResolvedDelivery {
  readonly qualifier: string;
  /** The CDK command line. */
  readonly cdk: string;
  readonly stages: readonly PlannedStage[];
}

/**
 * Lets the role deploy to the stage: through the bootstrap roles of its account and region, which alone may touch
 * resources.
 */
export function grantDeploy(role: iam.Role, plan: DeliveryPlan, stage: PlannedStage): void {
  role.addToPolicy(bootstrapRoles(role, plan, stage, 'deploy', 'file-publishing', 'image-publishing', 'lookup'));
}

/** Lets the role compare: read what is deployed, nothing else. */
export function grantDiff(role: iam.Role, plan: DeliveryPlan, stage: PlannedStage): void {
  role.addToPolicy(bootstrapRoles(role, plan, stage, 'lookup'));
}

/** @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html */
function bootstrapRoles(
  scope: Construct,
  plan: DeliveryPlan,
  stage: PlannedStage,
  ...kinds: string[]
): iam.PolicyStatement {
  const { account, region } = stage;
  return new iam.PolicyStatement({
    actions: ['sts:AssumeRole'],
    resources: kinds.map((kind) =>
      Stack.of(scope).formatArn({
        service: 'iam',
        region: '',
        account,
        resource: 'role',
        resourceName: `cdk-${plan.qualifier}-${kind}-role-${account}-${region}`,
      }),
    ),
  });
}

/** What deploys the stage out of the assembly in the folder; every person who had to agree has. */
export function deployCommand(plan: DeliveryPlan, stage: PlannedStage, assembly: string): string {
  return `${plan.cdk} deploy --app ${assembly} ${stage.stacks ?? '--all'} --require-approval never --progress events`;
}

/**
 * What compares the stage with the assembly in the folder, by template: a change set would need the right to change.
 */
export function diffCommand(plan: DeliveryPlan, stage: PlannedStage, assembly: string): string {
  return [
    plan.cdk,
    'diff',
    '--app',
    assembly,
    ...(stage.stacks === undefined ? [] : [stage.stacks]),
    '--method=template',
  ].join(' ');
}
