import { Finding, NOT_APPLICABLE, Rule, undecided, unless } from '../private/policy-rule';
import { isRuntime, listed, one, ResourceView } from '../private/policy-view';
import { containersOf, definitionOf, WORKFLOW } from '../private/policy-workflow';

/** Names that say that the value is a secret. */
const SECRET_NAME = /(secret|passw(or)?d|passphrase|api_?key|access_?key|private_?key|credential|auth_?token|bearer)/i;
/** Names of the kind that say where the secret is, not what it is. */
const REFERENCE_NAME = /(_?(id|name|path|uri|url|file|ref|version))$/i;
/** Values that are secrets whatever they are called. */
const SECRET_VALUE = /AIza[0-9A-Za-z_-]{35}|GOCSPX-[\w-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|gh[pousr]_[A-Za-z0-9]{36}|xox[abpr]-[A-Za-z0-9-]{10}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\./;

type Variable = readonly [name: string, value: unknown];

/** Where variables stand, by type; undefined where they are not known at synthesis. */
const VARIABLES: Readonly<Record<string, (resource: ResourceView) => Variable[] | undefined>> = {
  google_cloud_run_v2_job: ({ attributes }) => environment(one(one(attributes.template)?.template)?.containers),
  google_cloud_run_v2_service: ({ attributes }) => environment(one(attributes.template)?.containers),
  google_secret_manager_secret_version: ({ attributes }) => [['secret_value', attributes.secret_data]],
  google_sql_user: ({ attributes }) => [['password', attributes.password]],
  [WORKFLOW]: (resource) => {
    const definition = definitionOf(resource);
    if (definition === undefined) return undefined;
    return [...Object.entries(resource.attributes.user_env_vars ?? {}), ...environment(containersOf(definition))];
  },
};

/** Variables, passwords and versions of secrets hold no secret: not by their name, not by the look of their value. */
export const noPlainSecrets: Rule = {
  policy: 'MLOPS-SEC-01',
  types: Object.keys(VARIABLES),
  fix: 'keep the secret in Secret Manager and refer to it: value_source.secret_key_ref, or a write-only attribute',
  check(resource) {
    const variables = VARIABLES[resource.type](resource);
    if (variables === undefined) return undecided('the definition is not known at synthesis');
    return variables.length === 0 ? NOT_APPLICABLE : unless(variables.flatMap(secretIn));
  },
};

function environment(containers: unknown): Variable[] {
  return listed(containers).flatMap((container) => listed(container.env)).map(({ name, value }): Variable => [String(name), value]);
}

function secretIn([name, value]: Variable): Finding[] {
  if (typeof value !== 'string' || value === '' || isRuntime(value)) return [];
  if (SECRET_VALUE.test(value)) return [{ text: `${name} holds what looks like a secret`, element: `Variable::${name}` }];
  if (!(SECRET_NAME.test(name)) || REFERENCE_NAME.test(name) && name !== 'secret_value') return [];
  return [{ text: `${name} is named like a secret and its value is in the stack`, element: `Variable::${name}` }];
}
