import { ArnFormat, aws_ec2 as ec2, aws_eks as eks, aws_iam as iam, aws_logs as logs, Names, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  IKubernetesPlatform, KubernetesPlatformAttributes, KubernetesPlatformProps, WorkloadIdentity,
} from './kubernetes-platform-props';
import { acknowledge, acknowledgePolicies } from './private/base/acknowledge';
import { ofThisAccount } from './private/base/confused-deputy';
import { pathText, stableName } from './private/base/names';
import { requireSubnets } from './private/base/network-interfaces';
import { afterPolicies } from './private/base/ordering';
import { requireParts } from './private/base/parts';
import { watchRegion } from './private/base/regions';
import { sharesRemoval, statefulRemoval } from './private/data/removal';
import { requireTexts } from '../core/private/texts';
import { refuseBecause, requireMatch, Speaker, speakerFor } from '../core/private/validation';

/**
 * A Kubernetes cluster that needs no one to run it: Amazon EKS in Auto Mode makes, patches and removes nodes, and brings
 * networking, storage, load balancers, DNS and Pod Identity.
 *
 * The Kubernetes API is private: it answers inside the network, to what `connections` lets in. Identities are of IAM
 * only, and whoever makes the cluster is no administrator. Secrets are encrypted with the lake's key, everything that the
 * control plane does is logged for a year. A later version, other roles and other subnets replace nothing.
 *
 * Children: `Cluster`, `ClusterRole`, `NodeRole`, `Logs`, and an access entry for each administrator. Costs: about 73 USD a
 * month for the control plane, and for nodes their EC2 price and 12 % of it, as long as pods need them.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/automode.html
 *
 * @example
 * import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
 * import { aws } from 'mlops-constructs';
 *
 * declare const stack: Stack;
 * declare const vpc: ec2.IVpc;
 *
 * const data = new aws.DataLake(stack, 'Data');
 * const platform = new aws.KubernetesPlatform(stack, 'Kubernetes', { data, vpc });
 * const role = platform.addWorkloadRole('Churn', { namespace: 'models', serviceAccount: 'churn' });
 * data.grantRead(role);
 */
export class KubernetesPlatform extends Construct implements IKubernetesPlatform {
  /** A cluster that exists; EKS Pod Identity must work in it, as it does in Auto Mode. */
  public static fromClusterAttributes(
    scope: Construct, id: string, attributes: KubernetesPlatformAttributes,
  ): IKubernetesPlatform {
    return new ImportedPlatform(scope, id, attributes);
  }

  public readonly clusterName: string;
  public readonly clusterArn: string;
  public readonly connections: ec2.Connections;
  /** Address of the Kubernetes API, which only the network reaches. */
  public readonly clusterEndpoint: string;
  /** Role of EKS itself. */
  public readonly clusterRole: iam.IRole;
  /** Role of the nodes: it pulls images of Amazon ECR and no more, since pods have roles of their own. */
  public readonly nodeRole: iam.IRole;

