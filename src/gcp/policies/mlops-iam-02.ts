import { WIDE_GRANTS } from '../private/policy-iam';
import { Rule, unless } from '../private/policy-rule';

/** Nobody administers a whole service, or everybody's permissions, in the project. */
export const noFullAccess: Rule = {
  policy: 'MLOPS-IAM-02',
  types: WIDE_GRANTS,
  fix: 'grant what is used: grantRead, grantInvoke, grantStart …',
  check({ attributes }) {
    const role = String(attributes.role);
    return unless(/^roles\/[\w.]*(admin|Admin)$/.test(role) ? [{ text: `${role} is given in the whole project`, element: `Role::${role}` }] : []);
  },
};
