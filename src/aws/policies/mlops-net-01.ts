import { Rule, unless } from '../private/policy-rule';
import { Properties } from '../private/resource-view';
import { allowsEverybody, statementsOf } from '../private/statements';

const BLOCKS = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];

/** What makes a resource of a type public. */
const OPENINGS: Readonly<Record<string, (properties: Properties) => string[]>> = {
  'AWS::S3::Bucket': (p) => BLOCKS.filter((each) => p.PublicAccessBlockConfiguration?.[each] !== true).map((each) => `${each} is off`),
  'AWS::S3::BucketPolicy': (p) => openStatements(p.PolicyDocument),
  'AWS::SNS::TopicPolicy': (p) => openStatements(p.PolicyDocument),
  'AWS::SQS::QueuePolicy': (p) => openStatements(p.PolicyDocument),
  'AWS::KMS::Key': (p) => openStatements(p.KeyPolicy),
  'AWS::ECR::Repository': (p) => openStatements(p.RepositoryPolicyText),
  'AWS::SageMaker::ModelPackageGroup': (p) => openStatements(p.ModelPackageGroupPolicy),
  'AWS::EC2::SecurityGroup': (p) => (p.SecurityGroupIngress ?? []).filter(fromAnywhere).map(portsOf),
  'AWS::EC2::SecurityGroupIngress': (p) => (fromAnywhere(p) ? [portsOf(p)] : []),
};

/** No bucket, policy or security group is open to everybody. */
export const noPublicAccess: Rule = {
  policy: 'MLOPS-NET-01',
  types: Object.keys(OPENINGS),
  fix: 'block public access; name principals, or bind a statement for everybody to the account with a condition',
  check: (resource) => unless(OPENINGS[resource.type](resource.properties)),
};

function openStatements(document: unknown): string[] {
  return statementsOf(document).filter(allowsEverybody).map((statement) => `statement ${statement.Sid ?? JSON.stringify(statement.Action)} allows everybody`);
}

function fromAnywhere(rule: Properties): boolean {
  return rule.CidrIp === '0.0.0.0/0' || rule.CidrIpv6 === '::/0';
}

function portsOf(rule: Properties): string {
  return `ports ${rule.FromPort ?? 'all'} to ${rule.ToPort ?? 'all'} are open to everybody`;
}
