import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment';
import { RoleDefinition } from '@cdktf/provider-azurerm/lib/role-definition';
import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account';
import { StorageBlob } from '@cdktf/provider-azurerm/lib/storage-blob';
import { Lazy, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { actionsFor, NEVER, Purpose, rolesGiven, subscriptionActionsFor } from './deployer-roles';
import { acknowledge } from '../../../terraform/acknowledge';
import { DeliveredImage, TerraformDelivery } from '../../../terraform/delivery/plan';
import { IManagedIdentity } from '../../managed-identity-props';
import { IModelRegistry } from '../../model-registry-props';
import { grantRole } from '../base/grants';
import { placeDigits, stableUuid } from '../base/names';
import { resourceGroupOf } from '../base/resource-group-of';
import { RoleName } from '../base/roles';

/** A delivery with every choice made. */
export interface DeliveryPlan extends TerraformDelivery {
  readonly image?: DeliveredImage;
  /** The registry that the image is pushed to. */
  readonly registry?: IModelRegistry;
  /** ARM id of the container of the state. */
  readonly stateContainerId: string;
}

/** The stack's variables that say where the state is, for those who may write it. */
export const STATE_GROUP = 'state_resource_group';
export const STATE_ACCOUNT = 'state_account';

/** Gives and takes roles. */
const ROLE_ADMINISTRATOR = 'f58310d9-a9f6-439a-9e8d-f62e7b41a168';

/** The roles of everybody who delivers or compares, made once for a delivery. */
export class DeliveryRoles {
  /** Ids of the roles of deployers, which a deployer may not give. */
  private readonly own: string[] = [ROLE_ADMINISTRATOR];
  private readonly made = new Map<string, RoleDefinition>();

  public constructor(
    private readonly scope: Construct,
    private readonly plan: DeliveryPlan,
  ) {}

  /** Lets an identity make and change what the stack has, and give the roles that the stack gives, no others. */
  public grantDeploy(identity: IManagedIdentity & Construct): void {
    const { resourceGroupId, subscriptionId } = resourceGroupOf(this.scope);
    this.give(identity, 'deploy');
    new RoleAssignment(identity, 'MayGrant', {
      scope: resourceGroupId,
      roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${ROLE_ADMINISTRATOR}`,
      principalId: identity.objectId,
      principalType: 'ServicePrincipal',
      description: 'Gives the roles that the stack gives, and no others',
      conditionVersion: '2.0',
      condition: Lazy.stringValue({ produce: () => onlyThese(rolesGiven(this.scope, this.own)) }),
    });
    this.giveUploads(identity, 'storageBlobDataContributor');
    grantRole(this.scope, identity, 'write state', {
      scope: this.plan.stateContainerId,
      role: 'storageBlobDataContributor',
      description: "Writes Terraform's state",
    });
    if (this.plan.image !== undefined) this.plan.registry?.grantPushImages(identity);
  }

  /** What Terraform itself has uploaded is read over the data's own address at every plan. */
  private giveUploads(identity: IManagedIdentity & Construct, role: RoleName): void {
    const owners = new Set(
      TerraformStack.of(this.scope)
        .node.findAll()
        .filter((each) => each instanceof StorageBlob)
        .map(({ node }) => node.scope!),
    );
    for (const owner of owners) {
      const account = owner.node.tryFindChild('Storage');
      if (!(account instanceof StorageAccount)) continue;
      grantRole(this.scope, identity, `uploads ${owner.node.path}`, {
        scope: account.id,
        role,
        description: 'What Terraform has uploaded',
      });
    }
  }

  /** Lets an identity compare: read what is there, change nothing. */
  public grantLook(identity: IManagedIdentity & Construct): void {
    this.give(identity, 'look');
    this.giveUploads(identity, 'storageBlobDataReader');
    grantRole(this.scope, identity, 'read state', {
      scope: this.plan.stateContainerId,
      role: 'storageBlobDataReader',
      description: "Reads Terraform's state",
    });
    if (this.plan.image !== undefined) this.plan.registry?.grantPullImages(identity);
  }

  private give(identity: IManagedIdentity & Construct, purpose: Purpose): void {
    const { resourceGroupId, subscriptionId } = resourceGroupOf(this.scope);
    const at = (id: string, scope: string, role: RoleDefinition, description: string) =>
      new RoleAssignment(identity, id, {
        scope,
        roleDefinitionId: role.roleDefinitionResourceId,
        principalId: identity.objectId,
        principalType: 'ServicePrincipal',
        description,
      });
    const does =
      purpose === 'deploy' ? 'Makes and changes what the stack has' : 'Compares what is there with the stack';
    at(
      'May',
      resourceGroupId,
      this.role(
        purpose,
        resourceGroupId,
        purpose === 'deploy' ? 'Deployer' : 'Comparer',
        () => actionsFor(this.scope, purpose),
        purpose === 'deploy' ? NEVER : [],
      ),
      does,
    );
    const ofSubscription = this.role(
      `${purpose} in subscription`,
      `/subscriptions/${subscriptionId}`,
      purpose === 'deploy' ? 'Registrar' : 'Registry reader',
      () => subscriptionActionsFor(this.scope, purpose),
      [],
    );
    at(
      'MayInSubscription',
      `/subscriptions/${subscriptionId}`,
      ofSubscription,
      purpose === 'deploy' ? 'Registers namespaces, and sets what the stack sets in the subscription' : does,
    );
  }

  /** Its operations are known only when the stack is complete. */
  private role(
    key: string,
    at: string,
    title: string,
    actions: () => string[],
    notActions: readonly string[],
  ): RoleDefinition {
    const made = this.made.get(key);
    if (made !== undefined) return made;
    const id = `Role-${title.replace(/ /g, '')}`;
    const roleDefinitionId = stableUuid(this.scope, id);
    const role = new RoleDefinition(this.scope, id, {
      name: `${title} of MLOps (${placeDigits(this.scope, id)})`,
      description:
        'A delivery of mlops-constructs. Applied by people: who could change a role that it has could give itself everything',
      roleDefinitionId,
      scope: at,
      assignableScopes: [at],
      permissions: [
        {
          actions: Lazy.listValue({ produce: actions }),
          notActions: notActions.length === 0 ? undefined : [...notActions],
        },
      ],
    });
    acknowledge(
      role,
      'MLOPS-IAM-01',
      'a deployer works on all resources of the stack, and on some before they exist; the namespaces are those of the stack',
    );
    this.own.push(roleDefinitionId);
    this.made.set(key, role);
    return role;
  }
}

/** @see https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples */
function onlyThese(roles: readonly string[]): string {
  const ids = `{${(roles.length === 0 ? [NO_ROLE] : roles).join(', ')}}`;
  const about = (source: string, action: string) =>
    `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${action}'})) OR ` +
    `(@${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals ${ids}))`;
  return `${about('Request', 'write')} AND ${about('Resource', 'delete')}`;
}

/** An empty list is no condition. */
const NO_ROLE = '00000000-0000-0000-0000-000000000000';
