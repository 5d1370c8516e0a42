import { DataGoogleBigqueryDefaultServiceAccount } from '@cdktf/provider-google/lib/data-google-bigquery-default-service-account';
import { DataGoogleLoggingProjectCmekSettings } from '@cdktf/provider-google/lib/data-google-logging-project-cmek-settings';
import { DataGoogleProject } from '@cdktf/provider-google/lib/data-google-project';
import { DataGoogleStorageProjectServiceAccount } from '@cdktf/provider-google/lib/data-google-storage-project-service-account';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { ProjectService } from '@cdktf/provider-google/lib/project-service';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { dependable, ITerraformDependable, Lazy, TerraformProvider, TerraformStack } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { GoogleProjectProps } from './google-project-props';
import { acknowledge } from '../terraform/acknowledge';
import { projectOf, registerProject } from './private/base/project-of';
import { REGIONS } from './private/base/regions';
import { AgentApi, SERVICE_AGENTS, ServiceAgent } from './private/base/service-agents';
import { PrivateNetwork } from './private-network';
import { INetwork } from './private-network-props';
import { requireKnown } from '../core/private/known-values';
import { requireTexts } from '../core/private/texts';
import { Token } from '../core/private/tokens';
import { refuse, requireInteger, requireMatch, Speaker, speakerFor } from '../core/private/validation';
import { warn } from '../terraform/annotations';
import { pause } from '../terraform/pause';
import { rawProvider } from '../terraform/raw-provider';
import { RawResource } from '../terraform/raw-resource';
import { stackOf } from '../terraform/stack';

/**
 * The project, region and network that a stack of Terraform deploys into: one for each stack, and every construct of
 * the stack finds it.
 *
 * It declares the providers, switches on the APIs that the constructs ask for (and leaves them on at
 * `terraform destroy`, because others may use them), and makes Google's service agents exist before something is
 * granted to them. The beta provider is declared for that alone: only it can. A provider hashicorp/google of yours
 * without an alias, made before this, is taken instead and keeps its labels. Costs nothing.
 *
 * @see https://cloud.google.com/service-usage/docs/enable-disable
 */
export class GoogleProject extends Construct {
  /** The project of a construct's stack. */
  public static of(scope: IConstruct): GoogleProject {
    return projectOf(scope) as GoogleProject;
  }

  /** The project's id. */
  public readonly projectId: string;
  /** The region. */
  public readonly region: string;
  /**
   * Which set of names is used where a name stays taken after it was destroyed.
   *
   * @internal
   */
  public readonly _nameGeneration: number;
  private readonly settled: () => RawResource;
  private readonly agents = new Map<AgentApi, ITerraformDependable>();
  private readonly apis = new Map<string, ProjectService>();
  private readonly labels: { [key: string]: string } = {};
  private readonly providerVersion: string;
  private givenNumber?: string;
  private chosenNetwork?: INetwork;

  public constructor(scope: Construct, id: string, props: GoogleProjectProps) {
    super(scope, id);
    const who: Speaker = speakerFor('google project', scope, id);
    const stack = stackOf(this, who);
    requireMatch(
      who,
      'projectId',
      props.projectId,
      /^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
      '6 to 30 lower-case letters, digits and hyphens, starting with a letter',
    );
    requireMatch(
      who,
      'region',
      props.region,
      /^[a-z]+(-[a-z]+)+\d+$/,
      'a region like europe-west4, not a zone or a continent',
    );
    requireMatch(who, 'projectNumber', props.projectNumber, /^\d{5,20}$/, 'the number of the project, digits only');
    requireMatch(
      who,
      'providerVersion',
      props.providerVersion,
      /^[~><=!0-9., ]+$/,
      "a range of versions like '~> 6.50'",
    );
    requireTexts(who, props, { projectId: 'text', region: 'text' });
    requireKnown(who, { nameGeneration: props.nameGeneration });
    requireInteger(who, 'nameGeneration', props.nameGeneration, 1, 999);
    requireInteger(who, 'apiSettleSeconds', props.apiSettleSeconds, 0, 600);
    registerProject(who, this);
    if (!Token.isUnresolved(props.region) && !REGIONS.includes(props.region)) {
      warn(
        this,
        `${who.what} '${who.name}': region ${props.region} is not in the library's list: is it spelled as Google Cloud has it?`,
      );
    }

    const subnetworkRegion = /\/regions\/([^/]+)\//.exec(props.network?.subnetworkId ?? '')?.[1];
    if (subnetworkRegion !== undefined && subnetworkRegion !== props.region) {
      refuse(who, 'network', props.network!.subnetworkId, `one with a subnetwork in ${props.region}`);
    }
    const networkRegion = Construct.isConstruct(props.network) ? GoogleProject.of(props.network).region : props.region;
    if (networkRegion !== props.region && !Token.isUnresolved(networkRegion) && !Token.isUnresolved(props.region)) {
      refuse(
        who,
        'network',
        `${(props.network as unknown as IConstruct).node.path} in ${networkRegion}`,
        `one with a subnetwork in ${props.region}`,
      );
    }

    this.projectId = props.projectId;
    this.region = props.region;
    this._nameGeneration = props.nameGeneration ?? 1;
    this.providerVersion = props.providerVersion ?? '~> 6.50';
    this.givenNumber = props.projectNumber;
    this.chosenNetwork = props.network;
    this.declareProvider(stack);
    this.settled = this.waiting(props.apiSettleSeconds ?? 60);
  }

