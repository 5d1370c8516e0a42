import { listed } from '../private/policy/iam-statements';
import { NOT_APPLICABLE, Rule, unless } from '../private/policy/rule';
import { addressText } from '../private/policy/sagemaker-requests';

/** In an ARN of a policy of AWS: one of the account's own may be called what it likes. */
const FULL = /:aws:policy\/\S*(FullAccess|AdministratorAccess|PowerUserAccess)/;

/** No role, user or group has a managed policy of AWS that opens a whole service or the account. */
export const noFullAccess: Rule = {
  policy: 'MLOPS-IAM-02',
  types: ['AWS::IAM::Group', 'AWS::IAM::Role', 'AWS::IAM::User'],
  fix: 'grant what is used: grantRead, grantInvoke, grantStart …',
  check({ properties }) {
    const attached = listed(properties.ManagedPolicyArns).map(addressText);
    if (attached.length === 0) return NOT_APPLICABLE;
    return unless(attached.filter((arn) => FULL.test(arn)).map((arn) => ({
      text: `has the managed policy ${nameOf(arn)}`, element: `Policy::${nameOf(arn)}`,
    })));
  },
};

function nameOf(arn: string): string {
  return /policy\/((?:[\w+=,.@-]+\/)*[\w+=,.@-]+)/.exec(arn)?.[1] ?? arn;
}
