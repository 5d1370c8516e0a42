import { aws_ec2 as ec2, aws_iam as iam, aws_kms as kms, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledgeInlinePolicy, acknowledgeWildcards } from './acknowledge';
import { ofThisAccount } from './confused-deputy';
import { PULL_REASON, ResolvedImage } from './image';
import { pathText } from './names';
import { grantInterfaces, INTERFACES_REASON, networkInterfaceStatements } from './network-interfaces';
import { ServingEndpointOptions } from '../../serving-endpoint-props';

/** Where jobs run, when not in SageMaker's own network. */
export interface JobNetwork {
  readonly subnets: ec2.ISubnet[];
  readonly securityGroups: ec2.ISecurityGroup[];
  /** The group that was made for the jobs, which nothing else is in; undefined where groups are given. */
  readonly ownGroup?: ec2.SecurityGroup;
}

/**
 * The place of jobs in a network; without a group of the user's they get one that lets HTTPS out, the child
 * `SecurityGroup`.
 */
export function jobNetwork(
  scope: Construct, vpc: ec2.IVpc,
  { vpcSubnets, securityGroups }: Pick<ServingEndpointOptions, 'vpcSubnets' | 'securityGroups'>,
): JobNetwork {
  const ownGroup = securityGroups === undefined ? newSecurityGroup(scope, vpc) : undefined;
  return { subnets: vpc.selectSubnets(vpcSubnets).subnets, securityGroups: securityGroups ?? [ownGroup!], ownGroup };
}

function newSecurityGroup(scope: Construct, vpc: ec2.IVpc): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: groupText(`Drift runs of ${scope.node.path}`),
    allowAllOutbound: false,
  });
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'endpoints of the AWS services');
  return group;
}

/**
 * A description that EC2 takes.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
function groupText(text: string): string {
  return text.replace(/[^A-Za-z0-9 ._:/()#,@[\]+=&;{}!$*-]/g, '_').slice(0, 255);
}

/** What every processing job touches, whatever it computes. */
export interface ProcessingSurroundings {
  readonly encryptionKey: kms.IKey;
  readonly image: ResolvedImage;
  readonly network?: JobNetwork;
}

/**
 * A role for processing jobs of this account: image, volumes, logs, SageMaker's metrics of the job, and interfaces
 * where there is a network.
 *
 * The data is for the caller to grant.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createprocessingjob-perms
 */
export function newProcessingRole(
  scope: Construct,
  id: string,
  { encryptionKey, image, network }: ProcessingSurroundings,
): iam.Role {
  const stack = Stack.of(scope);
  const role = new iam.Role(scope, id, {
    assumedBy: ofThisAccount(scope, 'sagemaker.amazonaws.com'),
    description: `Runs the processing jobs of ${pathText(scope)}`,
  });
  const allow: Allow = (reason, statement) => {
    const added = new iam.PolicyStatement(statement);
    role.addToPrincipalPolicy(added);
    acknowledgeWildcards(role, reason, added);
  };
  image.grantPull(role);
  encryptionKey.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey');
  allow(STARRED, {
    actions: ['kms:CreateGrant'],
    resources: [encryptionKey.keyArn],
    conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  });
  allow("jobs name their log streams when they start; the group is SageMaker's", {
    actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    resources: [stack.formatArn({ service: 'logs', resource: 'log-group:/aws/sagemaker/ProcessingJobs:*' })],
  });
  allow(STARRED, {
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    conditions: { StringEquals: { 'cloudwatch:namespace': '/aws/sagemaker/ProcessingJobs' } },
  });
  if (network !== undefined) {
    const statements = networkInterfaceStatements(stack, {
      subnetIds: network.subnets.map((each) => each.subnetId),
      securityGroupIds: network.securityGroups.map((each) => each.securityGroupId),
    });
    grantInterfaces(role, statements, network.ownGroup);
    for (const statement of statements) {
      acknowledgeWildcards(role, statement.resources.includes('*') ? STARRED : INTERFACES_REASON, statement);
    }
  }
  acknowledgeInlinePolicy(role);
  return role;
}

type Allow = (reason: string, statement: iam.PolicyStatementProps) => void;

const STARRED = `${PULL_REASON}; neither has cloudwatch:PutMetricData, which a condition keeps to SageMaker's namespace, nor have ec2:Describe*`;
