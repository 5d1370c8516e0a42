import { aws_ec2 as ec2, aws_iam as iam, aws_sagemaker as sagemaker, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IConnection } from './connection-props';
import { IDataLake } from './data-lake-props';
import { ImportedWorkspace } from './imported-workspace';
import { ResolvedWorkspace, resolvedWorkspace, SHORTEST_IDLE_MINUTES } from '../core/private/resolve/workspace';
import { refuse, Speaker, speakerFor } from '../core/private/validation';
import { acknowledgeInlinePolicy, acknowledgeWildcards } from './private/base/acknowledge';
import { ofThisAccount } from './private/base/confused-deputy';
import { ConnectedPlace, connectedEnvironment, connectPlace } from './private/base/connections';
import { pathText, stableName } from './private/base/names';
import { requireSubnets } from './private/base/network-interfaces';
import { afterPolicies } from './private/base/ordering';
import { requireParts } from './private/base/parts';
import { requireOwnRole } from './private/base/places';
import { watchRegion } from './private/base/regions';
import { grantObjects, grantPeoplesArtifacts } from './private/data/bucket-access';
import { sharesRemoval, statefulRemoval } from './private/data/removal';
import { shieldFromTags } from './private/data/tag-shield';
import { checkWorkspace, subnetsOf } from './private/workspace/checks';
import { lakeVariables, NotebookApp, notebookEnvironment } from './private/workspace/environment';
import { IsolatedNetwork } from './private/workspace/isolated-network';
import { NOTEBOOK_WILDCARDS, NotebookReach, notebookStatements } from './private/workspace/permissions';
import { IWorkspace, WorkspaceAttributes, WorkspaceProps } from './workspace-props';

/**
 * Notebooks (JupyterLab and Code Editor) in a SageMaker Studio domain whose network has no way to the internet.
 *
 * People sign in through IAM: give them `grantOpen`. They share one role; CloudTrail records the profile's name as the
 * source identity. There is no EFS home, whose leftovers make stacks impossible to delete: every notebook has an
 * encrypted disk of its own. Neither the domain nor the profiles get tags, because a changed tag would replace them.
 *
 * Children: `Resource` is the domain, `User-<name>` a profile, `Network` the network, `SecurityGroup`, `ExecutionRole`,
 * and `Start-JupyterLab` and `Start-CodeEditor` the scripts that set variables. Costs: the endpoints, about 165 USD a
 * month while the network is there; notebooks by the hour while they run and their disks always.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { aws } from 'mlops-constructs';
 *
 * declare const stack: Stack;
 *
 * const data = new aws.DataLake(stack, 'Data');
 * new aws.Workspace(stack, 'Workspace', { data, users: ['alice', 'bob'], idleShutdownMinutes: 60 });
 */
export class Workspace extends Construct implements IWorkspace {
  /** A workspace that another stack, or another tool, has made. */
  public static fromAttributes(scope: Construct, id: string, attributes: WorkspaceAttributes): IWorkspace {
    return new ImportedWorkspace(scope, id, attributes);
  }

  /**
   * The services that notebooks and jobs call: SageMaker (API, runtime, feature store, Studio, MLflow), STS, CloudWatch
   * logs and metrics, ECR, KMS.
   *
   * For more, `interfaceEndpoints: [...Workspace.neededEndpoints(), ec2.InterfaceVpcEndpointAwsService.ATHENA]`.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/interface-vpc-endpoint.html
   */
  public static neededEndpoints(): ec2.InterfaceVpcEndpointAwsService[] {
    const service = ec2.InterfaceVpcEndpointAwsService;
    return [
      service.SAGEMAKER_API,
      service.SAGEMAKER_RUNTIME,
      service.SAGEMAKER_FEATURESTORE_RUNTIME,
      service.SAGEMAKER_STUDIO,
      service.SAGEMAKER_EXPERIMENTS,
      service.STS,
      service.CLOUDWATCH_LOGS,
      service.CLOUDWATCH_MONITORING,
      service.ECR,
      service.ECR_DOCKER,
      service.KMS,
    ];
  }

  /** The network; training jobs and endpoints may be in it too. */
  public readonly vpc: ec2.IVpc;
  /** Admits notebooks to each other and lets them call AWS services. */
  public readonly securityGroup: ec2.ISecurityGroup;
  /** The role of notebooks and of the jobs that are started in them; grant it what people need. */
  public readonly executionRole: iam.IRole;
  /** Id of the domain, `d-…`. */
  public readonly domainId: string;
  /** ARN of the domain. */
  public readonly domainArn: string;
  /** Names of the profiles. */
  public readonly users: string[];

  private readonly who: Speaker;
  private readonly place: ConnectedPlace;
  private readonly variables: { readonly [whose: string]: { readonly [name: string]: string } | undefined };
  private readonly connected: IConnection[] = [];