  public constructor(scope: Construct, id: string, props: KubernetesPlatformProps) {
    super(scope, id);
    watchRegion(this);
    const who = speakerFor('kubernetes platform', scope, id);
    requireParts(who, props, 'data');
    const version = props.version ?? '1.36';
    requireMatch(who, 'version', version, /^1\.\d{2}$/, 'a version of Kubernetes like 1.36');
    const removalPolicy = statefulRemoval(this, who, props.removalPolicy);
    const stack = Stack.of(this);
    const name = stableName(this, undefined, LONGEST_NAME);
    const { encryptionKey } = props.data;

    const clusterRole = newRole(this, 'ClusterRole', CLUSTER_POLICIES,
      ofThisAccount(this, 'eks.amazonaws.com').withSessionTags());
    encryptionKey.grant(clusterRole, 'kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:ListGrants');
    const nodeRole = newRole(this, 'NodeRole', NODE_POLICIES, new iam.ServicePrincipal('ec2.amazonaws.com'));
    // EKS would make it without key and retention.
    const logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName: `/aws/eks/${name}/cluster`,
      encryptionKey,
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy,
    });

    const cluster = new eks.CfnCluster(this, 'Cluster', {
      name,
      version,
      roleArn: clusterRole.roleArn,
      resourcesVpcConfig: {
        subnetIds: subnetsOf(who, props),
        endpointPrivateAccess: true,
        endpointPublicAccess: false,
      },
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
      encryptionConfig: [{ resources: ['secrets'], provider: { keyArn: encryptionKey.keyArn } }],
      logging: {
        clusterLogging: {
          enabledTypes: ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'].map((type) => ({ type })),
        },
      },
      upgradePolicy: { supportType: props.extendedSupport ? 'EXTENDED' : 'STANDARD' },
      // Auto Mode is these four, on or off together.
      bootstrapSelfManagedAddons: false,
      computeConfig: { enabled: true, nodePools: ['general-purpose', 'system'], nodeRoleArn: nodeRole.roleArn },
      kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
      storageConfig: { blockStorage: { enabled: true } },
    });
    acknowledge(cluster, { id: 'CloudFormation-Validate::W9009', reason: 'the API of EKS documents no other way to say that secrets are encrypted' });
    cluster.applyRemovalPolicy(removalPolicy);
    cluster.node.addDependency(logGroup);
    afterPolicies(cluster, clusterRole);

    this.clusterName = cluster.ref;
    this.clusterArn = cluster.attrArn;
    this.clusterEndpoint = cluster.attrEndpoint;
    this.clusterRole = clusterRole;
    this.nodeRole = nodeRole;
    this.connections = apiConnections(this, cluster.attrClusterSecurityGroupId);
    for (const role of props.adminRoles ?? []) {
      // Named for its role, so that one who leaves changes nothing for the others.
      new eks.CfnAccessEntry(this, `Admin-${Names.nodeUniqueId(role.node)}`, {
        clusterName: this.clusterName,
        principalArn: role.roleArn,
        accessPolicies: [{
          policyArn: `arn:${stack.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
          accessScope: { type: 'cluster' },
        }],
      });
    }
    for (const role of [clusterRole, nodeRole]) sharesRemoval(role, removalPolicy);
  }

  public addWorkloadRole(id: string, workload: WorkloadIdentity): iam.Role {
    return newWorkloadRole(this, id, workload);
  }
}

class ImportedPlatform extends Construct implements IKubernetesPlatform {
  public readonly clusterName: string;
  public readonly clusterArn: string;
  public readonly connections: ec2.Connections;

  public constructor(scope: Construct, id: string, attributes: KubernetesPlatformAttributes) {
    super(scope, id);
    const who = speakerFor('kubernetes platform', scope, id);
    const { clusterName, clusterSecurityGroupId } = attributes;
    requireTexts(who, attributes, { clusterName: 'text', clusterSecurityGroupId: 'text' });
    requireMatch(who, 'clusterName', clusterName, /^[0-9A-Za-z][\w-]{0,99}$/,
      'letters, digits, hyphens and underscores, at most 100, as EKS names a cluster');
    requireMatch(who, 'clusterSecurityGroupId', clusterSecurityGroupId, /^sg-[0-9a-f]{8,17}$/,
      'the id of a security group, sg-0123456789abcdef0');
    this.clusterName = clusterName;
    this.clusterArn = Stack.of(this).formatArn({
      service: 'eks', resource: 'cluster', resourceName: clusterName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    this.connections = apiConnections(this, clusterSecurityGroupId);
  }

  public addWorkloadRole(id: string, workload: WorkloadIdentity): iam.Role {
    return newWorkloadRole(this, id, workload);
  }
}

/** Role of one service account, and its association with it. */
function newWorkloadRole(platform: IKubernetesPlatform, id: string, workload: WorkloadIdentity): iam.Role {
  const who = speakerFor('workload role', platform, id);
  const { namespace, serviceAccount } = workload;
  requireTexts(who, workload, { namespace: 'text', serviceAccount: 'text' });
  requireMatch(who, 'namespace', namespace, LABEL, 'lower-case letters, digits and inner hyphens, at most 63');
  requireMatch(who, 'serviceAccount', serviceAccount, SUBDOMAIN,
    'lower-case letters, digits and inner hyphens and dots, at most 253');
  const role = new iam.Role(platform, id, {
    description: `Pods of ${pathText(platform)}: one service account`,
    // The tags that EKS puts on the session: the role opens nothing to another cluster, namespace or service account.
    // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    assumedBy: new iam.ServicePrincipal('pods.eks.amazonaws.com', {
      conditions: {
        StringEquals: {
          'aws:SourceAccount': Stack.of(platform).account,
          'aws:RequestTag/eks-cluster-name': platform.clusterName,
          'aws:RequestTag/kubernetes-namespace': namespace,
          'aws:RequestTag/kubernetes-service-account': serviceAccount,
        },
      },
    }).withSessionTags(),
  });
  acknowledgePolicies(role, []);
  new eks.CfnPodIdentityAssociation(role, 'Association', {
    clusterName: platform.clusterName, namespace, serviceAccount, roleArn: role.roleArn,
  });
  return role;
}

/** Port 443 of the security group that EKS makes for control plane and nodes. */
function apiConnections(scope: Construct, securityGroupId: string): ec2.Connections {
  return new ec2.Connections({
    securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(scope, 'SecurityGroup', securityGroupId)],
    defaultPort: ec2.Port.tcp(443),
  });
}

function subnetsOf(who: Speaker, { vpc, vpcSubnets }: KubernetesPlatformProps): string[] {
  const usual = vpc.privateSubnets.length > 0 ? vpc.privateSubnets : vpc.isolatedSubnets;
  const { availabilityZones, subnetIds, subnets } = vpc.selectSubnets(vpcSubnets ?? { subnets: usual });
  requireSubnets(who, 'vpcSubnets', subnets, vpc);
  if (new Set(availabilityZones).size < 2) {
    refuseBecause(who, 'vpcSubnets must be in two zones: the control plane of EKS asks for two');
  }
  return subnetIds;
}

function newRole(scope: Construct, id: string, policies: readonly string[], assumedBy: iam.IPrincipal): iam.Role {
  const role = new iam.Role(scope, id, {
    description: `Cluster of ${pathText(scope)}: ${id === 'NodeRole' ? 'its nodes' : 'EKS itself'}`,
    assumedBy,
    managedPolicies: policies.map((each) => iam.ManagedPolicy.fromAwsManagedPolicyName(each)),
  });
  acknowledgePolicies(role, []);
  for (const policy of policies) {
    acknowledge(role, {
      id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`,
      reason: 'EKS Auto Mode is documented with these policies only, and AWS changes them with what the service does',
    });
  }
  return role;
}

/** Longest name of a cluster. */
const LONGEST_NAME = 100;

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html */
const CLUSTER_POLICIES = [
  'AmazonEKSBlockStoragePolicy', 'AmazonEKSClusterPolicy', 'AmazonEKSComputePolicy', 'AmazonEKSLoadBalancingPolicy',
  'AmazonEKSNetworkingPolicy',
];

/** https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html */
const NODE_POLICIES = ['AmazonEC2ContainerRegistryPullOnly', 'AmazonEKSWorkerNodeMinimalPolicy'];
