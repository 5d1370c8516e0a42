import { ProjectIamCustomRole } from '@cdktf/provider-google/lib/project-iam-custom-role';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { WorkbenchInstance } from '@cdktf/provider-google/lib/workbench-instance';
import { WorkbenchInstanceIamMember } from '@cdktf/provider-google/lib/workbench-instance-iam-member';
import { Construct } from 'constructs';
import { GoogleProject } from './google-project';
import { Grant } from './grant';
import { ImportedWorkspace } from './imported-workspace';
import { NotebookMachine } from './notebook-machine';
import { IPrincipal, Principal } from './principal';
import { once } from '../terraform/once';
import { lastingName } from './private/base/lasting-names';
import { grantInProject } from './private/base/project-roles';
import { newPackageIndex, PackageIndex } from './private/workspace/packages';
import { SCRIPTS, startScript } from './private/workspace/start-script';
import { ServiceAccount } from './service-account';
import { IServiceAccount } from './service-account-props';
import { stableName } from '../terraform/names';
import { mayDestroy } from '../terraform/removal';
import {
  connectedVariables,
  grantConnections,
  requireReachedFromNetwork,
  withReferences,
} from './private/base/connections';
import { grantOnce } from './private/base/grants';
import { after } from './private/base/ordering';
import { OF_PEOPLE } from './private/data/bucket-access';
import { CHANGED_BY_WORKBENCH, NOTEBOOK_ROLES } from './private/workspace/workbench';
import { IWorkspace, WorkspaceAttributes, WorkspaceProps } from './workspace-props';
import { datasetPrefixOf } from '../core/private/resolve/training';
import { ResolvedWorkspace, resolvedWorkspace } from '../core/private/resolve/workspace';
import { refuse, refuseBecause, Speaker, speakerFor } from '../core/private/validation';
import { checkWorkspace } from './private/workspace/checks';

/**
 * One notebook (JupyterLab on a Workbench instance) for each user, in the project's private network, without a public
 * address and without root.
 *
 * Each has a service account of its own, because who may act as it may open the notebook, and because audit logs name
 * it. It reads the lake, writes some folders, queries BigQuery and runs Vertex AI jobs as itself. Without a route to
 * the internet `pip` reaches nothing, unless `pythonPackages` gives it a mirror.
 *
 * Children: `User-<name>` the notebook, `ServiceAccount-<name>`, `Start` the script that sets variables, `Opener` the
 * role of who opens, `Packages` the mirror of PyPI. Costs: a machine by the hour while it runs; two disks always, about
 * 25 USD a month for each notebook.
 *
 * @see https://cloud.google.com/vertex-ai/docs/workbench/instances/introduction
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { gcp, Accelerator } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new gcp.DataLake(stack, 'Data');
 * new gcp.Workspace(stack, 'Workspace', {
 *   data,
 *   users: ['alice'],
 *   idleShutdownMinutes: 60,
 *   machine: gcp.NotebookMachine.gpu(Accelerator.NVIDIA_T4),
 * });
 */
export class Workspace extends Construct implements IWorkspace {
  /** A workspace that another stack, or another tool, has made. */
  public static fromAttributes(scope: Construct, id: string, attributes: WorkspaceAttributes): IWorkspace {
    return new ImportedWorkspace(scope, id, attributes);
  }

  /** Names of the notebooks' users. */
  public readonly users: string[];
  /** The identities of all notebooks, in the order of `users`: grant them what people need. */
  public readonly serviceAccounts: IServiceAccount[];
  private readonly who: Speaker;
  private readonly owners: { readonly [user: string]: string };
  private readonly notebooks = new Map<string, WorkbenchInstance>();

