import { Rule, undecided, unless } from '../../terraform/policy/rule';
import { givenBy, isKnown, readyMade, WIDE_GRANTS } from '../private/policy/iam-grants';

/** Nobody administers a whole service, or everybody's permissions, in the project, unless a condition narrows it. */
export const noFullAccess: Rule = {
  policy: 'MLOPS-IAM-02',
  types: WIDE_GRANTS,
  fix: 'grant what is used: grantRead, grantInvoke, grantStart …',
  check(resource, around) {
    const given = givenBy(resource, around);
    if (given === undefined) return undecided('the role is not known at synthesis');
    const open = given.filter((each) => !each.narrowed).flatMap((each) => readyMade(each) ?? []);
    const findings = open
      .filter((role) => ADMIN.test(role))
      .map((role) => ({ text: `${role} is given in the whole project`, element: `Role::${role}` }));
    return findings.length === 0 && !open.every(isKnown)
      ? undecided('the role is not known at synthesis')
      : unless(findings);
  },
};

/** `roles/storage.admin`, `roles/compute.instanceAdmin.v1`. */
const ADMIN = /^roles\/[\w.]*[aA]dmin(\.v\d+)?$/;