  public constructor(scope: Construct, id: string, props: WorkspaceProps) {
    super(scope, id);
    watchRegion(this);
    const who: Speaker = (this.who = speakerFor('workspace', scope, id));
    requireParts(who, props, 'data');
    const { users, idleShutdownMinutes } = resolvedWorkspace(who, props);
    checkWorkspace(who, props);
    requireOwnRole(this, who, 'executionRole', props.executionRole);
    const removalPolicy = statefulRemoval(this, who, props.removalPolicy);
    this.users = users;

    this.vpc = props.vpc ?? this.newNetwork(props, removalPolicy).vpc;
    const { subnetIds, subnets } = this.vpc.selectSubnets(props.vpcSubnets ?? subnetsOf(who, this.vpc));
    requireSubnets(who, 'vpcSubnets', subnets, this.vpc);
    this.securityGroup = this.newSecurityGroup(removalPolicy);
    const instanceTypes = props.instanceTypes ?? SMALL_MACHINES;
    const reach = { instanceTypes, subnetIds: props.internetAccess ? undefined : subnetIds };
    this.executionRole = props.executionRole ?? this.newRole(reach, removalPolicy);
    this.grantData(props.data);
    props.tracking?.grantUse(this.executionRole);
    this.place = {
      network: props.internetAccess ? undefined : { vpc: this.vpc, subnetIds, securityGroups: [this.securityGroup] },
      remedy: 'leave internetAccess out',
    };
    this.variables = {
      'the lake': lakeVariables(props.data),
      'tracking': props.tracking?.environment,
      'environment': props.environment,
    };
    for (const connection of props.connections ?? []) this.addConnection(connection);

    const app = { idleShutdownMinutes, instanceType: instanceTypes[0], removalPolicy };
    const shared = {
      executionRole: this.executionRole.roleArn,
      securityGroups: [this.securityGroup.securityGroupId],
      spaceStorageSettings: { defaultEbsStorageSettings: { defaultEbsVolumeSizeInGb: 5, maximumEbsVolumeSizeInGb: props.maxVolumeGiB ?? 100 } },
      jupyterLabAppSettings: this.appSettings('JupyterLab', app),
    };
    const domain = shieldFromTags(new sagemaker.CfnDomain(this, 'Resource', {
      domainName: stableName(this, undefined, NAME_LENGTH),
      authMode: 'IAM',
      appNetworkAccessType: props.internetAccess ? 'PublicInternetOnly' : 'VpcOnly',
      vpcId: this.vpc.vpcId,
      subnetIds,
      kmsKeyId: props.data.encryptionKey.keyArn,
      homeEfsFileSystemCreation: 'Disabled',
      domainSettings: { executionRoleIdentityConfig: 'USER_PROFILE_NAME', dockerSettings: { enableDockerAccess: 'DISABLED' } },
      defaultSpaceSettings: shared,
      defaultUserSettings: {
        ...shared,
        autoMountHomeEfs: 'Disabled',
        codeEditorAppSettings: this.appSettings('CodeEditor', app),
        defaultLandingUri: 'studio::',
        studioWebPortal: 'ENABLED',
        studioWebPortalSettings: { hiddenAppTypes: NEED_A_HOME_OR_ARE_CLOSED },
        sharingSettings: { notebookOutputOption: 'Disabled' },
      },
    }));
    domain.applyRemovalPolicy(removalPolicy);
    afterPolicies(domain, this.executionRole);
    this.domainId = domain.attrDomainId;
    this.domainArn = domain.attrDomainArn;
    for (const userProfileName of this.users) {
      shieldFromTags(
        new sagemaker.CfnUserProfile(this, `User-${userProfileName}`, { domainId: this.domainId, userProfileName }),
      ).applyRemovalPolicy(removalPolicy);
    }
  }