  /** The project's number, as text. */
  public get projectNumber(): string {
    return this.givenNumber ??= new DataGoogleProject(this, 'Number', { projectId: this.projectId }).number;
  }

  /** The network of private resources. */
  public get network(): INetwork {
    return this.chosenNetwork ??= new PrivateNetwork(this, 'Network');
  }

  /**
   * Switches an API on, `_api('aiplatform')`; what uses it depends on the answer.
   *
   * @internal
   */
  public _api(...services: string[]): ITerraformDependable {
    const settled = this.settled();
    for (const service of services) {
      if (this.apis.has(service)) continue;
      const api = new ProjectService(this, `Api-${service}`, {
        project: this.projectId,
        service: `${service}.googleapis.com`,
        disableOnDestroy: false,
        disableDependentServices: false,
      });
      this.apis.set(service, api);
      (settled.dependsOn ??= []).push(dependable(api));
    }
    return settled;
  }

  /**
   * The agent of a service as an IAM member; grants to it depend on `_agentReady`.
   *
   * @internal
   */
  public _agent(service: AgentApi): string {
    if (SERVICE_AGENTS[service].madeBy === 'logging') {
      return `serviceAccount:${(this._agentReady(service) as DataGoogleLoggingProjectCmekSettings).serviceAccountId}`;
    }
    return `serviceAccount:${SERVICE_AGENTS[service].email.replace('#', this.projectNumber)}`;
  }

  /**
   * Makes the agent of a service exist.
   *
   * @internal
   */
  public _agentReady(service: AgentApi): ITerraformDependable {
    const known = this.agents.get(service);
    if (known !== undefined) return known;
    const made = this.newAgent(service);
    this.agents.set(service, made);
    return made;
  }

  /**
   * The beta provider, for the few types that the other lacks; the same versions of both.
   *
   * @internal
   */
  public _beta(): TerraformProvider {
    return rawProvider(TerraformStack.of(this), {
      name: 'google-beta',
      source: 'hashicorp/google-beta',
      version: this.providerVersion,
      attributes: { project: this.projectId, region: this.region },
    });
  }

  /**
   * Labels of everything that the provider makes.
   *
   * @internal
   */
  public _addLabels(labels: { readonly [key: string]: string }): void {
    Object.assign(this.labels, labels);
  }

  private newAgent(service: AgentApi): ITerraformDependable {
    const dependsOn = [this._api(service)];
    const { madeBy, role }: ServiceAgent = SERVICE_AGENTS[service];
    if (madeBy === 'api') return dependsOn[0];
    if (madeBy === 'storage') {
      return new DataGoogleStorageProjectServiceAccount(this, 'Agent-storage', { project: this.projectId, dependsOn });
    }
    if (madeBy === 'logging') {
      return new DataGoogleLoggingProjectCmekSettings(this, 'Agent-logging', { project: this.projectId, dependsOn });
    }
    if (madeBy === 'bigquery') {
      return new DataGoogleBigqueryDefaultServiceAccount(this, 'Agent-bigquery', {
        project: this.projectId,
        dependsOn,
      });
    }
    const agent = new RawResource(this, `Agent-${service}`, {
      resourceType: 'google_project_service_identity',
      attributes: { project: this.projectId, service: `${service}.googleapis.com` },
      provider: this._beta(),
      dependsOn,
    });
    if (role === undefined) return agent;
    const member = new ProjectIamMember(this, `AgentRole-${service}`, {
      project: this.projectId, role: `roles/${role}`, member: this._agent(service), dependsOn: [agent],
    });
    acknowledge(
      member,
      'CKV_GCP_49',
      "Google's own role of its own agent: the service grants it when a person enables the API",
    );
    if (service !== 'eventarc') return member;
    // Eventarc tries its agent's permissions when a trigger is made, and does not try again: a role takes minutes to
    // arrive everywhere.
    return pause(this, 'AgentSettled-eventarc', 120, { dependsOn: [member] });
  }

  private declareProvider(stack: TerraformStack): void {
    // The first with write-only attributes, which the tracker's password is: an older one would complain of a block
    // that it does not know.
    stack.addOverride('terraform.required_version', '>= 1.11');
    const existing = stack
      .allProviders()
      .find((each) => each.terraformResourceType === 'google' && each.alias === undefined);
    const provider = existing ?? new GoogleProvider(this, 'Provider', {
      project: this.projectId,
      region: this.region,
      // Budgets and organisation policies are charged to a project's quota, which a user's own credentials do not name.
      userProjectOverride: true,
      billingProject: this.projectId,
    });
    provider.addOverride('default_labels', Lazy.anyValue({
      produce: () => {
        // A provider of the user's own may have labels, which stay.
        const labels = { ...(provider as GoogleProvider).defaultLabelsInput, ...this.labels };
        return Object.keys(labels).length === 0 ? undefined : labels;
      },
    }));
    stack.addOverride('terraform.required_providers.google', {
      source: 'hashicorp/google',
      version: this.providerVersion,
    });
  }

  /** One pause for all APIs: it is made anew, and waits anew, when an API comes in. */
  private waiting(seconds: number): () => RawResource {
    let waits: RawResource | undefined;
    return () => waits ??= pause(this, 'ApisReady', seconds, {
      triggers: Lazy.anyValue({ produce: () => ({ apis: [...this.apis.keys()].sort().join(' ') }) }),
    });
  }
}
