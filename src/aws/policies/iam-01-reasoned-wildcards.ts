import { listed, permissionDocuments, Statement, statementsOf } from '../private/policy/iam-statements';
import { Finding, NOT_APPLICABLE, Rule, unless } from '../private/policy/rule';
import { addressText, readable } from '../private/policy/sagemaker-requests';

/**
 * Actions that take no resource, so that `*` is the only one to write: no reason is needed beside this table.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const WITHOUT_RESOURCE: readonly RegExp[] = [
  /^application-autoscaling:Describe/,
  /^cloudwatch:(PutMetricData|ListMetrics|GetMetricData|GetMetricStatistics)$/,
  /^ec2:Describe/,
  /^ecr:GetAuthorizationToken$/,
  /^fsx:DescribeFileSystems$/,
  /^kms:(ListAliases|ListKeys|GenerateRandom)$/,
  /^logs:(CreateLogDelivery|GetLogDelivery|UpdateLogDelivery|DeleteLogDelivery|ListLogDeliveries|PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)$/,
  /^s3:(ListAllMyBuckets|GetAccountPublicAccessBlock)$/,
  /^sagemaker:(List[A-Z]\w*|Search|GetSearchSuggestions)$/,
  /^sts:GetCallerIdentity$/,
  /^tag:Get/,
  /^xray:(PutTraceSegments|PutTelemetryRecords|GetSamplingRules|GetSamplingTargets|GetSamplingStatisticSummaries)$/,
  /^cloudtrail:(LookupEvents|DescribeTrails|ListTrails)$/,
  /^config:(Describe|Get|List)/,
  /^elasticfilesystem:DescribeFileSystems$/,
];

/** An allowing statement names its actions and its resources; `service:*` and `*` need a reason on the resource. */
export const reasonedWildcards: Rule = {
  policy: 'MLOPS-IAM-01',
  types: [
    'AWS::IAM::Group',
    'AWS::IAM::GroupPolicy',
    'AWS::IAM::ManagedPolicy',
    'AWS::IAM::Policy',
    'AWS::IAM::Role',
    'AWS::IAM::RolePolicy',
    'AWS::IAM::User',
    'AWS::IAM::UserPolicy',
  ],
  fix: 'name the actions and the resources, or acknowledge the wildcard with its reason',
  reasonedBy: ['AwsSolutions-IAM5'],
  check(resource) {
    const statements = permissionDocuments(resource)
      .flatMap(statementsOf)
      .filter((each) => each.Effect !== 'Deny');
    return statements.length === 0 ? NOT_APPLICABLE : unless(distinct(statements.flatMap(findingsOf)));
  },
};

function findingsOf(statement: Statement): Finding[] {
  const actions = listed(statement.Action).map(String);
  const findings = actions.filter(isEveryAction).map(finding('Action'));
  if (statement.NotAction !== undefined) findings.push(finding('NotAction')(JSON.stringify(statement.NotAction)));
  if (statement.NotResource !== undefined) findings.push(finding('NotResource')(JSON.stringify(statement.NotResource)));
  const needsNone = actions.length > 0 && actions.every((action) => WITHOUT_RESOURCE.some((each) => each.test(action)));
  if (!needsNone) {
    findings.push(
      ...listed(statement.Resource).map(addressText).filter(isEveryResource).map(readable).map(finding('Resource')),
    );
  }
  return findings;
}

/** `*`, `s3:*`, and other ways to write them; `s*` takes in services of which nobody thinks. */
function isEveryAction(action: string): boolean {
  const [service, name] = action.split(':');
  return name === undefined ? service.includes('*') : service.includes('*') || /^[*?]*\*[*?]*$/.test(name);
}

/** `*`, `arn:*`, `arn:aws:s3:::*`: everything of a service. */
function isEveryResource(resource: string): boolean {
  // A function stands for one part of the ARN, whatever colons are in its name.
  const parts = resource.replace(/\$cfn:[^$]*\$/g, 'x').split(':');
  return parts.length < 6 ? /^\*+$/.test(parts[parts.length - 1]) : /^\*+$/.test(parts.slice(5).join(':'));
}

function finding(what: string): (value: string) => Finding {
  return (value) => ({ text: `${what} is ${value}`, element: `${what}::${value}` });
}

function distinct(findings: readonly Finding[]): Finding[] {
  return findings.filter((each, index) => findings.findIndex((other) => other.element === each.element) === index);
}
