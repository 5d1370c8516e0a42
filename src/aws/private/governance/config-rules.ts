import { aws_config as config } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Policies } from '../../../core/policies';

/** A managed rule of AWS Config that looks for the same as a policy, but at what exists, however it was made. */
interface ManagedRule {
  readonly policy: string;
  readonly identifier: string;
  /** Only right where models have to be in a VPC. */
  readonly withVpc?: boolean;
}

/**
 * `SAGEMAKER_ENDPOINT_CONFIGURATION_KMS_KEY_CONFIGURED` is left out: it asks for a key on machines whose disks take
 * none.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
 */
const MANAGED_RULES: readonly ManagedRule[] = [
  { policy: 'MLOPS-ENC-01', identifier: 'SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED' },
  { policy: 'MLOPS-NET-02', identifier: 'SAGEMAKER_MODEL_ISOLATION_ENABLED' },
  { policy: 'MLOPS-NET-02', identifier: 'SAGEMAKER_MODEL_IN_VPC', withVpc: true },
  { policy: 'MLOPS-NET-03', identifier: 'SAGEMAKER_DOMAIN_IN_VPC' },
  { policy: 'MLOPS-NET-03', identifier: 'SAGEMAKER_NOTEBOOK_INSTANCE_INSIDE_VPC' },
  { policy: 'MLOPS-NET-03', identifier: 'SAGEMAKER_NOTEBOOK_INSTANCE_ROOT_ACCESS_CHECK' },
  { policy: 'MLOPS-NET-03', identifier: 'SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS' },
];

/** The rules, as children named by their identifiers. */
export function addConfigRules(scope: Construct, inVpc: boolean): config.ManagedRule[] {
  return MANAGED_RULES.filter((rule) => inVpc || rule.withVpc !== true).map(
    ({ policy, identifier }) =>
      new config.ManagedRule(scope, identifier, {
        identifier,
        description: `${policy}: ${Policies.find(policy).title}`,
      }),
  );
}
