import { TerraformProvider, TerraformStack } from 'cdktf';
import { rawProvider } from '../../../terraform/raw-provider';

/**
 * From 2.9 on a patch can be repeated by values from outside (`replace_triggers_external_values`) and an action may
 * find nothing (`ignore_not_found`); 3.0 changes how resources are imported.
 *
 * @see https://github.com/Azure/terraform-provider-azapi/releases/tag/v2.9.0
 */
const AZAPI_VERSION = '~> 2.9';

/**
 * The stack's provider of the resource manager's own API, made at the first call: its version is the first caller's.
 */
export function azapiProvider(
  stack: TerraformStack,
  subscriptionId: string,
  version: string = AZAPI_VERSION,
): TerraformProvider {
  return rawProvider(stack, {
    name: 'azapi',
    source: 'Azure/azapi',
    version,
    attributes: { subscription_id: subscriptionId },
  });
}
