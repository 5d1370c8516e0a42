import { AzurermBackend, TerraformStack, TerraformVariable } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { AzureResourceGroup } from './azure-resource-group';
import { AzureDevOpsOptions, DeliveryEngine } from './delivery-engine';
import { DeliveryPipelineProps } from './delivery-pipeline-props';
import { IManagedIdentity } from './managed-identity-props';
import { requireProps } from './private/base/require-props';
import { DeliveryStage, requireFolder } from '../core/private/resolve/delivery';
import { refuse, refuseBecause, requireMatch, Speaker, speakerFor } from '../core/private/validation';
import { warn } from '../terraform/annotations';
import { deliveredImage, terraformDelivery } from '../terraform/delivery/plan';
import { writeBeside } from '../terraform/files';
import { once } from '../terraform/once';
import { AzureDevOpsDelivery, AzureDevOpsPlan } from './private/delivery/azure-devops';
import { GitHubDelivery, isVariable } from './private/delivery/github-actions';
import { DeliveryPlan, STATE_ACCOUNT, STATE_GROUP } from './private/delivery/plan';

/**
 * Carries every commit of a branch through test, synthesis and plan to the stages, the last with a manual approval.
 * Each stage is a subscription or a resource group of its own with the same stack in it.
 *
 * Nothing that runs here is an owner or contributor: a stage's deployer has a role of its own with the operations of
 * the namespaces that the stack has resources of, without those that hand out keys, and may give only the roles that
 * the stack itself gives. It is taken without a stored key, and in that stage's environment only: where the
 * subscription is a variable, the stack's variable `delivery_stage` says whose it is, and no other stage's environment
 * is let in. No identity of a stage's group should have more rights than its deployer, which may act as any of them. A
 * change of the deployers' own roles is applied once by hand: a stack that gets a new kind of resource, or gives a new
 * role.
 *
 * With GitHub Actions the synthesis writes the workflow beside `cdk.tf.json` (`deliver-<stack>.yml`); copy it to
 * `.github/workflows` and commit it, its build fails when the two differ. With Azure DevOps it writes the pipeline
 * (`deliver-<stack>.azure-pipelines.yml`). Their first lines say what to set by hand. The first deployment is by hand.
 * One delivery is enough for a stack, whatever is in it: of two the later one's file stays, with a warning.
 *
 * Children: `Deploy-<stage>` and `Look-<stage>` are the identities with their `Federation`, `Role-…` their roles. Costs
 * nothing.
 *
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { azure } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * new azure.DeliveryPipeline(stack, 'Delivery', { repository: 'acme/churn', stages: [{ name: 'prod', approval: true }] });
 */
export class DeliveryPipeline extends Construct {
  private readonly written: string;
  private readonly render: () => string;
  private readonly isGitHub: boolean;
  private readonly deployers: { [stage: string]: IManagedIdentity };

  public constructor(scope: Construct, id: string, props: DeliveryPipelineProps) {
    super(scope, id);
    const who: Speaker = speakerFor('delivery pipeline', scope, id);
    requireProps(who, 'DeliveryPipelineProps', props);
    const engine = props.engine ?? DeliveryEngine.gitHubActions();
    const plan = planned(this, who, props, engine);
    this.warnOfSharedPlace(who, plan);
    this.isGitHub = engine._azureDevOps === undefined;
    if (engine._azureDevOps !== undefined) {
      if (plan.image !== undefined) {
        refuseBecause(
          who,
          'image is built by GitHub Actions only: with Azure DevOps, build it in the test command, and let the synth command write its address into image.auto.tfvars beside cdk.tf.json',
        );
      }
      const options = azureDevOps(who, engine._azureDevOps, plan);
      const delivery = new AzureDevOpsDelivery(this, plan, options);
      this.deployers = delivery.deployers;
      this.written = options.file;
      this.render = () => delivery.pipeline();
    } else {
      const delivery = new GitHubDelivery(this, plan, engine._gitHubActions!);
      this.deployers = delivery.deployers;
      this.written = plan.workflowFile;
      this.render = () => delivery.workflow();
    }
    this.warnOfOtherFile(who);
    writeBeside(this, this.written, () => this.render());
  }

  /** Text of the workflow file as the stack is now, its variables included; undefined with Azure DevOps. */
  public get workflow(): string | undefined {
    return this.isGitHub ? this.render() : undefined;
  }

  /**
   * Text of the pipeline of Azure DevOps as the stack is now, its variables included; undefined with GitHub Actions.
   */
  public get pipeline(): string | undefined {
    return this.isGitHub ? undefined : this.render();
  }

  /** The identity that delivers to a stage. */
  public deployer(stage: string): IManagedIdentity {
    const identity = this.deployers[stage];
    if (identity === undefined) {
      refuse(speakerFor('delivery pipeline', this), 'stage', stage, `one of ${Object.keys(this.deployers).join(', ')}`);
    }
    return identity;
  }

  /** Both write one file, and the one that is written last stays. */
  private warnOfOtherFile({ what, name }: Speaker): void {
    const isOther = (each: IConstruct) =>
      each instanceof DeliveryPipeline && each !== this && each.written === this.written;
    const other = TerraformStack.of(this).node.findAll().find(isOther);
    if (other === undefined) return;
    warn(
      this,
      `${what} '${name}': its ${this.written} takes the place of that of '${other.node.path}': ` +
        'one delivery is enough for a stack; give each product a stack of its own, or one of the two a workflowFile of its own',
    );
  }

