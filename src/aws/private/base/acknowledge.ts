import { Acknowledgment, aws_iam as iam, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { listed } from '../../../core/private/listed';

/**
 * Says why findings on one construct are accepted.
 *
 * The CDK would record where in the code that was said, with the folder of the checkout: the same app would synthesize
 * to different bytes in different places.
 */
export function acknowledge(on: IConstruct, ...rules: Acknowledgment[]): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    Validations.of(on).acknowledge(...rules);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * Says why a function of the library's own has no reserved concurrency, no dead-letter queue and no VPC.
 *
 * @param called who calls it and sees how it ends
 * @param outsideVpc what it reaches from outside a VPC, and what it does not touch
 */
export function acknowledgeOwnFunction(handler: Construct, called: string, outsideVpc: string): void {
  acknowledgeRedundantDependency(handler);
  acknowledge(handler,
    { id: 'AwsSolutions-L1', reason: 'the newest runtime that every region and every supported version of the CDK has' },
    { id: 'NIST.800.53.R5-LambdaConcurrency', reason: called },
    { id: 'NIST.800.53.R5-LambdaDLQ', reason: called },
    { id: 'NIST.800.53.R5-LambdaInsideVPC', reason: outsideVpc });
  skipInCheckov(handler, called, 'CKV_AWS_115', 'CKV_AWS_116', 'CKV_AWS_117');
}

/**
 * Wildcards that a policy may have, with the reason: the pattern is matched with `Resource::<…>` or `Action::<…>` as
 * cdk-nag writes them.
 */
export type AcknowledgedWildcard = readonly [finding: RegExp, reason: string];

/**
 * Says why the policies below a role need their wildcards, for roles that several give statements to, grants of the CDK
 * among them: a pattern has the reason, whoever gave the statement. What no pattern names stays a finding. Whoever
 * gives one statement himself says why with `acknowledgeWildcards`, whoever calls one grant with `acknowledgeGrant`.
 *
 * It looks at the finished documents, because grants may come after the role. The role's own policy is inline on
 * purpose: it has one user, is deleted with it, and exists before everything that depends on the role.
 */
export function acknowledgePolicies(role: IConstruct, accepted: readonly AcknowledgedWildcard[]): void {
  role.node.addValidation({
    validate: () => {
      for (const policy of role.node.findAll().filter(isPolicy)) acknowledgeInPolicy(policy, accepted);
      return [];
    },
  });
}

/**
 * Says why a role's statements need their wildcards, one acknowledgement for each, on the construct that carries the
 * policy.
 *
 * A judge names a wildcard by its text after references are resolved, and a reference to another stack gets its text
 * only during synthesis: so the acknowledgements are written when the tree is validated, after which nothing moves any
 * more.
 *
 * @param on the role (or the policy) that gets the statements
 * @param reason why these wildcards are as narrow as they can be
 */
export function acknowledgeWildcards(on: IConstruct, reason: string, ...statements: iam.PolicyStatement[]): void {
  on.node.addValidation({
    validate: () => {
      const resolved = statements.map((each) => ({
        Effect: 'Allow',
        Action: each.actions,
        Resource: Stack.of(on).resolve(each.resources),
      }));
      for (const finding of wildcardsOf(resolved)) acknowledge(on, { id: `AwsSolutions-IAM5[${finding}]`, reason });
      return [];
    },
  });
}

/**
 * The same for what a grant method returned: whoever grants knows why. Nothing happens when the grantee is not a
 * construct of this app.
 */
export function acknowledgeGrant(grantee: iam.IGrantable, reason: string, ...grants: iam.Grant[]): void {
  const principal: unknown = grantee.grantPrincipal;
  if (!Construct.isConstruct(principal)) return;
  acknowledgeWildcards(principal, reason, ...grants.flatMap((grant) => grant.principalStatements));
}

/** Says why the role's permissions are an inline policy. */
export function acknowledgeInlinePolicy(role: IConstruct): void {
  acknowledge(role, {
    id: 'NIST.800.53.R5-IAMNoInlinePolicy',
    reason:
      'the statements name the resources of this one role and live and die with it; a managed policy could be attached elsewhere',
  });
}

/** Tells checkov, on the resource, why some of its checks do not hold. */
export function skipInCheckov(construct: IConstruct, comment: string, ...ids: string[]): void {
  const resource = (CfnResource.isCfnResource(construct) ? construct : construct.node.defaultChild) as CfnResource;
  const { skip = [] } = (resource.getMetadata('checkov') ?? {}) as { readonly skip?: readonly object[] };
  resource.addMetadata('checkov', { skip: [...skip, ...ids.map((id) => ({ id, comment }))] });
}

/**
 * Tells cfn-lint, on the resource, that the CDK names a role here that it refers to as well: harmless, and not ours to
 * change.
 */
export function acknowledgeRedundantDependency(construct: IConstruct): void {
  (construct.node.defaultChild as CfnResource).addMetadata('cfn-lint', { config: { ignore_checks: ['W3005'] } });
}

function acknowledgeInPolicy(policy: CfnResource, accepted: readonly AcknowledgedWildcard[]): void {
  const { Statement: statements } = Stack.of(policy).resolve(
    (policy as CfnResource & PolicyResource).policyDocument,
  ) as { Statement: Statement[] };
  for (const finding of wildcardsOf(statements)) {
    const reason = accepted.find(([pattern]) => pattern.test(finding))?.[1];
    if (reason !== undefined) acknowledge(policy, { id: `AwsSolutions-IAM5[${finding}]`, reason });
  }
  if (policy.cfnResourceType !== 'AWS::IAM::Policy') return;
  acknowledge(policy, {
    id: 'NIST.800.53.R5-IAMNoInlinePolicy',
    reason: 'the policy belongs to one role only and must exist before what uses the role: as its child it does both',
  });
}

/** The wildcards of resolved statements, as cdk-nag names them. */
function wildcardsOf(statements: Statement[]): Set<string> {
  return new Set(statements.filter((each) => each.Effect === 'Allow').flatMap((each) => [
    ...listed(each.Action).map((action) => `Action::${String(action)}`),
    ...listed(each.Resource).map((resource) => `Resource::${flattened(resource)}`),
  ]).filter((finding) => finding.includes('*')));
}

function isPolicy(node: IConstruct): node is CfnResource {
  return (
    CfnResource.isCfnResource(node) && ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].includes(node.cfnResourceType)
  );
}

/** A reference as cdk-nag writes it: `<Bucket.Arn>/capture/*`. */
function flattened(value: unknown): string {
  if (typeof value === 'string') return value.replace(/\$\{/g, '<').replace(/\}/g, '>');
  if (typeof value !== 'object' || value === null) return '';
  const [intrinsic, argument] = Object.entries(value)[0];
  if (intrinsic === 'Fn::Join') return (argument[1] as unknown[]).map(flattened).join(argument[0]);
  if (intrinsic === 'Fn::GetAtt') return `<${argument[0]}.${argument[1]}>`;
  if (intrinsic === 'Ref') return `<${argument}>`;
  if (intrinsic === 'Fn::Sub' || intrinsic === 'Fn::ImportValue') return flattened(argument);
  return JSON.stringify(value);
}

/** A statement whose references are resolved. */
export interface Statement {
  readonly Effect: string;
  readonly Action?: unknown;
  readonly Resource?: unknown;
}

interface PolicyResource {
  readonly policyDocument: unknown;
}
