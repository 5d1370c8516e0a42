import { aws_ec2 as ec2, aws_fsx as fsx } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledge } from '../base/acknowledge';
import { JobNetwork } from '../base/processing-role';

/** Where training machines are. */
export interface TrainingPlace {
  readonly vpc: ec2.IVpc;
  readonly subnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
  readonly fileSystem?: fsx.IFileSystem;
  /** The only subnet, in the file system's availability zone. */
  readonly only?: ec2.ISubnet;
}

/**
 * A group whose machines may say anything to each other, as EFA and encrypted distributed training ask for, and nothing
 * to others but HTTPS; it is the first of the groups.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html#efa-start-security
 */
export function trainingNetwork(scope: Construct, place: TrainingPlace): JobNetwork {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc: place.vpc, description: 'Machines of a training pipeline', allowAllOutbound: false,
  });
  group.addIngressRule(group, ec2.Port.allTraffic(), 'machines of one job');
  group.addEgressRule(group, ec2.Port.allTraffic(), 'machines of one job');
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'endpoints of the AWS services');
  acknowledge(group, {
    id: 'NIST.800.53.R5-EC2RestrictedCommonPorts',
    reason: 'the only source of this traffic is the group itself: machines of a distributed training talk on any port',
  });
  if (place.fileSystem !== undefined) allowLustre(group, place.fileSystem);
  return {
    subnets: place.only === undefined ? place.vpc.selectSubnets(place.subnets).subnets : [place.only],
    securityGroups: [group, ...(place.securityGroups ?? [])],
    ownGroup: group,
  };
}

/** @see https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html */
function allowLustre(group: ec2.ISecurityGroup, fileSystem: fsx.IFileSystem): void {
  for (const port of [ec2.Port.tcp(988), ec2.Port.tcpRange(1018, 1023)]) {
    group.connections.allowTo(fileSystem, port, 'Lustre');
    group.connections.allowFrom(fileSystem, port, 'Lustre');
  }
}
