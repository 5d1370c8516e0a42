import { listed } from '../../core/private/listed';
import { Part } from '../../terraform/policy/parts';
import { isRuntime } from '../../terraform/policy/resource-view';
import { Rule, undecided, unless, Verdict } from '../../terraform/policy/rule';

const CREDENTIAL = 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials';

/**
 * A federated credential names whose tokens may take the identity: one subject of one issuer, and tokens that are made
 * for Azure. A pull request of GitHub may come from anybody.
 */
export const namedTrust: Rule = {
  policy: 'MLOPS-IAM-03',
  types: ['azurerm_federated_identity_credential', CREDENTIAL],
  fix: 'name the subject exactly, \'repo:owner/name:environment:prod\', and the audience api://AzureADTokenExchange',
  check({ type, attributes }) {
    if (type !== CREDENTIAL) return ofCredential(attributes.issuer, attributes.subject, listed(attributes.audience));
    const { issuer, subject, audiences, claimsMatchingExpression } = attributes.properties ?? {};
    return ofCredential(issuer, subject ?? patternOf(claimsMatchingExpression), listed(audiences));
  },
};

function ofCredential(issuer: unknown, subject: unknown, audiences: readonly unknown[]): Verdict {
  const findings = [
    ...(/^https:\/\//.test(String(issuer)) || isRuntime(issuer)
      ? []
      : [`issuer is ${issuer ?? 'missing'}, which no certificate proves`]),
    ...subjectFaults(subject),
    ...(audiences.length === 0 ? ['audience is missing'] : []),
  ];
  if (findings.length === 0 && isRuntime(subject)) return undecided('the subject is not known at synthesis');
  return unless(findings);
}

function subjectFaults(subject: unknown): string[] {
  const text = String(subject ?? '').trim();
  if (text === '') return ['any token of the issuer is taken: subject is missing'];
  if (/:pull_request$/.test(text)) return [`${text} lets whoever opens a pull request take the identity`];
  return text.includes('*') ? [`${text} lets more than one subject take the identity`] : [];
}

/** `claims['sub'] matches 'repo:owner/name:ref:refs/heads/*'`. */
function patternOf(expression: Part | undefined): string | undefined {
  return / (?:matches|eq) '([^']*)'/.exec(String(expression?.value ?? ''))?.[1];
}
