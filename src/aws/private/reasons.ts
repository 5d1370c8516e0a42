import { aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { acknowledge, wildcardsOf } from './acknowledge';

/**
 * Says why a role's statements need their wildcards, one acknowledgement for each, on the construct that carries the policy.
 *
 * A judge names a wildcard by its text after references are resolved, and a reference to another stack gets its text only during
 * synthesis: so the acknowledgements are written when the tree is validated, after which nothing moves any more.
 *
 * @param on the role (or the policy) that gets the statements
 * @param reason why these wildcards are as narrow as they can be
 */
export function acknowledgeWildcards(on: IConstruct, reason: string, ...statements: iam.PolicyStatement[]): void {
  on.node.addValidation({
    validate: () => {
      const resolved = statements.map((each) => ({ Effect: 'Allow', Action: each.actions, Resource: Stack.of(on).resolve(each.resources) }));
      for (const finding of wildcardsOf(resolved)) acknowledge(on, { id: `AwsSolutions-IAM5[${finding}]`, reason });
      return [];
    },
  });
}

/** The same for what a grant method returned: whoever grants knows why. Nothing happens when the grantee is not a construct of this app. */
export function acknowledgeGrant(grantee: iam.IGrantable, reason: string, ...grants: iam.Grant[]): void {
  const principal: unknown = grantee.grantPrincipal;
  if (!Construct.isConstruct(principal)) return;
  acknowledgeWildcards(principal, reason, ...grants.flatMap((grant) => grant.principalStatements));
}

/** Says why the role's permissions are an inline policy. */
export function acknowledgeInlinePolicy(role: IConstruct): void {
  acknowledge(role, {
    id: 'NIST.800.53.R5-IAMNoInlinePolicy',
    reason: 'the statements name the resources of this one role and live and die with it; a managed policy could be attached elsewhere',
  });
}
