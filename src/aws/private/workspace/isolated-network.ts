import {
  aws_ec2 as ec2,
  aws_iam as iam,
  aws_kms as kms,
  aws_logs as logs,
  Aws,
  CfnResource,
  Fn,
  RemovalPolicy,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledge } from '../base/acknowledge';
import { ofThisAccount } from '../base/confused-deputy';
import { afterPolicies } from '../base/ordering';

/** What the network is made of. */
export interface IsolatedNetworkProps {
  /** Addresses of the network, `10.0.0.0/16`. */
  readonly cidr: string;
  /** The two zones; the region's first two when undefined. */
  readonly availabilityZones?: string[];
  /** Services that get an interface endpoint. */
  readonly interfaceEndpoints: ec2.InterfaceVpcEndpointAwsService[];
  /** Encrypts the flow log. */
  readonly encryptionKey: kms.IKey;
  /** What happens to network and log when the stack goes. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Two subnets in two zones that no route leads out of: AWS services are reached through endpoints, nothing else is.
 *
 * It is made of L1 resources because `ec2.Vpc` asks the account for its zones as soon as the environment is known, and
 * might then choose others: here the zones are the first two of `Fn::GetAZs` whether the environment is known or not.
 */
export class IsolatedNetwork extends Construct {
  /** The network, with its subnets as isolated ones. */
  public readonly vpc: ec2.IVpc;

  public constructor(scope: Construct, id: string, props: IsolatedNetworkProps) {
    super(scope, id);
    const zones = props.availabilityZones ?? [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
    const network = this.retained(props, new ec2.CfnVPC(this, 'Vpc', {
      cidrBlock: props.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
    }));
    const table = this.retained(props, new ec2.CfnRouteTable(this, 'RouteTable', { vpcId: network.attrVpcId }));
    const subnets = zones.map((availabilityZone, index) => {
      const subnet = this.retained(props, new ec2.CfnSubnet(this, `Subnet${index + 1}`, {
        vpcId: network.attrVpcId,
        availabilityZone,
        cidrBlock: Fn.select(index, Fn.cidr(network.attrCidrBlock, zones.length, SUBNET_BITS)),
        mapPublicIpOnLaunch: false,
      }));
      if (props.availabilityZones !== undefined) {
        acknowledge(subnet, {
          id: 'CloudFormation-Validate::W3010',
          reason: 'the owner has chosen the zones: the first two lack a service',
        });
      }
      this.retained(props, new ec2.CfnSubnetRouteTableAssociation(this, `Route${index + 1}`, {
        subnetId: subnet.attrSubnetId, routeTableId: table.attrRouteTableId,
      }));
      return subnet;
    });
    this.vpc = ec2.Vpc.fromVpcAttributes(this, 'Network', {
      vpcId: network.attrVpcId,
      vpcCidrBlock: props.cidr,
      availabilityZones: zones,
      isolatedSubnetIds: subnets.map((subnet) => subnet.attrSubnetId),
      isolatedSubnetRouteTableIds: subnets.map(() => table.attrRouteTableId),
    });
    acknowledge(network, {
      id: 'NIST.800.53.R5-VPCDefaultSecurityGroupClosed',
      reason:
        'CloudFormation cannot change the default group; nothing here is in it, and no route leads out of the network',
    });

    this.logFlows(props);
    this.addObjectStore(props, table);
    this.addEndpoints(props);
  }

  private retained<T extends CfnResource>(props: IsolatedNetworkProps, resource: T): T {
    resource.applyRemovalPolicy(props.removalPolicy);
    return resource;
  }

  private logFlows(props: IsolatedNetworkProps): void {
    const logGroup = new logs.LogGroup(this, 'FlowLogs', {
      encryptionKey: props.encryptionKey,
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: props.removalPolicy,
    });
    const role = new iam.Role(this, 'FlowLogRole', { assumedBy: ofThisAccount(this, 'vpc-flow-logs.amazonaws.com') });
    logGroup.grant(role, 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents');
    const flowLog = new ec2.CfnFlowLog(this, 'FlowLog', {
      resourceType: 'VPC',
      resourceId: this.vpc.vpcId,
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: logGroup.logGroupName,
      deliverLogsPermissionArn: role.roleArn,
    });
    afterPolicies(flowLog, role);
    acknowledge(role, {
      id: 'NIST.800.53.R5-IAMNoInlinePolicy',
      reason: 'the policy names one log group, and lives and dies with the one role that writes it',
    });
  }

  /**
   * Data may come in from any bucket that a role of the account may read; it goes out to buckets of the account only.
   */
  private addObjectStore(props: IsolatedNetworkProps, table: ec2.CfnRouteTable): void {
    const sameAccount = { 'aws:PrincipalAccount': Aws.ACCOUNT_ID };
    this.retained(props, new ec2.CfnVPCEndpoint(this, 'ObjectStore', {
      vpcId: this.vpc.vpcId,
      vpcEndpointType: 'Gateway',
      serviceName: `com.amazonaws.${Aws.REGION}.s3`,
      routeTableIds: [table.attrRouteTableId],
      policyDocument: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            sid: 'Read',
            principals: [new iam.AnyPrincipal()],
            actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket', 's3:GetBucketLocation'],
            resources: ['*'],
            conditions: { StringEquals: sameAccount },
          }),
          new iam.PolicyStatement({
            sid: 'WriteWithinTheAccount',
            principals: [new iam.AnyPrincipal()],
            actions: ['s3:*'],
            resources: ['*'],
            conditions: { StringEquals: { ...sameAccount, 'aws:ResourceAccount': Aws.ACCOUNT_ID } },
          }),
          // Layers of images come from buckets of Amazon ECR, through addresses that ECR has signed.
          // https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
          new iam.PolicyStatement({
            sid: 'ImageLayers',
            principals: [new iam.AnyPrincipal()],
            actions: ['s3:GetObject'],
            resources: [`arn:${Aws.PARTITION}:s3:::prod-${Aws.REGION}-starport-layer-bucket/*`],
          }),
        ],
      }),
    }));
  }

  /** They are billed by the hour, so that they go with the stack. */
  private addEndpoints(props: IsolatedNetworkProps): void {
    if (props.interfaceEndpoints.length === 0) return;
    const securityGroup = new ec2.SecurityGroup(this, 'EndpointSecurityGroup', {
      vpc: this.vpc, description: 'Calls to AWS services from inside the network', allowAllOutbound: false,
    });
    securityGroup.addIngressRule(ec2.Peer.ipv4(props.cidr), ec2.Port.tcp(443), 'HTTPS from inside the network');
    for (const service of props.interfaceEndpoints) {
      // The short name is the part after the region, `sagemaker.api`, and so the same in every environment.
      new ec2.InterfaceVpcEndpoint(this, `Endpoint-${service.shortName}`, {
        vpc: this.vpc,
        service,
        subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
        securityGroups: [securityGroup],
        open: false,
      });
    }
  }
}

/** 4096 addresses in each subnet: a notebook takes up to four, an endpoint one. */
const SUBNET_BITS = '12';
