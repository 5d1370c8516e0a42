import { rolesOf, WIDE_GRANTS } from '../private/policy-iam';
import { Rule, undecided, unless } from '../private/policy-rule';
import { listed } from '../private/policy-view';

/** Nobody administers a whole service, or everybody's permissions, in the project, unless a condition narrows it. */
export const noFullAccess: Rule = {
  policy: 'MLOPS-IAM-02',
  types: WIDE_GRANTS,
  fix: 'grant what is used: grantRead, grantInvoke, grantStart …',
  check(resource) {
    if (listed(resource.attributes.condition).length > 0) return unless([]);
    const roles = rolesOf(resource);
    if (roles === undefined) return undecided('the role is not known at synthesis');
    return unless(roles.filter((role) => /^roles\/[\w.]*[aA]dmin$/.test(role)).map((role) => ({ text: `${role} is given in the whole project`, element: `Role::${role}` })));
  },
};
