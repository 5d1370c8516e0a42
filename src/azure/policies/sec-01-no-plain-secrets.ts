import { listed } from '../../core/private/listed';
import { isNamedLikeSecret, looksLikeSecret } from '../../core/private/secrets';
import { Part, partsOf } from '../../terraform/policy/parts';
import { one, ResourceView } from '../../terraform/policy/resource-view';
import { Finding, NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';
import { definitionOf, isExpression, WORKFLOW } from '../private/policy/workflow-calls';

type Variable = readonly [name: string, value: unknown];

/** Where variables stand, by type; undefined where they are not known at synthesis. */
const VARIABLES: Readonly<Record<string, (resource: ResourceView) => Variable[] | undefined>> = {
  'azurerm_container_app': ofContainers,
  'azurerm_container_app_job': ofContainers,
  'azurerm_key_vault_secret': ({ attributes }) => [['secret_value', attributes.value]],
  'azurerm_linux_function_app': ({ attributes }) => Object.entries(attributes.app_settings ?? {}),
  'azurerm_mssql_server': ({ attributes }) => [['administrator_login_password', attributes.administrator_login_password]],
  'azurerm_postgresql_flexible_server': ({ attributes }) => [['administrator_password', attributes.administrator_password]],
  'Microsoft.MachineLearningServices/workspaces/computes': ofBody,
  'Microsoft.MachineLearningServices/workspaces/connections': ({ attributes }) => secretsOf(attributes.properties?.credentials),
  'Microsoft.MachineLearningServices/workspaces/datastores': ({ attributes }) => secretsOf(attributes.properties?.credentials?.secrets),
  'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments': ofBody,
  [WORKFLOW]: (resource) => {
    const definition = definitionOf(resource);
    if (definition === undefined) return undefined;
    const parameters: Variable[] = Object.entries<Part>(definition.parameters ?? {}).map(([name, each]) => [
      name,
      each.defaultValue,
    ]);
    const given: Variable[] = Object.entries<Part>(resource.attributes.properties.parameters ?? {}).map(
      ([name, each]) => [name, each.value],
    );
    return [...parameters, ...given, ...environmentOf(definition), ...headersOf(definition)];
  },
};

/**
 * Variables, headers, passwords and secrets of vaults hold no secret: not by their name, not by the look of their
 * value.
 */
export const noPlainSecrets: Rule = {
  policy: 'MLOPS-SEC-01',
  types: Object.keys(VARIABLES),
  fix: 'keep the secret in a Key Vault and refer to it: secret.key_vault_secret_id, or a write-only attribute; better, let the identity open what is asked for',
  reasonedBy: [['CKV_AZURE_41', 'azurerm_key_vault_secret']],
  check(resource) {
    const variables = VARIABLES[resource.type](resource);
    if (variables === undefined) return undecided('the definition is not known at synthesis');
    const known = variables.filter(([, value]) => value !== undefined);
    return known.length === 0 ? NOT_APPLICABLE : unless(known.flatMap(secretIn));
  },
};

/** A secret of an app with a value stands in Terraform's state, whatever it is called. */
function ofContainers({ attributes }: ResourceView): Variable[] {
  const containers = listed(one(attributes.template)?.container);
  return [
    ...listed(attributes.secret).map(({ name, value }): Variable => [`secret ${name}`, value]),
    ...containers
      .flatMap((container) => listed(container.env))
      .map(({ name, value, secret_name: reference }): Variable => [String(name), value ?? (reference && '')]),
  ];
}

function ofBody({ attributes }: ResourceView): Variable[] | undefined {
  return typeof attributes.properties === 'object' ? environmentOf(attributes.properties) : undefined;
}

function secretsOf(credentials: Part | undefined): Variable[] {
  return Object.entries(credentials ?? {}).filter(([, value]) => typeof value === 'string');
}

function environmentOf(body: unknown): Variable[] {
  return partsOf(body, ({ environmentVariables }) => typeof environmentVariables === 'object').flatMap(
    ({ environmentVariables }) => Object.entries(environmentVariables ?? {}),
  );
}

function headersOf(definition: unknown): Variable[] {
  return partsOf(definition, ({ headers, method }) => headers !== undefined && method !== undefined)
    .flatMap(({ headers }) => Object.entries<unknown>(headers))
    .map(([name, value]): Variable => [/^authorization$/i.test(name) ? 'auth_token' : name, value]);
}

function secretIn([name, value]: Variable): Finding[] {
  if (typeof value !== 'string' || value === '' || isExpression(value)) return [];
  if (looksLikeSecret(value)) return [{ text: `${name} holds what looks like a secret`, element: `Variable::${name}` }];
  if (name.startsWith('secret ')) return [{ text: `${name} has its value in the stack`, element: `Variable::${name}` }];
  if (!isNamedLikeSecret(name)) return [];
  return [{ text: `${name} is named like a secret and its value is in the stack`, element: `Variable::${name}` }];
}
