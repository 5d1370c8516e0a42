import { listed } from '../../core/private/listed';
import { Attributes } from '../../terraform/policy/resource-view';
import { Finding, Rule, undecided, unless, Verdict } from '../../terraform/policy/rule';
import { builtIn, givenBy } from '../private/policy/given-roles';

/**
 * No role over everything, none that gives roles without a limit, no role in a whole resource group that a single
 * resource can carry, and no wildcard in a role of the stack's own, unless a condition narrows it.
 */
export const reasonedWildcards: Rule = {
  policy: 'MLOPS-IAM-01',
  types: ['azurerm_role_assignment', 'azurerm_role_definition'],
  fix: 'give a role that fits, on the resource that it is about, or acknowledge the role with its reason',
  reasonedBy: ['CKV_AZURE_39'],
  check: ({ type, attributes }) =>
    type === 'azurerm_role_definition' ? unless(wildcardsOf(attributes)) : ofAssignment(attributes),
};

function ofAssignment(attributes: Attributes): Verdict {
  const given = givenBy(attributes);
  const role = builtIn(given);
  if (given.isCustom || given.isNarrowed) return unless([]);
  if (role === undefined) return undecided('the role is not known at synthesis');
  const element = `Role::${role.name}`;
  if (given.reach === undefined) return undecided('what the role is given for is not known at synthesis');
  if (GIVES_ROLES.includes(role.name)) return unless([{ text: `${role.name} can give every role`, element }]);
  if (given.reach === 'resource') return unless([]);
  if (role.isBasic) return unless([{ text: `${role.name} opens everything in the ${given.reach}`, element }]);
  return unless(
    role.carrier === undefined
      ? []
      : [{ text: `${role.name} is given in the whole ${given.reach}, and ${role.carrier} can carry it`, element }],
  );
}

/** Roles that make their own limits meaningless, wherever they are given. */
const GIVES_ROLES = ['Owner', 'User Access Administrator', 'Role Based Access Control Administrator'];

function wildcardsOf({ permissions }: Attributes): Finding[] {
  return listed(permissions).flatMap((each) => [...listed(each.actions), ...listed(each.data_actions)])
    .filter((action) => String(action).includes('*'))
    .map((action) => ({ text: `${action} allows more than one operation`, element: `Action::${action}` }));
}
