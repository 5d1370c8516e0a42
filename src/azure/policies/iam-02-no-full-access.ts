import { Rule, undecided, unless } from '../../terraform/policy/rule';
import { builtIn, givenBy } from '../private/policy/given-roles';

/**
 * Nobody administers a whole service, or everybody's permissions, in the resource group or the subscription, unless a
 * condition narrows it.
 */
export const noFullAccess: Rule = {
  policy: 'MLOPS-IAM-02',
  types: ['azurerm_role_assignment'],
  fix: 'grant what is used: grantRead, grantInvoke, grantStart …',
  check({ attributes }) {
    const given = givenBy(attributes);
    if (given.isCustom || given.isNarrowed || given.reach === 'resource') return unless([]);
    const role = builtIn(given);
    if (role === undefined || given.reach === undefined) {
      return undecided('the role, or what it is given for, is not known at synthesis');
    }
    return unless(
      ADMIN.test(role.name)
        ? [{ text: `${role.name} is given in the whole ${given.reach}`, element: `Role::${role.name}` }]
        : [],
    );
  },
};

/** `Storage Account Contributor`, `Key Vault Administrator`, `Owner`. */
const ADMIN = /(Contributor|Owner|Administrator|Officer)$/;
