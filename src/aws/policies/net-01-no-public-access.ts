import { allowsEverybody, listed, statementsOf } from '../private/policy/iam-statements';
import { mustBe } from '../private/policy/property-checks';
import { Properties } from '../private/policy/resource-view';
import { Rule, unless, worst } from '../private/policy/rule';

const BLOCKS = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];

/** Settings that make a resource of a type public. */
const OPENINGS: Readonly<Record<string, (properties: Properties) => string[]>> = {
  'AWS::S3::BucketPolicy': (p) => openStatements(p.PolicyDocument),
  'AWS::SNS::TopicPolicy': (p) => openStatements(p.PolicyDocument),
  'AWS::SNS::TopicInlinePolicy': (p) => openStatements(p.PolicyDocument),
  'AWS::SQS::QueuePolicy': (p) => openStatements(p.PolicyDocument),
  'AWS::SQS::QueueInlinePolicy': (p) => openStatements(p.PolicyDocument),
  'AWS::KMS::Key': (p) => openStatements(p.KeyPolicy),
  'AWS::KMS::ReplicaKey': (p) => openStatements(p.KeyPolicy),
  'AWS::SecretsManager::ResourcePolicy': (p) => openStatements(p.ResourcePolicy),
  'AWS::ECR::Repository': (p) => openStatements(p.RepositoryPolicyText),
  'AWS::SageMaker::ModelPackageGroup': (p) => openStatements(p.ModelPackageGroupPolicy),
  'AWS::EC2::SecurityGroup': (p) => (listed(p.SecurityGroupIngress) as Properties[]).filter(fromAnywhere).map(portsOf),
  'AWS::EC2::SecurityGroupIngress': (p) => (fromAnywhere(p) ? [portsOf(p)] : []),
  'AWS::Lambda::Permission': (p) => (p.Principal === '*' && [p.SourceAccount, p.SourceArn, p.PrincipalOrgID].every((each) => each === undefined) ? ['everybody may invoke the function'] : []),
  'AWS::Lambda::Url': (p) => (p.AuthType === 'NONE' ? ['AuthType NONE authenticates no one'] : []),
  'AWS::RDS::DBInstance': (p) => (String(p.PubliclyAccessible) === 'true' ? ['PubliclyAccessible gives it a public address'] : []),
};

/** No bucket, policy or security group is open to everybody. */
export const noPublicAccess: Rule = {
  policy: 'MLOPS-NET-01',
  types: ['AWS::S3::Bucket', ...Object.keys(OPENINGS)],
  fix: 'block public access; name principals, or restrict a statement for every principal to the account with a condition',
  check({ type, properties }) {
    if (type !== 'AWS::S3::Bucket') return unless(OPENINGS[type](properties));
    return worst(
      BLOCKS.map((each) => mustBe(properties, `PublicAccessBlockConfiguration.${each}`, true, `${each} is off`)),
    );
  },
};

function openStatements(document: unknown): string[] {
  return statementsOf(document)
    .filter(allowsEverybody)
    .map((statement) => `statement ${statement.Sid ?? JSON.stringify(statement.Action)} allows everybody`);
}

function fromAnywhere(rule: Properties): boolean {
  return [rule.CidrIp, rule.CidrIpv6]
    .flatMap(listed)
    .some((each) => /^(0\.0\.0\.0|128\.0\.0\.0|::|8000::)\/[01]$/.test(String(each)));
}

function portsOf(rule: Properties): string {
  return `ports ${rule.FromPort ?? 'all'} to ${rule.ToPort ?? 'all'} are open to everybody`;
}
