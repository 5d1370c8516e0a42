import { aws_ec2 as ec2, aws_iam as iam, RemovalPolicy } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { IConnection } from './connection-props';
import { IDataLake } from './data-lake-props';
import { IExperimentTracker } from './experiment-tracker-props';
import { WorkspaceIntent } from '../core/workspace';

/** Notebooks that a product's people work in: what a blueprint needs of them. */
export interface IWorkspace extends IConstruct {
  /** The role of notebooks and of the jobs that are started in them; it is granted what people need. */
  readonly executionRole: iam.IRole;
  /** The network; training jobs and endpoints may be in it too. */
  readonly vpc: ec2.IVpc;
}

/** Attributes of an existing workspace. */
export interface WorkspaceAttributes {
  /** The role of its notebooks. */
  readonly executionRole: iam.IRole;
  /** Its network. */
  readonly vpc: ec2.IVpc;
}

/** Notebooks on AWS, without what a blueprint connects them to. */
export interface WorkspaceOptions extends WorkspaceIntent {
  /**
   * More variables of every notebook, by name. All get `MLOPS_RAW_BUCKET`, `MLOPS_FEATURE_BUCKET`,
   * `MLOPS_ARTIFACT_BUCKET` and `MLOPS_DATABASE` of the lake and those of the tracker. No secrets: who may open a
   * notebook can read them.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
  /**
   * Systems that notebooks use: their variables are set in every kernel, references to their secrets too, and the role
   * of the notebooks may read these. More can follow with `addConnection`.
   *
   * @default - none
   */
  readonly connections?: IConnection[];
  /**
   * A network of yours; it must reach SageMaker, STS, CloudWatch, ECR, KMS and S3 by endpoints or by NAT. A domain
   * cannot change its network.
   *
   * @default - a new network of two subnets without any route to the internet
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Subnets of the network that notebooks are in; public ones do not work.
   *
   * @default - the isolated subnets, or the private ones where there are none
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * Addresses of the new network; a network cannot change its addresses.
   *
   * @default '10.0.0.0/16'
   */
  readonly vpcCidr?: string;
  /**
   * The two zones of the new network. Give them where the first two of the region lack a service.
   *
   * @default - the first two zones that the region has for the account
   */
  readonly availabilityZones?: string[];
  /**
   * Services that the new network reaches. Each costs about 15 USD a month in two zones, and what has none cannot be
   * reached.
   *
   * @default Workspace.neededEndpoints() - none with `internetAccess`
   * @see https://aws.amazon.com/privatelink/pricing/
   */
  readonly interfaceEndpoints?: ec2.InterfaceVpcEndpointAwsService[];
  /**
   * Whether notebooks reach the internet through a network of SageMaker's. Decide it once, at level 0: a domain that
   * changes is replaced.
   *
   * @default false
   */
  readonly internetAccess?: boolean;
  /**
   * Machine types that a notebook may run on, the first being the one it starts with; all others are denied to the
   * notebooks' role.
   *
   * @default - ml.t3.medium, ml.t3.large, ml.t3.xlarge, ml.m5.large, ml.m5.xlarge, ml.m5.2xlarge
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/notebooks-available-instance-types.html
   */
  readonly instanceTypes?: string[];
  /**
   * Largest disk of a notebook, in GiB, 5 to 16384; it starts with 5.
   *
   * @default 100
   */
  readonly maxVolumeGiB?: number;
  /**
   * A role of yours that notebooks run with. It must trust `sagemaker.amazonaws.com` for `sts:AssumeRole` and
   * `sts:SetSourceIdentity`; it gets the grants of the lake, what else it may do is yours.
   *
   * @default - a new role that may run notebooks and jobs and use the lake
   */
  readonly executionRole?: iam.IRole;
  /**
   * Removal policy of domain, profiles, network and role when the stack goes; the interface endpoints always go.
   * Deleting a domain deletes the disks of its notebooks, and fails while notebooks run: stop them with
   * `aws sagemaker delete-app` and `delete-space` first.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Properties of a `Workspace` on AWS. */
export interface WorkspaceProps extends WorkspaceOptions {
  /**
   * The lake that notebooks read, and whose key encrypts their volumes. They write raw data and, of the artifacts, what
   * is below `notebooks/` and `training/notebooks/`, where a version may be registered from; never the files of
   * versions that pipelines made. More: `data.grantReadWrite(workspace.executionRole, 'experiments/')`.
   */
  readonly data: IDataLake;
  /**
   * The tracker that notebooks record their runs in: they may use it, and MLflow finds it by the variables that it
   * gives.
   *
   * @default - none: grant its use to `executionRole` yourself
   */
  readonly tracking?: IExperimentTracker;
}
