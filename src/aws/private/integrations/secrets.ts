import { aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IntegrationPlan } from '../../../core/private/integrations/plan';
import { refuseBecause, Speaker } from '../../../core/private/validation';

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
