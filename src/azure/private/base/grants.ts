import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment';
import { RoleDefinition } from '@cdktf/provider-azurerm/lib/role-definition';
import { ITerraformDependable } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { placeDigits, stableUuid } from './names';
import { after } from './ordering';
import { resourceGroupOf } from './resource-group-of';
import { RoleName, ROLES } from './roles';
import { grantId, grantPlace } from '../../../terraform/grants';
import { once, onceInStack } from '../../../terraform/once';
import { pause } from '../../../terraform/pause';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';

/** What is given: a role at a scope, perhaps under a condition. */
export interface RoleGrant {
  /** ARM id of what the role is given for. */
  readonly scope: string;
  /** A built-in role by its name, or the id of a definition. */
  readonly role: RoleName | { readonly definitionId: string };
  /**
   * Limits the role, in the language of conditions.
   *
   * @see https://learn.microsoft.com/azure/role-based-access-control/conditions-format
   */
  readonly condition?: string;
  /** Why it is given, in a sentence that the portal shows. */
  readonly description?: string;
  /** What must exist before. */
  readonly needs?: readonly (ITerraformDependable | Grant | undefined)[];
}

/**
 * Gives a role to a principal for one purpose, once, whoever asks: of two resources that give the same, the one that
 * goes would take it from the other.
 */
export function grantRole(opened: IConstruct, principal: IPrincipal, purpose: string, given: RoleGrant): Grant {
  const { scope, id } = grantPlace(opened, principal, purpose);
  const { subscriptionId } = resourceGroupOf(opened);
  const roleDefinitionId = typeof given.role === 'string'
    ? `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${ROLES[given.role]}`
    : given.role.definitionId;
  const { given: earlier, followers } = recordOf(principal);
  const place: Given = { ...given, at: scope as Construct, id, roleDefinitionId };
  earlier.push(place);
  followers.forEach((follower) => assign({ ...place, id: `${id}-${grantId(follower, 'follows')}` }, follower));
  return new Grant([assign(place, principal).fqn]);
}

/**
 * Gives a principal everything that another one got and will get, which a workflow that has to act as itself needs: its
 * own identity exists only after the workflow does, and permissions are given to the identity that it was to run as.
 */
export function follow(principal: IPrincipal, follower: IPrincipal): void {
  const { given, followers } = recordOf(principal);
  followers.push(follower);
  given.forEach((each) => assign({ ...each, id: `${each.id}-${grantId(follower, 'follows')}` }, follower));
}

interface Given extends RoleGrant {
  readonly at: Construct;
  readonly id: string;
  readonly roleDefinitionId: string;
}

interface GivenRecord {
  readonly given: Given[];
  readonly followers: IPrincipal[];
}

const RECORDS = new WeakMap<IPrincipal, GivenRecord>();

function recordOf(principal: IPrincipal): GivenRecord {
  const known = RECORDS.get(principal) ?? { given: [], followers: [] };
  RECORDS.set(principal, known);
  return known;
}

function assign({ at, id, roleDefinitionId, ...given }: Given, principal: IPrincipal): RoleAssignment {
  const same = ['role', given.scope, roleDefinitionId, given.condition ?? '', principal.principalId];
  return onceInStack(at, same, () => new RoleAssignment(at, id, {
    scope: given.scope,
    roleDefinitionId,
    principalId: principal.objectId,
    principalType: principal.principalType,
    description: given.description,
    condition: given.condition,
    conditionVersion: given.condition === undefined ? undefined : '2.0',
    dependsOn: after(...(given.needs ?? [])),
  }));
}

/** Operations of a role of the stack's own, where no built-in role is as narrow. */
export interface CustomRole {
  /** What it allows, in words: the role's name in the portal, with a hash behind it. */
  readonly title: string;
  /**
   * Operations of ARM, `Microsoft.MachineLearningServices/workspaces/jobs/write`; no wildcard for more than one type.
   */
  readonly actions?: readonly string[];
  /** Operations on data, `Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action`. */
  readonly dataActions?: readonly string[];
}

/**
 * The definition of a role of the stack's own; assignable in the resource group of what it is given for.
 *
 * @param at ARM id of what the role is given for; default something of the stack's own resource group
 */
export function customRole(
  scope: Construct, id: string, { title, actions, dataActions }: CustomRole, at?: string,
): { readonly definitionId: string } {
  const resourceGroupId = groupOfId(at) ?? resourceGroupOf(scope).resourceGroupId;
  const definition = once(scope, id, () => new RoleDefinition(scope, id, {
    // Names of roles are taken in the whole tenant.
    name: `${title} (${placeDigits(scope, id)})`,
    roleDefinitionId: stableUuid(scope, id),
    scope: resourceGroupId,
    assignableScopes: [resourceGroupId],
    permissions: [{ actions: actions && [...actions], dataActions: dataActions && [...dataActions] }],
  }));
  // Each question makes another token, and the same role must be known again.
  const definitionId = DEFINITION_IDS.get(definition) ?? definition.roleDefinitionResourceId;
  DEFINITION_IDS.set(definition, definitionId);
  return { definitionId };
}

const DEFINITION_IDS = new WeakMap<RoleDefinition, string>();

/** The resource group in an ARM id; undefined where only Terraform knows it. */
function groupOfId(id: string | undefined): string | undefined {
  return id === undefined ? undefined : /^\/subscriptions\/[^/$]+\/resourceGroups\/[^/$]+/i.exec(id)?.[0];
}

/**
 * The grants, and the time that a role assignment takes to arrive everywhere: for what tries its permissions once, when
 * it is made.
 */
export function settled(scope: Construct, id: string, grants: readonly Grant[], seconds: number = 120): Grant {
  const needs = after(...grants);
  const wait = once(scope, id, () => pause(scope, id, seconds, { dependsOn: needs }));
  return new Grant([...grants.flatMap(({ addresses }) => addresses), wait.fqn]);
}
