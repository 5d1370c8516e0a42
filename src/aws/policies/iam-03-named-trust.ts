import { allowsEverybody, listed, Statement, statementsOf } from '../private/policy/iam-statements';
import { Rule, undecided, unless, Verdict } from '../private/policy/rule';
import { isRuntime } from '../private/policy/sagemaker-requests';

/**
 * Claims of a token that say whose it is: a subject; the name of an identity pool; that a provider of one's own has signed
 * it for AWS.
 */
const TELLING = /(:sub|^cognito-identity\.amazonaws\.com:aud|^SAML:(aud|sub|iss|doc))$/i;

/**
 * A role's trust policy names who may take it; an identity provider's tokens are told apart by a condition on their
 * subject.
 */
export const namedTrust: Rule = {
  policy: 'MLOPS-IAM-03',
  types: ['AWS::IAM::Role'],
  fix: 'name the principal; for an identity provider, a condition on the token\'s subject',
  check({ properties }) {
    const allowing = statementsOf(properties.AssumeRolePolicyDocument).filter((each) => each.Effect !== 'Deny');
    const judged = unless([
      ...allowing.filter(allowsEverybody).map(() => 'everybody may take the role'),
      ...allowing
        .filter((each) => trustsAnyToken(each) === 'violation')
        .map(() => 'any token of the identity provider may take the role'),
    ]);
    if (judged.kind === 'compliant' && allowing.some((each) => trustsAnyToken(each) === 'undecided')) {
      return undecided('the condition on the token is known in the cloud only');
    }
    return judged;
  },
};

function trustsAnyToken(statement: Statement): Verdict['kind'] {
  const principal = statement.Principal as { Federated?: unknown } | undefined;
  if (principal?.Federated === undefined || typeof statement.Principal === 'string') return 'notApplicable';
  const asked = Object.entries(statement.Condition ?? {}).filter(([operator]) =>
    /^(ForAnyValue:)?String(Equals|EqualsIgnoreCase|Like)$/.test(operator),
  );
  if (asked.some(([, operands]) => isRuntime(operands))) return 'undecided';
  const values = asked.flatMap(([, operands]) => Object.entries(operands as Record<string, unknown>))
    .filter(([key]) => TELLING.test(key)).map(([, value]) => listed(value));
  return values.some((each) => each.length > 0 && !each.some(isAnybody)) ? 'compliant' : 'violation';
}

/** `*`, or `repo:*`: any repository of a code host. */
function isAnybody(subject: unknown): boolean {
  return typeof subject === 'string' && /^(\w+:)?[*?]+([:/][*?]+)*$/.test(subject);
}
