import {
  aws_iam as iam,
  aws_kms as kms,
  aws_secretsmanager as secretsmanager,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IntegrationPlan } from '../../../core/private/integrations/plan';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { acknowledge, skipInCheckov } from '../base/acknowledge';

/** Secrets by the name that an integration uses. */
export type GivenSecrets = { readonly [name: string]: secretsmanager.ISecret } | undefined;

/**
 * The secrets of a client by variable: those that were given, and else those of that name in the account and region of
 * the stack.
 */
export function secretsOf(
  scope: Construct,
  who: Speaker,
  { secrets }: IntegrationPlan,
  given: GivenSecrets,
): { [variable: string]: secretsmanager.ISecret } {
  return Object.fromEntries(
    Object.entries(secrets).map(([variable, { value: name }]) => {
      if (given?.[name] !== undefined) return [variable, given[name]];
      // https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
      if (/-[A-Za-z0-9]{6}$/.test(name)) {
        refuseBecause(
          who,
          `secret '${name}' ends in a hyphen and six characters, which Secrets Manager takes for the end of an ARN: ` +
            `choose another name, or give the secret as secrets['${name}']`,
        );
      }
      return [variable, secretsmanager.Secret.fromSecretNameV2(scope, variable, name)];
    }),
  );
}

/** Settings of a secret that the stack makes. */
export interface MadeSecretInput {
  readonly description: string;
  readonly encryptionKey: kms.IKey;
  readonly removalPolicy: RemovalPolicy;
}

/** A secret that Secrets Manager makes, of letters and digits, and that nothing else ever writes. */
export function madeSecret(scope: Construct, id: string, input: MadeSecretInput): secretsmanager.Secret {
  const secret = new secretsmanager.Secret(scope, id, {
    ...input,
    generateSecretString: { excludePunctuation: true, passwordLength: 32 },
  });
  const reason =
    'the server reads it when it starts, and its database keeps the old one: a rotation would lock both out';
  acknowledge(
    secret,
    { id: 'AwsSolutions-SMG4', reason },
    { id: 'NIST.800.53.R5-SecretsManagerRotationEnabled', reason },
  );
  skipInCheckov(secret, reason, 'CKV2_AWS_57');
  return secret;
}

/**
 * Lets a role read one secret, with its key for that alone.
 *
 * `secret.grantRead` would name the role in the policy of the key: where roles have a permission boundary that names the
 * key, each of the three would wait for the next.
 */
export function grantSecret(secret: secretsmanager.ISecret, grantee: iam.IGrantable): iam.Grant {
  const grant = iam.Grant.addToPrincipal({
    grantee,
    actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    resourceArns: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
  });
  if (secret.encryptionKey === undefined) return grant;
  return grant.combine(iam.Grant.addToPrincipal({
    grantee,
    actions: ['kms:Decrypt'],
    resourceArns: [secret.encryptionKey.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(secret).region}.amazonaws.com` } },
  }));
}

/** The secret as a task of Amazon ECS names it, without the grant that goes with it. */
export function bareSecret(secret: secretsmanager.ISecret): secretsmanager.ISecret {
  const made = secret.node.tryFindChild(REFERENCE) as secretsmanager.ISecret | undefined;
  return made ?? secretsmanager.Secret.fromSecretCompleteArn(secret, REFERENCE, secret.secretArn);
}

const REFERENCE = 'Reference';