  /**
   * Lets a person (the role they sign in with) open the notebooks of one profile in the browser.
   *
   * @param grantee the person
   * @param user name of the profile, one of `users`
   */
  public grantOpen(grantee: iam.IGrantable, user: string): iam.Grant {
    if (!this.users.includes(user)) {
      refuse(speakerFor('workspace', this), 'user', user, `one of ${this.users.join(', ')}`);
    }
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['sagemaker:CreatePresignedDomainUrl', 'sagemaker:DescribeUserProfile'],
      resourceArns: [Stack.of(this).formatArn({ service: 'sagemaker', resource: 'user-profile', resourceName: `${this.domainId}/${user}` })],
    });
  }

  /**
   * Connects the notebooks to a system, as `connections` does, after they have been made: a system that the stack hosts
   * may stand in their network. Notebooks that run get its variables when they are started again.
   */
  public addConnection(connection: IConnection): void {
    connectPlace(this, this.who, [connection], this.place);
    connectedEnvironment(this.who, [...this.connected, connection], this.variables);
    this.connected.push(connection);
    connection.grantUse(this.executionRole);
  }

  private newNetwork(props: WorkspaceProps, removalPolicy: RemovalPolicy): IsolatedNetwork {
    return new IsolatedNetwork(this, 'Network', {
      cidr: props.vpcCidr ?? '10.0.0.0/16',
      availabilityZones: props.availabilityZones,
      interfaceEndpoints: props.interfaceEndpoints ?? (props.internetAccess ? [] : Workspace.neededEndpoints()),
      encryptionKey: props.data.encryptionKey,
      removalPolicy,
    });
  }

  private newSecurityGroup(removalPolicy: RemovalPolicy): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: this.vpc, description: 'Notebooks, and jobs that are started in them', allowAllOutbound: false,
    });
    // https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html
    group.connections.allowInternally(ec2.Port.tcpRange(8192, 65535), 'Between a notebook and its kernels');
    // Anywhere, because the addresses of S3 behind its endpoint are not in the network; without a route nothing else is
    // reached.
    group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'Calls to AWS services');
    sharesRemoval(group, removalPolicy);
    return group;
  }

  private newRole(reach: NotebookReach, removalPolicy: RemovalPolicy): iam.Role {
    const service = ofThisAccount(this, 'sagemaker.amazonaws.com');
    const role = new iam.Role(this, 'ExecutionRole', {
      assumedBy: service,
      description: `Notebooks of ${pathText(this)}`,
    });
    // The name of the profile goes with the session into CloudTrail.
    role.assumeRolePolicy!.addStatements(
      new iam.PolicyStatement({ actions: ['sts:SetSourceIdentity'], principals: [service] }),
    );
    const statements = notebookStatements(this, role, reach);
    statements.forEach((statement) => role.addToPolicy(statement));
    acknowledgeWildcards(role, NOTEBOOK_WILDCARDS, ...statements);
    acknowledgeInlinePolicy(role);
    sharesRemoval(role, removalPolicy);
    return role;
  }

  /**
   * Raw data to work on, folders for what comes of it, and everything else to read: features are written through the
   * feature store.
   */
  private grantData(data: IDataLake): void {
    const { encryptionKey } = data;
    grantObjects(this.executionRole, { bucket: data.rawBucket, encryptionKey, may: ['read', 'write'] });
    grantObjects(this.executionRole, { bucket: data.artifactBucket, encryptionKey, may: ['read'] });
    grantPeoplesArtifacts(this.executionRole, data);
    grantObjects(this.executionRole, { bucket: data.featureBucket, encryptionKey, may: ['read'] });
    data.grantReadCatalog(this.executionRole);
    encryptionKey.grant(
      this.executionRole,
      'kms:DescribeKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    );
    iam.Grant.addToPrincipal({
      grantee: this.executionRole,
      actions: ['kms:CreateGrant'],
      resourceArns: [encryptionKey.keyArn],
      conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    });
  }

  private appSettings(app: NotebookApp, settings: AppSettings): sagemaker.CfnDomain.JupyterLabAppSettingsProperty {
    const { idleShutdownMinutes: idleTimeoutInMinutes, instanceType, removalPolicy } = settings;
    const start = notebookEnvironment(this, app, () => ({
      ...Object.assign({}, ...Object.values(this.variables)) as { [name: string]: string },
      ...connectedEnvironment(this.who, this.connected, this.variables),
    }), removalPolicy);
    return {
      defaultResourceSpec: { instanceType, lifecycleConfigArn: start },
      lifecycleConfigArns: [start],
      appLifecycleManagement: {
        idleSettings: {
          lifecycleManagement: 'ENABLED',
          idleTimeoutInMinutes,
          minIdleTimeoutInMinutes: SHORTEST_IDLE_MINUTES,
          maxIdleTimeoutInMinutes: idleTimeoutInMinutes,
        },
      },
    };
  }
}

/** Settings that all kinds of notebook share. */
interface AppSettings extends Pick<ResolvedWorkspace, 'idleShutdownMinutes'> {
  readonly instanceType: string;
  readonly removalPolicy: RemovalPolicy;
}

const NAME_LENGTH = 63;

/** Enough for exploring; training is a job on machines of its own. */
const SMALL_MACHINES = ['ml.t3.medium', 'ml.t3.large', 'ml.t3.xlarge', 'ml.m5.large', 'ml.m5.xlarge', 'ml.m5.2xlarge'];

/**
 * Studio Classic needs an EFS home; the profiler is closed to new accounts; Canvas and RStudio have licences of their
 * own.
 */
const NEED_A_HOME_OR_ARE_CLOSED = ['JupyterServer', 'DetailedProfiler', 'Canvas', 'RStudioServerPro'];
