import { Rule, unless } from '../private/policy-rule';
import { allowsEverybody, Statement, statementsOf } from '../private/statements';

/** A role's trust policy names who may take it; an identity provider's tokens are told apart by a condition on their subject. */
export const namedTrust: Rule = {
  policy: 'MLOPS-IAM-03',
  types: ['AWS::IAM::Role'],
  fix: 'name the principal; for an identity provider, a condition on the token\'s subject',
  check({ properties }) {
    const allowing = statementsOf(properties.AssumeRolePolicyDocument).filter((each) => each.Effect !== 'Deny');
    return unless([
      ...allowing.filter(allowsEverybody).map(() => 'everybody may take the role'),
      ...allowing.filter(trustsAnyToken).map(() => 'any token of the identity provider may take the role'),
    ]);
  },
};

function trustsAnyToken(statement: Statement): boolean {
  const principal = statement.Principal as { Federated?: unknown } | undefined;
  if (principal?.Federated === undefined || typeof statement.Principal === 'string') return false;
  const subjects = Object.values(statement.Condition ?? {}).flatMap((operands) => Object.entries(operands as Record<string, unknown>))
    .filter(([key]) => /:sub$/i.test(key));
  return subjects.length === 0 || subjects.some(([, value]) => [value].flat().includes('*'));
}
