import { aws_ec2 as ec2, aws_iam as iam, Stack, Token } from 'aws-cdk-lib';
import { refuse, refuseBecause, Speaker } from '../../../core/private/validation';

/** Where machines stand: names or tokens of subnets and security groups. */
export interface NetworkPlace {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/**
 * Refuses a selection that fits no subnet, or more than a job can be in, or a public one, which the CDK takes and
 * SageMaker does not, and a list that only the deployment knows: permissions name each.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_VpcConfig.html
 */
export function requireSubnets(who: Speaker, prop: string, selected: readonly ec2.ISubnet[], vpc?: ec2.IVpc): void {
  if (selected.length === 0) refuseBecause(who, `${prop} fits no subnet of the vpc`);
  const open = vpc?.publicSubnets.map((each) => each.subnetId) ?? [];
  if (selected.some(({ subnetId }) => open.includes(subnetId))) {
    refuseBecause(
      who,
      `${prop} must be private or isolated: machines in a public subnet get no address and reach nothing`,
    );
  }
  if (selected.length > MOST_SUBNETS) refuse(who, prop, `${selected.length} subnets`, `at most ${MOST_SUBNETS}`);
  if (selected.some(({ subnetId }) => Token.isUnresolved([subnetId]))) {
    refuseBecause(
      who,
      `${prop} is a list that only the deployment knows: import the vpc with one id for each subnet, by Fn.select or as a parameter of its own`,
    );
  }
}

/** Whether no route leads out of any of the subnets, as far as the network says. */
export function isWithoutWayOut(vpc: ec2.IVpc, subnetIds: readonly string[]): boolean {
  const isolated = vpc.isolatedSubnets.map(({ subnetId }) => subnetId);
  return subnetIds.length > 0 && subnetIds.every((each) => isolated.includes(each));
}

/** Security groups of machines, one to five; fewer where some are made beside them. */
export function requireSecurityGroups(
  who: Speaker,
  prop: string,
  groups: readonly object[] | undefined,
  made = 0,
): void {
  if (groups === undefined) return;
  const most = MOST_GROUPS - made;
  const least = made > 0 ? 0 : 1;
  if (groups.length >= least && groups.length <= most) return;
  refuse(
    who,
    prop,
    groups.length,
    made > 0
      ? `at most ${most}, because SageMaker takes ${MOST_GROUPS} and one is made here`
      : `one to ${NUMBERS[most]}`,
  );
}

const MOST_SUBNETS = 16;
const MOST_GROUPS = 5;
const NUMBERS = ['none', 'one', 'two', 'three', 'four', 'five'];

/** Why the names of interfaces are open. */
export const INTERFACES_REASON =
  'SageMaker makes the network interfaces of machines when they start; the subnets and security groups are named';

/**
 * What SageMaker needs to put machines into subnets, on behalf of a role: in the named subnets and groups only.
 *
 * The last statement reads, and EC2 cannot limit that to some resources.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
 */
export function networkInterfaceStatements(
  stack: Stack,
  { subnetIds, securityGroupIds }: NetworkPlace,
): iam.PolicyStatement[] {
  const arn = (resource: string, resourceName: string) => stack.formatArn({ service: 'ec2', resource, resourceName });
  const interfaces = arn('network-interface', '*');
  return [
    new iam.PolicyStatement({
      actions: ['ec2:CreateNetworkInterface'],
      resources: [
        interfaces,
        ...subnetIds.map((id) => arn('subnet', id)),
        ...securityGroupIds.map((id) => arn('security-group', id)),
      ],
    }),
    new iam.PolicyStatement({
      actions: [
        'ec2:CreateNetworkInterfacePermission',
        'ec2:DeleteNetworkInterface',
        'ec2:DeleteNetworkInterfacePermission',
      ],
      resources: [interfaces],
    }),
    new iam.PolicyStatement({
      actions: [
        'ec2:DescribeDhcpOptions',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
      ],
      resources: ['*'],
    }),
  ];
}

/**
 * Gives a role those statements; where the role and the group are ours, what takes the interfaces away again is a
 * policy of its own, which the group waits for.
 *
 * SageMaker takes the interfaces of a job away minutes after its end, with the job's role. When a stack goes while a
 * job has just been running, the group is asked to go first and stays until they are gone; only then does the
 * permission go, and the role. The other way round the interfaces would stay for ever, and the group with them.
 *
 * Children of the role: `NetworkPolicy`.
 */
export function grantInterfaces(
  role: iam.IRole,
  [create, ...takeAway]: iam.PolicyStatement[],
  ownGroup?: ec2.SecurityGroup,
): void {
  role.addToPrincipalPolicy(create);
  if (ownGroup === undefined) {
    for (const statement of takeAway) role.addToPrincipalPolicy(statement);
    return;
  }
  const policy = new iam.Policy(role, 'NetworkPolicy', { roles: [role], statements: takeAway });
  ownGroup.node.defaultChild!.node.addDependency(policy);
}
