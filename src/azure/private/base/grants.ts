import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment';
import { RoleDefinition } from '@cdktf/provider-azurerm/lib/role-definition';
import { dependable, ITerraformDependable } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { placeDigits, stableUuid } from './names';
import { after } from './ordering';
import { resourceGroupOf } from './resource-group-of';
import { RoleName, ROLES } from './roles';
import { refuseBecause, speakerFor } from '../../../core/private/validation';
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
  /** Limits the role to a part of its scope. */
  readonly limit?: RoleLimit;
  /** Why it is given, in a sentence that the portal shows. */
  readonly description?: string;
  /** What must exist before. */
  readonly needs?: readonly (ITerraformDependable | Grant | undefined)[];
}

/** A part of what a scope has, which a role is limited to. */
export interface RoleLimit {
  /** The part, `training/`. */
  readonly part: string;
  /**
   * The condition that limits a role to several such parts.
   *
   * @see https://learn.microsoft.com/azure/role-based-access-control/conditions-format
   */
  readonly condition: (parts: readonly string[]) => string;
}

/**
 * Gives a role to a principal for one purpose, once, whoever asks: of two resources that give the same, the one that
 * goes would take it from the other. Azure refuses a second assignment of a role to a principal in a scope, whatever
 * its condition: purposes that differ in their limits share one, which has the parts of all of them.
 *
 * @see https://learn.microsoft.com/azure/role-based-access-control/conditions-faq
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
  const same = ['role', given.scope, roleDefinitionId, principal.principalId];
  const assignment = onceInStack(at, same, () => new RoleAssignment(at, id, {
    scope: given.scope,
    roleDefinitionId,
    principalId: principal.objectId,
    principalType: principal.principalType,
  }));
  const purposes = [...(PURPOSES.get(assignment) ?? []), given];
  PURPOSES.set(assignment, purposes);
  describe(assignment, purposes);
  const needs = after(...purposes.flatMap((each) => each.needs ?? []));
  assignment.dependsOn = needs.length === 0 ? undefined : needs.map((need) => dependable(need));
  return assignment;
}

/** What an assignment was asked for, in the order of asking. */
const PURPOSES = new WeakMap<RoleAssignment, readonly RoleGrant[]>();

/** Longest condition that Azure takes. */
const MAX_CONDITION = 8192;

function describe(assignment: RoleAssignment, purposes: readonly RoleGrant[]): void {
  const whole = purposes.find(({ limit }) => limit === undefined);
  const [{ limit }] = purposes;
  if (whole !== undefined || limit === undefined) {
    assignment.resetCondition();
    assignment.resetConditionVersion();
    if (whole?.description !== undefined) assignment.description = whole.description;
    return;
  }
  // By the part: descriptions may have tokens in them, whose text is the order of asking.
  const byPart = new Map(purposes.map((each) => [each.limit!.part, each.description]));
  const parts = [...byPart.keys()].sort();
  const condition = limit.condition(parts);
  if (condition.length > MAX_CONDITION) {
    refuseBecause(
      speakerFor('permission', assignment.node.scope!, assignment.node.id),
      `its condition has ${condition.length} characters for ${parts.length} folders, and Azure takes ${MAX_CONDITION}: ` +
        'give it for folders above them',
    );
  }
  assignment.condition = condition;
  assignment.conditionVersion = '2.0';
  const descriptions = new Set(parts.flatMap((part) => byPart.get(part) ?? []));
  if (descriptions.size > 0) assignment.description = [...descriptions].join('; ');
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
