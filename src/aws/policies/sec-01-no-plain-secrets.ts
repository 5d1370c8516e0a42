import { isNamedLikeSecret, looksLikeSecret } from '../../core/private/secrets';
import { listed } from '../private/policy/iam-statements';
import { ResourceView } from '../private/policy/resource-view';
import { Finding, NOT_APPLICABLE, Rule, undecided, unless } from '../private/policy/rule';
import { addressText, isRuntime, REQUESTING_TYPES, requestsOf } from '../private/policy/sagemaker-requests';

/** Properties that are secrets by what they are for. */
const PASSWORDS: Readonly<Record<string, string>> = {
  'AWS::RDS::DBCluster': 'MasterUserPassword',
  'AWS::RDS::DBInstance': 'MasterUserPassword',
  'AWS::SecretsManager::Secret': 'SecretString',
};

/** Environment variables and hyperparameters hold no secret: not by their name, not by the look of their value. */
export const noPlainSecrets: Rule = {
  policy: 'MLOPS-SEC-01',
  types: [
    'AWS::CodeBuild::Project',
    'AWS::ECS::TaskDefinition',
    'AWS::Lambda::Function',
    ...Object.keys(PASSWORDS),
    ...REQUESTING_TYPES,
  ],
  fix: 'keep the secret in Secrets Manager and pass its ARN',
  check(resource) {
    const variables = variablesOf(resource);
    if (variables === undefined) return undecided('the definition is not known at synthesis');
    return variables.length === 0 ? NOT_APPLICABLE : unless(variables.flatMap(secretIn));
  },
};

type Variable = readonly [name: string, value: unknown];

function variablesOf(resource: ResourceView): Variable[] | undefined {
  const { type, properties } = resource;
  const password = PASSWORDS[type];
  if (password !== undefined) return properties[password] === undefined ? [] : [[password, properties[password]]];
  if (type === 'AWS::Lambda::Function') return Object.entries(properties.Environment?.Variables ?? {});
  if (type === 'AWS::CodeBuild::Project') {
    return listed(properties.Environment?.EnvironmentVariables)
      .filter((each: any) => (each.Type ?? 'PLAINTEXT') === 'PLAINTEXT').map((each: any) => [each.Name, each.Value]);
  }
  if (type === 'AWS::ECS::TaskDefinition') {
    return listed(properties.ContainerDefinitions)
      .flatMap((each: any) => listed(each.Environment))
      .map((each: any) => [each.Name, each.Value]);
  }
  return requestsOf(resource)?.flatMap(({ request }) => [
    request.Environment, request.HyperParameters, request.PrimaryContainer?.Environment,
    ...listed(request.Containers).map((each: any) => each.Environment),
  ].flatMap((each) => Object.entries(each ?? {})));
}

function secretIn([name, given]: Variable): Finding[] {
  return listed(given).flatMap((value) => {
    const text = addressText(value);
    if (looksLikeSecret(text)) {
      return [{ text: `${name} holds what looks like a secret`, element: `Variable::${name}` }];
    }
    const isKnown =
      typeof value === 'string' &&
      value !== '' &&
      !isRuntime(value) &&
      !value.startsWith('{{resolve:') &&
      !value.startsWith('arn:');
    const isSecret = isNamedLikeSecret(name) || Object.values(PASSWORDS).includes(name);
    return isKnown && isSecret
      ? [{ text: `${name} is named like a secret and its value is in the template`, element: `Variable::${name}` }]
      : [];
  });
}
