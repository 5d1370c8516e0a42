import { Landscape, Properties, ResourceView } from './resource-view';

/** One statement of a policy document, in IAM's words. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: Properties;
}

export function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

export function statementsOf(document: unknown): Statement[] {
  return listed((document as Properties | undefined)?.Statement) as Statement[];
}

/** The documents of a role, a user, a group or a policy that say what it may do; not who may take it. */
export function permissionDocuments({ properties }: ResourceView): unknown[] {
  return [...listed(properties.PolicyDocument), ...listed(properties.Policies).map((each) => (each as Properties).PolicyDocument)];
}

/** The resource policies of a type that are attached to the resource. */
export function documentsFor(resource: ResourceView, around: Landscape, policyType: string): unknown[] {
  return around.ofType(policyType)
    .filter(({ properties }) => resource.isReferredToBy(properties.Bucket ?? properties.Topics ?? properties.Queues))
    .map(({ properties }) => properties.PolicyDocument);
}

export function denies(document: unknown, matching: (statement: Statement) => boolean): boolean {
  return statementsOf(document).some((each) => each.Effect === 'Deny' && isEverybody(each.Principal) && matching(each));
}

/** Condition keys that bind a statement for everybody to somebody. */
const BINDING = /^aws:(Source(Account|Arn|OrgID|OrgPaths|Vpc|Vpce|Owner)|Principal(Account|Arn|OrgID|OrgPaths)|ResourceAccount)$|^kms:CallerAccount$|^s3:DataAccessPointAccount$/i;

/** Whether a statement lets in whoever asks: an allowance for everybody that no condition binds to an account, a network or a resource. */
export function allowsEverybody(statement: Statement): boolean {
  if (statement.Effect === 'Deny' || !(isEverybody(statement.Principal) || statement.NotPrincipal !== undefined)) return false;
  const bound = Object.entries(statement.Condition ?? {}).some(([operator, operands]) =>
    !/^ForAllValues:|^Null$|Not|IfExists/.test(operator) && Object.entries(operands).some(([key, value]) => BINDING.test(key) && value !== '*'));
  return !bound;
}

function isEverybody(principal: unknown): boolean {
  if (principal === '*') return true;
  if (typeof principal !== 'object' || principal === null) return false;
  return listed((principal as Properties).AWS).includes('*');
}
