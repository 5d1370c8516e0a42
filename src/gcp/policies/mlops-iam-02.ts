import { WIDE_GRANTS } from '../private/policy-iam';
import { Rule, unless } from '../private/policy-rule';
import { listed } from '../private/policy-view';

/** Nobody administers a whole service, or everybody's permissions, in the project, unless a condition narrows it. */
export const noFullAccess: Rule = {
  policy: 'MLOPS-IAM-02',
  types: WIDE_GRANTS,
  fix: 'grant what is used: grantRead, grantInvoke, grantStart …',
  check({ attributes }) {
    const role = String(attributes.role);
    if (listed(attributes.condition).length > 0) return unless([]);
    return unless(/^roles\/[\w.]*(admin|Admin)$/.test(role) ? [{ text: `${role} is given in the whole project`, element: `Role::${role}` }] : []);
  },
};
