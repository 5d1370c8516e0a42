import { listed } from '../../core/private/listed';
import { isNamedLikeSecret, looksLikeSecret } from '../../core/private/secrets';
import { isRuntime, one, ResourceView } from '../../terraform/policy/resource-view';
import { Finding, NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';
import { containersOf, definitionOf, WORKFLOW } from '../private/policy/workflow-calls';

type Variable = readonly [name: string, value: unknown];

/** Where variables stand, by type; undefined where they are not known at synthesis. */
const VARIABLES: Readonly<Record<string, (resource: ResourceView) => Variable[] | undefined>> = {
  google_cloud_run_v2_job: ({ attributes }) => environment(one(one(attributes.template)?.template)?.containers),
  google_cloud_run_v2_service: ({ attributes }) => environment(one(attributes.template)?.containers),
  google_cloudbuild_trigger: ({ attributes }) => [
    ...Object.entries(attributes.substitutions ?? {}),
    ...listed(one(attributes.build)?.step)
      .flatMap(({ env }) => listed(env))
      .map(assignment),
  ],
  google_cloudfunctions2_function: ({ attributes }) =>
    ['build_config', 'service_config'].flatMap((config) =>
      Object.entries(one(attributes[config])?.environment_variables ?? {}),
    ),
  google_secret_manager_secret_version: ({ attributes }) => [['secret_value', attributes.secret_data]],
  google_sql_user: ({ attributes }) => [['password', attributes.password]],
  google_workbench_instance: ({ attributes }) => Object.entries(one(attributes.gce_setup)?.metadata ?? {}),
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

/** `NAME=value`, as builds write it. */
function assignment(text: string): Variable {
  const [, name, value] = /^([^=]*)=([\s\S]*)$/.exec(text) ?? [];
  return [name ?? '', value];
}

function environment(containers: unknown): Variable[] {
  return listed(containers)
    .flatMap((container) => listed(container.env))
    .map(({ name, value }): Variable => [String(name), value]);
}

function secretIn([name, value]: Variable): Finding[] {
  if (typeof value !== 'string' || value === '' || isRuntime(value)) return [];
  if (looksLikeSecret(value)) return [{ text: `${name} holds what looks like a secret`, element: `Variable::${name}` }];
  if (!isNamedLikeSecret(name)) return [];
  return [{ text: `${name} is named like a secret and its value is in the stack`, element: `Variable::${name}` }];
}
