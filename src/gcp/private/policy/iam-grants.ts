import { listed } from '../../../core/private/listed';
import { isRuntime, Landscape, ResourceView } from '../../../terraform/policy/resource-view';

/** Types that give roles on something. */
export const GRANTS = /^google_\w+_iam_(member|binding|policy)$/;

/** Types that give roles on everything in a project, a folder or an organisation. */
export const WIDE_GRANTS: readonly string[] = ['project', 'folder', 'organization']
  .flatMap((carrier) => ['member', 'binding', 'policy'].map((kind) => `google_${carrier}_iam_${kind}`));

/** One role that is given, and to whom. */
export interface GivenRole {
  readonly role: string;
  readonly members: readonly string[];
  /** Whether a condition narrows it. */
  readonly narrowed: boolean;
}

/**
 * The roles that a resource gives, several where Terraform repeats it for each of a list or a map, or where it is a
 * whole policy; undefined where they are not known at synthesis.
 */
export function givenBy({ type, attributes }: ResourceView, around: Landscape): GivenRole[] | undefined {
  if (type.endsWith('_iam_policy')) return bindingsOf(attributes.policy_data, around)?.map((each) => given(each));
  const repeated = [attributes.role, ...listed(attributes.member), ...listed(attributes.members)].some((each) =>
    /\$\{each\.(value|key)\}/.test(String(each)),
  );
  if (!repeated) return [given(attributes)];
  return eachOf(attributes.for_each)?.map(([key, value]) => {
    const { role, members, narrowed } = given(attributes);
    const filled = (text: string) => text.replace('${each.value}', value).replace('${each.key}', key);
    return { role: filled(role), members: members.map(filled), narrowed };
  });
}

/**
 * A ready-made role; undefined for one of the stack's own, which names each of its permissions, and Google takes no
 * wildcard among them.
 */
export function readyMade({ role }: GivenRole): string | undefined {
  return /^\$\{google_(project|organization)_iam_custom_role\.[^}]+\}$/.test(role) ||
    /^(projects|organizations)\//.test(role)
    ? undefined
    : role;
}

export function isKnown(role: string): boolean {
  return !isRuntime(role);
}

function given({ role, member, members, condition }: { readonly [attribute: string]: any }): GivenRole {
  const narrowed = listed(condition).some(
    (each) => String(each.expression ?? '').trim() !== '' && String(each.expression).trim() !== 'true',
  );
  return { role: String(role), members: [...listed(member), ...listed(members)].map(String), narrowed };
}

/** The bindings of a policy: written down, or of a data source of the stack. */
function bindingsOf(policyData: unknown, around: Landscape): { readonly [attribute: string]: any }[] | undefined {
  const text = String(policyData);
  const [, source] = /^\$\{data\.google_iam_policy\.([\w-]+)\.policy_data\}$/.exec(text) ?? [];
  if (source !== undefined) return listed(around.data('google_iam_policy', source)?.binding);
  try {
    return listed(JSON.parse(text).bindings);
  } catch {
    return undefined;
  }
}

/** Keys and values of a list or a map that Terraform repeats a resource for. */
function eachOf(forEach: unknown): [key: string, value: string][] | undefined {
  const [, keys, values] = /^\$\{(?:toset|zipmap)\((?:(\[.*\]), ?)?(\[.*\])\)\}$/.exec(String(forEach)) ?? [];
  if (values === undefined) return undefined;
  const parsed = JSON.parse(values) as string[];
  const named = keys === undefined ? parsed : JSON.parse(keys) as string[];
  return parsed.map((value, index) => [named[index], value]);
}
