import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { refuseBecause, Speaker } from '../../../core/private/validation';

/** A type that CloudFormation does not have everywhere. */
export interface RegionalType {
  readonly type: string;
  /** Regions whose CloudFormation lacks it. */
  readonly missingIn: readonly string[];
  /** What to do there. */
  readonly instead: string;
}

/**
 * The types of this library that some regions lack; every other type that it makes is in all of them.
 *
 * From the lists of types by region that cfn-lint 1.58.0 has, read from the CloudFormation registry on 2026-10-20. A
 * template with one of these types is turned away as a whole.
 *
 * @see https://github.com/aws-cloudformation/cfn-lint/tree/v1.58.0/src/cfnlint/data/schemas/providers
 */
export const REGIONAL_TYPES: readonly RegionalType[] = [
  regional(
    'AWS::Budgets::Budget',
    'give the guardrails budgetScope, a stack of us-east-1, or leave the budget out',
    `
    af-south-1 ap-east-1 ap-east-2 ap-northeast-3 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-west-1
    eu-central-2 eu-north-1 eu-south-1 eu-south-2 il-central-1 me-central-1 mx-central-1 us-gov-east-1 us-gov-west-1`,
  ),
  regional(
    'AWS::CodeBuild::Project',
    'deliver by DeliveryEngine.gitHubActions',
    `
    ap-east-2 ca-west-1 mx-central-1`,
  ),
  regional(
    'AWS::SageMaker::DataQualityJobDefinition',
    'leave legacyModelMonitor out, drift takes its place',
    `
    af-south-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-west-1 cn-north-1
    cn-northwest-1 eu-central-2 eu-south-1 eu-south-2 il-central-1 me-central-1 mx-central-1 us-gov-east-1 us-gov-west-1`,
  ),
  regional(
    'AWS::SageMaker::Domain',
    'there is no Studio: use the constructs without Workspace, or another region',
    `
    ca-west-1 mx-central-1`,
  ),
  regional(
    'AWS::SageMaker::Endpoint',
    'let the rollout workflow make the endpoint, with ModelSource.latestApproved',
    `
    me-central-1 us-gov-east-1`,
  ),
  regional(
    'AWS::SageMaker::EndpointConfig',
    'let the rollout workflow make the endpoint, with ModelSource.latestApproved',
    `
    me-central-1 us-gov-east-1`,
  ),
  regional(
    'AWS::SageMaker::FeatureGroup',
    'leave the feature groups out, or use another region',
    `
    ap-east-2 ap-south-2 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-west-1 me-central-1 mx-central-1 us-gov-east-1
    us-gov-west-1`,
  ),
  regional(
    'AWS::SageMaker::InferenceComponent',
    'use Serving.realTime, or SageMakerServing.asynchronous, which scales to zero too',
    `
    af-south-1 ap-east-1 ap-east-2 ap-northeast-3 ap-south-2 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-west-1 cn-north-1
    cn-northwest-1 eu-central-2 eu-south-1 eu-south-2 eu-west-3 il-central-1 mx-central-1 us-gov-east-1 us-gov-west-1 us-west-1`,
  ),
  regional(
    'AWS::SageMaker::MlflowApp',
    'set trackingServer where the region has one, or take ExperimentTracker.none',
    `
    af-south-1 ap-east-1 ap-east-2 ap-northeast-3 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-west-1
    cn-north-1 cn-northwest-1 eu-central-2 eu-south-1 eu-south-2 il-central-1 me-central-1 mx-central-1 us-gov-east-1 us-gov-west-1`,
  ),
  regional(
    'AWS::SageMaker::MlflowTrackingServer',
    'take ExperimentTracker.none, or a server of yours',
    `
    ap-southeast-6 cn-north-1 cn-northwest-1 us-gov-east-1 us-gov-west-1`,
  ),
  regional(
    'AWS::SageMaker::Model',
    'let the rollout workflow make the model, with ModelSource.latestApproved',
    `
    me-central-1 us-gov-east-1`,
  ),
  regional(
    'AWS::SageMaker::ModelCard',
    'leave modelCard out',
    `
    ap-east-2 ap-southeast-6`,
  ),
  regional(
    'AWS::SageMaker::ModelPackageGroup',
    'make the group by the API, and use ModelRegistry.fromModelPackageGroupName',
    `
    ap-east-2 ap-south-2 ap-southeast-4 ap-southeast-6 cn-north-1 cn-northwest-1 us-gov-east-1`,
  ),
  regional(
    'AWS::SageMaker::MonitoringSchedule',
    'leave legacyModelMonitor out, drift takes its place',
    `
    af-south-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-west-1 eu-central-2 eu-south-1
    eu-south-2 il-central-1 me-central-1 mx-central-1 us-gov-east-1 us-gov-west-1`,
  ),
  regional(
    'AWS::SageMaker::StudioLifecycleConfig',
    'there is no Studio: use the constructs without Workspace, or another region',
    `
    ca-west-1 mx-central-1`,
  ),
  regional(
    'AWS::SageMaker::UserProfile',
    'there are no profiles of Studio: use the constructs without Workspace, or another region',
    `
    ap-south-2 ap-southeast-4 ca-west-1 mx-central-1`,
  ),
];

/** Types that a region lacks in the table and has by now, as a list in the app's context. */
const AVAILABLE = 'mlops:availableTypes';

/**
 * Refuses at synthesis what the stack's region lacks, whoever made it; nothing is said of a region that only the
 * deployment knows.
 */
export function watchRegion(scope: IConstruct): void {
  const stack = Stack.of(scope);
  if (Token.isUnresolved(stack.region) || WATCHED.has(stack)) return;
  WATCHED.add(stack);
  stack.node.addValidation({
    validate: () => {
      const made = new Set(
        stack.node
          .findAll()
          .filter((each) => CfnResource.isCfnResource(each) && Stack.of(each) === stack)
          .map((each) => (each as CfnResource).cfnResourceType),
      );
      return REGIONAL_TYPES.filter(({ type }) => made.has(type) && lacks(scope, type)).map((each) =>
        sentence(each, stack.region),
      );
    },
  });
}

/** Refuses what a workflow would make in a region that lacks it. */
export function requireInRegion(scope: IConstruct, who: Speaker, type: string): void {
  const found = REGIONAL_TYPES.find((each) => each.type === type);
  if (found !== undefined && lacks(scope, type)) refuseBecause(who, sentence(found, Stack.of(scope).region));
}

/** Whether the region of a construct is known and lacks the type. */
export function lacks(scope: IConstruct, type: string): boolean {
  const { region } = Stack.of(scope);
  if (Token.isUnresolved(region)) return false;
  const available: unknown = scope.node.tryGetContext(AVAILABLE);
  const says = Array.isArray(available) ? available : String(available ?? '').split(',');
  return !says.includes(type) && REGIONAL_TYPES.some((each) => each.type === type && each.missingIn.includes(region));
}

function sentence({ type, instead }: RegionalType, region: string): string {
  return `${type} does not exist in ${region}: ${instead}; where the region has it by now, name it in the context ${AVAILABLE}`;
}

function regional(type: string, instead: string, regions: string): RegionalType {
  return { type, missingIn: regions.trim().split(/\s+/), instead };
}

const WATCHED = new WeakSet<Stack>();
