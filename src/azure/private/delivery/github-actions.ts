import { TerraformOutput, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { federatedIdentity } from './identities';
import { DeliveryPlan, DeliveryRoles, STATE_ACCOUNT, STATE_GROUP } from './plan';
import { valueOf, WorkflowStep } from '../../../core/private/github-workflow';
import { branchSubject, environmentSubject } from '../../../core/private/resolve/delivery';
import { Token } from '../../../core/private/tokens';
import { ImageCommands, imageRepository, Naming, terraformWorkflow } from '../../../terraform/delivery/github-actions';
import { askForStage } from '../../../terraform/delivery/plan';
import { ManagedIdentity } from '../../managed-identity';
import { resourceGroupOf } from '../base/resource-group-of';

const ISSUER = 'https://token.actions.githubusercontent.com';

/** GitHub's variables that every environment has. */
const REQUIRED = [
  'AZURE_CLIENT_ID',
  'AZURE_TENANT_ID',
  'AZURE_SUBSCRIPTION_ID',
  'TERRAFORM_STATE_RESOURCE_GROUP',
  'TERRAFORM_STATE_ACCOUNT',
];

/** The identities and the workflow of a delivery by GitHub Actions. */
export class GitHubDelivery {
  public readonly deployers: { [stage: string]: ManagedIdentity } = {};
  /** Whether only the apply knows which of several stages' places this is. */
  private readonly isOneOfMany: boolean;

  public constructor(
    private readonly scope: Construct,
    private readonly plan: DeliveryPlan,
    private readonly options: { runner?: string },
  ) {
    this.isOneOfMany = plan.stages.length > 1 && isVariable(scope);
    if (this.isOneOfMany) askForStage(TerraformStack.of(scope), plan.stages, 'subscription');
    const roles = new DeliveryRoles(scope, plan);
    for (const { name, approval } of plan.stages) {
      const onlyIn = this.isOneOfMany ? name : undefined;
      this.deployers[name] = federatedIdentity(scope, `Deploy-${name}`, {
        issuer: ISSUER,
        subject: environmentSubject(plan.repository, name),
        onlyIn,
      });
      roles.grantDeploy(this.deployers[name]);
      if (!approval) continue;
      // Compares before somebody has approved, so it cannot be bound to the environment, which is what waits for the
      // approval.
      roles.grantLook(
        federatedIdentity(scope, `Look-${name}`, { issuer: ISSUER, subject: branchSubject(plan.repository), onlyIn }),
      );
    }
    if (plan.image !== undefined) {
      new TerraformOutput(scope, 'ImageRepository', {
        value: plan.image.repositoryUri,
        description: `GitHub's variable ${imageRepository(plan)}`,
      });
    }
  }

  /** The workflow file; asked for when the stack is complete, because its variables are those of the stack. */
  public workflow(): string {
    const { image } = this.plan;
    return terraformWorkflow(TerraformStack.of(this.scope), this.plan, {
      runner: this.options.runner,
      place: 'subscription or resource group',
      // Terraform logs itself in by the job's token; only Docker needs the command line.
      login: (_stage, _job, named) => (image === undefined ? [] : [login(named)]),
      shell,
      backend: {
        resource_group_name: 'TERRAFORM_STATE_RESOURCE_GROUP',
        storage_account_name: 'TERRAFORM_STATE_ACCOUNT',
      },
      variableOf: {
        subscription_id: 'AZURE_SUBSCRIPTION_ID',
        tenant_id: 'AZURE_TENANT_ID',
        [STATE_GROUP]: 'TERRAFORM_STATE_RESOURCE_GROUP',
        [STATE_ACCOUNT]: 'TERRAFORM_STATE_ACCOUNT',
      },
      required: REQUIRED,
      environment:
        "AZURE_CLIENT_ID (the stack's output ClientId of Deploy-<stage>; of Look-<stage> for the comparison), AZURE_TENANT_ID, AZURE_SUBSCRIPTION_ID, " +
        'TERRAFORM_STATE_RESOURCE_GROUP and TERRAFORM_STATE_ACCOUNT (the storage account of the state)',
      preparations: this.imageReaders(),
      image: image && { ...image, commands: CONTAINER_REGISTRY },
      asksForStage: this.isOneOfMany,
    });
  }

  private imageReaders(): string[] {
    if (this.plan.image === undefined) return [];
    return [
      `- Set the repository's variable ${imageRepository(this.plan)}: the first stage's output.`,
      ...(this.plan.stages.length === 1
        ? []
        : [
          "  The identities Deploy-<stage> and Look-<stage> of the other stages, and those that pull there, need the role AcrPull on the first stage's container registry.",
        ]),
    ];
  }
}

/** Where subscription or group is a variable, each stage applies the same stack to its own. */
export function isVariable(scope: Construct): boolean {
  const { subscriptionId, _groupName } = resourceGroupOf(scope);
  return Token.isUnresolved(subscriptionId) || Token.isUnresolved(_groupName);
}

/**
 * Both providers and the backend read these.
 *
 * @see https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/guides/service_principal_oidc
 */
function shell(named: Naming): { [name: string]: string } {
  const value = (name: string) => valueOf({ name: named(name) });
  return {
    ARM_CLIENT_ID: value('AZURE_CLIENT_ID'),
    ARM_TENANT_ID: value('AZURE_TENANT_ID'),
    ARM_SUBSCRIPTION_ID: value('AZURE_SUBSCRIPTION_ID'),
    ARM_USE_OIDC: 'true',
    // The state's account has no keys either.
    ARM_USE_AZUREAD: 'true',
  };
}

function login(named: Naming): WorkflowStep {
  const value = (name: string) => valueOf({ name: named(name) });
  return {
    uses: 'azure/login@v2',
    with: { 'client-id': value('AZURE_CLIENT_ID'), 'tenant-id': value('AZURE_TENANT_ID'), 'subscription-id': value('AZURE_SUBSCRIPTION_ID') },
  };
}

/**
 * `images.azurecr.io/churn` is the repository: the registry's name is what stands before the first dot, the image's
 * what stands after the first slash.
 */
const REGISTRY = '"${IMAGE_REPOSITORY%%.*}"';

const CONTAINER_REGISTRY: ImageCommands = {
  setup: [],
  login: `az acr login --name ${REGISTRY}`,
  exists: (image) => `az acr repository show --name ${REGISTRY} --image "${inRegistry(image)}"`,
  digest: (image) =>
    `az acr repository show --name ${REGISTRY} --image "${inRegistry(image)}" --query digest --output tsv`,
};

function inRegistry(image: string): string {
  return image.replace('$IMAGE_REPOSITORY', () => '${IMAGE_REPOSITORY#*/}');
}
