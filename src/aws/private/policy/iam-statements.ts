import { isNoValue, Landscape, Properties, ResourceView } from './resource-view';

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

/** A list, or what stands for one; of a condition what both of its branches hold. */
export function listed(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(branches);
  return value === undefined ? [] : branches(value).flat();
}

function branches(value: unknown): unknown[] {
  const choice = (value as Properties | null)?.['Fn::If'];
  if (!Array.isArray(choice)) return [value];
  return choice.slice(1).filter((each) => !isNoValue(each)).flatMap(listed);
}

/** The statements of a document that may stand in it, whatever its conditions say. */
export function statementsOf(document: unknown): Statement[] {
  return listed(document).flatMap((each) => listed((each as Properties | null)?.Statement)) as Statement[];
}

/** The documents of a role, a user, a group or a policy that say what it may do; not who may take it. */
export function permissionDocuments({ properties }: ResourceView): unknown[] {
  return [
    ...listed(properties.PolicyDocument),
    ...listed(properties.Policies).map((each) => (each as Properties).PolicyDocument),
  ];
}

/** The resource policies of a type that are attached to the resource. */
export function documentsFor(resource: ResourceView, around: Landscape, policyType: string): unknown[] {
  return around
    .ofType(policyType)
    .filter((policy) =>
      resource.isReferredToBy(policy.properties.Bucket ?? policy.properties.Topics ?? policy.properties.Queues, policy),
    )
    .map(({ properties }) => properties.PolicyDocument);
}

/** Whether a statement that always stands in the document denies something to everybody. */
export function denies(document: unknown, matching: (statement: Statement) => boolean): boolean {
  return [(document as Properties | undefined)?.Statement]
    .flat()
    .some((each) => each?.Effect === 'Deny' && isEverybody(each.Principal) && matching(each));
}

/** Condition keys that bind a statement for everybody to somebody. */
const BINDING =
  /^aws:(Source(Account|Arn|OrgID|OrgPaths|Vpc|Vpce|Owner)|Principal(Account|Arn|OrgID|OrgPaths)|ResourceAccount)$|^kms:CallerAccount$|^s3:DataAccessPointAccount$/i;

/**
 * Whether a statement lets in whoever asks: an allowance for everybody that no condition binds to an account, a network
 * or a resource.
 */
export function allowsEverybody(statement: Statement): boolean {
  if (statement.Effect === 'Deny' || !(isEverybody(statement.Principal) || statement.NotPrincipal !== undefined)) {
    return false;
  }
  const bound = Object.entries(statement.Condition ?? {}).some(
    ([operator, operands]) =>
      !/^ForAllValues:|^Null$|Not|IfExists/.test(operator) &&
      Object.entries(operands).some(([key, value]) => BINDING.test(key) && !listed(value).some(isAnything)),
  );
  return !bound;
}

/** `*`, `arn:*`, `arn:aws:iam::*:role/*`: nothing in it says whose. The name of a bucket does. */
function isAnything(value: unknown): boolean {
  const parts = String(value).split(':');
  if (parts.length < 6) return parts[parts.length - 1] === '*';
  const resource = parts.slice(5).join(':');
  return /^\**$/.test(parts[4]) && (parts[2] === 's3' ? resource === '*' : resource.includes('*'));
}

function isEverybody(principal: unknown): boolean {
  if (principal === '*') return true;
  if (typeof principal !== 'object' || principal === null) return false;
  return listed((principal as Properties).AWS).includes('*');
}