  /** Only where the place is a variable can the same stack be applied to one for each stage. */
  private warnOfSharedPlace(who: Speaker, { stages: [first, ...others] }: DeliveryPlan): void {
    if (others.length === 0 || isVariable(this)) return;
    warn(
      this,
      `${who.what} '${who.name}': ${first.name} delivers what ${others.map(({ name }) => name).join(' and ')} would, to the same resource group, before any approval: ` +
        'give one stage, or make the subscription a variable and apply to one for each stage',
    );
  }
}

function planned(scope: Construct, who: Speaker, props: DeliveryPipelineProps, engine: DeliveryEngine): DeliveryPlan {
  requireMatch(
    who,
    'stateContainerId',
    props.stateContainerId,
    CONTAINER_ID,
    'the ARM id of a blob container, …/storageAccounts/<account>/blobServices/default/containers/<name>',
  );
  return {
    ...terraformDelivery(who, TerraformStack.of(scope), props, engine._gitHubActions?.workflowFile),
    image: props.image && deliveredImage(who, props.image, props.registry),
    registry: props.registry,
    stateContainerId: props.stateContainerId ?? stateContainer(scope, who),
  };
}

function stateContainer(scope: Construct, who: Speaker): string {
  const stack = TerraformStack.of(scope);
  const backend = stack.node.findAll().find((node) => node instanceof AzurermBackend);
  // The backend keeps its options to itself; what it writes is public.
  const container = (backend as AzurermBackend | undefined)?.toTerraform().terraform.backend.azurerm.container_name;
  if (container === undefined) {
    refuseBecause(
      who,
      'stateContainerId is needed: the stack has no AzurermBackend, and a delivery without a shared state would start from nothing every time',
    );
  }
  const variable = (name: string, description: string) =>
    once(stack, name, (id) => new TerraformVariable(stack, id, { type: 'string', description })).stringValue;
  const group = variable(STATE_GROUP, 'Resource group of the storage account of the state of this configuration');
  const account = variable(
    STATE_ACCOUNT,
    'Storage account of the state of this configuration, which those who deliver write',
  );
  return (
    `/subscriptions/${AzureResourceGroup.of(scope).subscriptionId}/resourceGroups/${group}/providers/Microsoft.Storage/storageAccounts/${account}` +
    `/blobServices/default/containers/${container}`
  );
}

function azureDevOps(who: Speaker, options: AzureDevOpsOptions, plan: DeliveryPlan): AzureDevOpsPlan {
  requireMatch(
    who,
    'pipelineFile',
    options.pipelineFile,
    /^[A-Za-z0-9][A-Za-z0-9._-]*\.ya?ml$/,
    'the name of a YAML file',
  );
  requireFolder(who, 'pipelineFolder', options.pipelineFolder);
  requireMatch(who, 'vmImage', options.vmImage, /^\S+$/, 'the name of an image like ubuntu-latest');
  for (const stage of plan.stages) requireConnections(who, options, stage);
  const unknown = Object.keys(options.connections).find((name) => !plan.stages.some((stage) => stage.name === name));
  if (unknown !== undefined) {
    refuse(who, 'connections', unknown, `those of the stages ${plan.stages.map(({ name }) => name).join(', ')}`);
  }
  return {
    file: options.pipelineFile ?? plan.workflowFile.replace(/\.ya?ml$/, '.azure-pipelines.yml'),
    folder: options.pipelineFolder ?? '.azure-pipelines',
    vmImage: options.vmImage ?? 'ubuntu-latest',
    connections: options.connections,
  };
}

function requireConnections(
  who: Speaker,
  { connections }: AzureDevOpsOptions,
  { name, approval }: DeliveryStage,
): void {
  const given = connections[name];
  if (given === undefined) refuseBecause(who, `connections has none for the stage '${name}'`);
  if (approval && given.look === undefined) {
    refuseBecause(
      who,
      `connections.${name}.look is needed: what is compared before the approval must not have the rights of who deploys`,
    );
  }
  if (!approval && given.look !== undefined) {
    refuseBecause(who, `connections.${name}.look compares before an approval, and the stage has none`);
  }
  for (const [kind, connection] of Object.entries({ deploy: given.deploy, look: given.look })) {
    if (connection === undefined) continue;
    requireMatch(
      who,
      `connections.${name}.${kind}.name`,
      connection.name,
      /^\S(.*\S)?$/,
      'the name of a service connection',
    );
    requireMatch(
      who,
      `connections.${name}.${kind}.issuer`,
      connection.issuer,
      /^https:\/\/\S+$/,
      'the issuer that Azure DevOps shows, https://…',
    );
    requireMatch(
      who,
      `connections.${name}.${kind}.subject`,
      connection.subject,
      /^[^\s*]+$/,
      'the subject that Azure DevOps shows',
    );
  }
}

const CONTAINER_ID =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Storage\/storageAccounts\/[^/]+\/blobServices\/default\/containers\/[^/]+$/i;
