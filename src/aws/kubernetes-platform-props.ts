import { aws_ec2 as ec2, aws_iam as iam, RemovalPolicy } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { IDataLake } from './data-lake-props';

/** A cluster of Amazon EKS that workloads run on; its `connections` are those of the Kubernetes API, port 443. */
export interface IKubernetesPlatform extends IConstruct, ec2.IConnectable {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** ARN of the cluster. */
  readonly clusterArn: string;
  /**
   * A role for the pods of one service account, by EKS Pod Identity. Only pods of that service account in that cluster
   * can use it. The service account itself is made by whoever deploys the workload; it needs no annotation.
   *
   * @param id id of the construct below the platform
   */
  addWorkloadRole(id: string, workload: WorkloadIdentity): iam.Role;
}

/** The service account of a workload. */
export interface WorkloadIdentity {
  /** Namespace of Kubernetes: lower-case letters, digits and hyphens, at most 63. */
  readonly namespace: string;
  /** Name of the service account: lower-case letters, digits, hyphens and dots, at most 253. */
  readonly serviceAccount: string;
}

/** A cluster of Amazon EKS in Auto Mode. */
export interface KubernetesPlatformProps {
  /** The lake, whose key encrypts the secrets of Kubernetes and the logs of the control plane. */
  readonly data: IDataLake;
  /** Network of control plane, nodes and pods. */
  readonly vpc: ec2.IVpc;
  /**
   * Subnets in two zones at least. Nodes in isolated subnets need the VPC endpoints that EKS names for a cluster
   * without internet access.
   *
   * @default - the private subnets, or the isolated ones where there are none
   * @see https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Version of Kubernetes, `1.36`. A later one upgrades the cluster in place, one minor version at a time; none can go
   * back.
   *
   * @default '1.36'
   * @see https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
   */
  readonly version?: string;
  /**
   * Whether the version is kept beyond its 14 months of standard support, which costs six times the price of the control
   * plane. Without it AWS upgrades a cluster at the end of standard support.
   *
   * @default false
   */
  readonly extendedSupport?: boolean;
  /**
   * Roles that administer everything in the cluster. Whoever deploys the stack is none of them.
   *
   * @default - none: access entries are made by whoever may call eks:CreateAccessEntry
   */
  readonly adminRoles?: iam.IRole[];
  /**
   * Removal policy of the cluster and of the roles it cannot work without. DESTROY needs the context flag
   * `mlops:allowDestroy`.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Attributes of an existing cluster. */
export interface KubernetesPlatformAttributes {
  /** Name of the cluster, in the account and region of the stack. */
  readonly clusterName: string;
  /** Id of the security group that EKS made for control plane and nodes, `sg-0123456789abcdef0`. */
  readonly clusterSecurityGroupId: string;
}