  public constructor(scope: Construct, id: string, props: WorkspaceProps) {
    super(scope, id);
    this.who = speakerFor('workspace', scope, id);
    const resolved = resolvedWorkspace(this.who, props);
    this.users = resolved.users;
    this.owners = props.owners ?? {};
    const project = GoogleProject.of(this);
    checkWorkspace(this.who, props, this.users, project.region);
    const isDestroyable = mayDestroy(this, this.who, props.removalPolicy);

    requireReachedFromNetwork(this.who, props.connections, () => project.network);
    const packages = props.pythonPackages ? newPackageIndex(this, props.data.encryptionKey) : undefined;
    const settings = { ...props, ...resolved };
    const start = this.newStart(settings, packages);
    this.serviceAccounts = this.users.map((user) => this.newIdentity(user, settings, start, packages, isDestroyable));
    for (const [user, email] of Object.entries(this.owners)) this.grant(Principal.user(email), user);
  }

  /**
   * The identity of one notebook: what its code may do.
   *
   * @param user one of `users`
   */
  public serviceAccountOf(user: string): IServiceAccount {
    return this.serviceAccounts[this.indexOf(user)];
  }

  /**
   * Host of one notebook in the browser, known after the first apply; who may not open it is turned away.
   *
   * @param user one of `users`
   */
  public addressOf(user: string): string {
    return this.notebooks.get(this.users[this.indexOf(user)])!.proxyUri;
  }

  /**
   * Lets a person or a group open one notebook in the browser, and start and stop it. Who opens it can do all that its
   * service account can do.
   *
   * @param principal who may
   * @param user one of `users`, one without an owner
   */
  public grantOpen(principal: IPrincipal, user: string): Grant {
    this.indexOf(user);
    const owner = this.owners[user];
    if (owner !== undefined) {
      return refuseBecause(
        this.who,
        `the notebook of '${user}' belongs to ${owner}, and Workbench lets only the owner open it: leave it out of owners, or grant another`,
      );
    }
    return this.grant(principal, user);
  }

  private grant(principal: IPrincipal, user: string): Grant {
    const project = GoogleProject.of(this);
    const notebook = this.notebooks.get(user)!;
    const opens = grantOnce(
      this,
      principal,
      `open-${user}`,
      (scope, id) =>
        new WorkbenchInstanceIamMember(scope, id, {
          project: project.projectId,
          location: notebook.location,
          name: notebook.name,
          role: this.opener().name,
          member: principal.member,
        }),
    );
    return Grant.all([opens, this.serviceAccountOf(user).grantActAs(principal)]);
  }

  /** Google's own roles that can start a notebook can delete it as well. */
  private opener(): ProjectIamCustomRole {
    return once(
      this,
      'Opener',
      (id) =>
        new ProjectIamCustomRole(this, id, {
          project: GoogleProject.of(this).projectId,
          roleId: lastingName(this, id, { maxLength: 64, separator: '_' }),
          title: `Opens notebooks of ${this.node.path}`.slice(0, 100),
          permissions: [
            'notebooks.instances.get',
            'notebooks.instances.getHealth',
            'notebooks.instances.start',
            'notebooks.instances.stop',
          ],
          dependsOn: after(GoogleProject.of(this)._api('iam', 'notebooks')),
        }),
    );
  }

  private newStart(props: NotebookSettings, packages: PackageIndex | undefined): StorageBucketObject {
    const { data, tracking } = props;
    const project = GoogleProject.of(this);
    const connected = connectedVariables(this.who, props.connections, {
      tracking: tracking?.environment,
      environment: props.environment,
    });
    return new StorageBucketObject(this, 'Start', {
      bucket: data.artifactBucketName,
      // Root runs it at every start of every notebook: no notebook may write here.
      name: `${SCRIPTS}${stableName(this, undefined, { maxLength: 63, separator: '-' })}/start.sh`,
      contentType: 'text/x-shellscript',
      content: startScript({
        MLOPS_PROJECT: project.projectId,
        MLOPS_REGION: project.region,
        MLOPS_RAW_BUCKET: data.rawBucketName,
        MLOPS_ARTIFACT_BUCKET: data.artifactBucketName,
        MLOPS_FEATURE_DATASET: data.featureDatasetId,
        MLOPS_CAPTURE_DATASET: data.captureDatasetId,
        ...(packages === undefined ? {} : { PIP_INDEX_URL: packages.indexUrl }),
        ...tracking?.environment,
        ...withReferences(connected),
        ...props.environment,
      }, { tokenAudience: tracking?.trackingUri, packageHost: packages?.host, secrets: connected.secrets }),
    });
  }

