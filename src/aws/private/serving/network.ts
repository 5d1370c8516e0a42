import { aws_ec2 as ec2, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { Serving } from '../../../core/serving';
import { ServingEndpointOptions } from '../../serving-endpoint-props';
import { NetworkPlace, requireSecurityGroups, requireSubnets } from '../base/network-interfaces';

/** A place in a network. */
export interface EndpointNetwork {
  readonly vpcConfig: sagemaker.CfnModel.VpcConfigProperty;
  readonly securityGroups: ec2.ISecurityGroup[];
  readonly place: NetworkPlace;
  /** The group that was made for the machines, which nothing else is in; undefined where groups are given. */
  readonly ownGroupId?: string;
}

/**
 * Whether an endpoint can be in a network: SageMaker's serverless endpoints, warm ones among them, cannot.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html#serverless-endpoints-how-it-works-exclusions
 */
export function standsInNetwork(serving: Serving | undefined): boolean {
  return serving?.mode !== 'serverless';
}

/** Where the machines stand: never in a public subnet, and behind a group that lets nothing in. */
export function endpointNetwork(
  scope: Construct, who: Speaker, { vpc, vpcSubnets, securityGroups }: ServingEndpointOptions,
): EndpointNetwork | undefined {
  if (vpc === undefined) {
    const orphan =
      vpcSubnets !== undefined ? 'vpcSubnets' : securityGroups !== undefined ? 'securityGroups' : undefined;
    return orphan === undefined ? undefined : refuseBecause(who, `${orphan} belong to a vpc: set vpc as well`);
  }
  const selected = vpc.selectSubnets(vpcSubnets);
  requireSubnets(who, 'vpcSubnets', selected.subnets, vpc);
  requireSecurityGroups(who, 'securityGroups', securityGroups);
  const ownGroup = securityGroups === undefined ? httpsOnly(scope, vpc) : undefined;
  const groups = securityGroups ?? [ownGroup!];
  const place = { subnetIds: selected.subnetIds, securityGroupIds: groups.map((group) => group.securityGroupId) };
  const vpcConfig = { subnets: place.subnetIds, securityGroupIds: place.securityGroupIds };
  return { securityGroups: groups, ownGroupId: ownGroup?.securityGroupId, place, vpcConfig };
}

function httpsOnly(scope: Construct, vpc: ec2.IVpc): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'Machines of a model endpoint: HTTPS out, nothing in',
    allowAllOutbound: false,
  });
  // The addresses behind an S3 gateway endpoint are public ones.
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'S3, ECR and CloudWatch Logs, by endpoints of the network');
  return group;
}
