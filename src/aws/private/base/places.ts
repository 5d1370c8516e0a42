import { Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { refuse, Speaker } from '../../../core/private/validation';

/** Where something is: account and region, as far as a literal says. */
export interface Place {
  readonly region?: string;
  readonly account?: string;
}

/** The place that an ARN names; nothing where the ARN is known at deployment only, or names none. */
function placeOf(arn: string): Place {
  const [head, , , region, account] = arn.split(':');
  if (head !== 'arn') return {};
  return { region: literal(region), account: literal(account) };
}

/**
 * Refuses what is of another region than the stack, where both are known.
 *
 * @param why what does not work across regions
 */
export function requireOwnRegion(
  scope: IConstruct,
  who: Speaker,
  prop: string,
  of: { readonly text: string } & Place,
  why: string,
): void {
  const { region } = Stack.of(scope);
  if (of.region === undefined || Token.isUnresolved(region) || of.region === region) return;
  refuse(who, prop, of.text, `of ${region}, the region of the stack: ${why}`);
}

/** The same for the account. */
export function requireOwnAccount(
  scope: IConstruct,
  who: Speaker,
  prop: string,
  of: { readonly text: string } & Place,
  why: string,
): void {
  const { account } = Stack.of(scope);
  if (of.account === undefined || Token.isUnresolved(account) || of.account === account) return;
  refuse(who, prop, of.text, `of ${account}, the account of the stack: ${why}`);
}

/** An ARN and its place. */
export function arnPlace(arn: string): { readonly text: string } & Place {
  return { text: arn, ...placeOf(arn) };
}

/** A role that a service of AWS is to run as: none of another account can be passed. */
export function requireOwnRole(
  scope: IConstruct,
  who: Speaker,
  prop: string,
  role: { readonly roleArn: string } | undefined,
): void {
  if (role !== undefined) {
    requireOwnAccount(
      scope,
      who,
      prop,
      arnPlace(role.roleArn),
      'a role cannot be passed to a service of another account',
    );
  }
}

function literal(part: string | undefined): string | undefined {
  return part === undefined || part === '' || Token.isUnresolved(part) ? undefined : part;
}