  private newIdentity(
    user: string,
    props: NotebookSettings,
    start: StorageBucketObject,
    packages: PackageIndex | undefined,
    isDestroyable: boolean,
  ): IServiceAccount {
    const account = new ServiceAccount(this, `ServiceAccount-${user}`, {
      displayName: `Notebook of ${user}, ${this.node.path}`,
    });
    const grants = [
      props.data.grantRead(account),
      ...(props.writablePrefixes ?? [datasetPrefixOf({}), ...OF_PEOPLE]).map((prefix) =>
        props.data.grantReadWrite(account, prefix),
      ),
      ...NOTEBOOK_ROLES.map((role) => grantInProject(this, account, role)),
      account.grantActAs(account),
      ...(props.tracking === undefined ? [] : [props.tracking.grantUse(account)]),
      ...grantConnections(props.connections, account),
      ...(packages === undefined ? [] : [packages.grantRead(account)]),
    ];
    this.notebooks.set(user, this.newNotebook(user, account, Grant.all(grants), props, start, isDestroyable));
    return account;
  }

  private newNotebook(
    user: string,
    account: IServiceAccount,
    permissions: Grant,
    props: NotebookSettings,
    start: StorageBucketObject,
    isDestroyable: boolean,
  ): WorkbenchInstance {
    const project = GoogleProject.of(this);
    const { network } = project;
    const key = props.data.encryptionKey;
    const machine = props.machine ?? NotebookMachine.cpu('e2-standard-4');
    const accelerator = machine._accelerator;
    const disk = { diskType: 'PD_BALANCED', diskEncryption: 'CMEK', kmsKey: key.keyId };
    const owner = this.owners[user];
    return new WorkbenchInstance(this, `User-${user}`, {
      name: stableName(this, user, { maxLength: 63, separator: '-' }),
      project: project.projectId,
      location: props.zone ?? `${project.region}-b`,
      instanceOwners: owner === undefined ? undefined : [owner],
      disableProxyAccess: false,
      gceSetup: {
        machineType: machine.machineType,
        acceleratorConfigs: accelerator && [{ type: accelerator.type, coreCount: String(accelerator.count) }],
        vmImage: {
          project: 'cloud-notebooks-managed',
          ...(props.vmImageName === undefined ? { family: 'workbench-instances' } : { name: props.vmImageName }),
        },
        bootDisk: { ...disk, diskSizeGb: '150' },
        dataDisks: { ...disk, diskSizeGb: String(props.dataDiskSizeGb ?? 100) },
        disablePublicIp: true,
        enableIpForwarding: false,
        networkInterfaces: [{ network: network.networkId, subnet: network.subnetworkId }],
        serviceAccounts: [{ email: account.email }],
        // The drivers of GPUs are not signed.
        shieldedInstanceConfig: {
          enableSecureBoot: accelerator === undefined,
          enableVtpm: true,
          enableIntegrityMonitoring: true,
        },
        metadata: {
          'idle-timeout-seconds': String(props.idleShutdownMinutes * 60),
          'notebook-disable-root': 'true',
          'post-startup-script': `gs://${start.bucket}/${start.name}`,
          'post-startup-script-behavior': 'download_and_run_every_start',
        },
      },
      lifecycle: { preventDestroy: !isDestroyable, ignoreChanges: CHANGED_BY_WORKBENCH },
      dependsOn: after(
        project._api('notebooks', 'compute'),
        ...['notebooks', 'compute', 'aiplatform'].map((agent) => key.grantServiceAgent(agent)),
        permissions,
      ),
    });
  }

  private indexOf(user: string): number {
    const index = this.users.indexOf(user);
    return index >= 0 ? index : refuse(this.who, 'user', user, `one of ${this.users.join(', ')}`);
  }
}

/** The props, with every neutral choice made. */
type NotebookSettings = WorkspaceProps & ResolvedWorkspace;
