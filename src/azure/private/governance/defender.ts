import { SecurityCenterSubscriptionPricing } from '@cdktf/provider-azurerm/lib/security-center-subscription-pricing';
import { Construct } from 'constructs';
import { resourceGroupOf } from '../base/resource-group-of';

/**
 * As Defender for Cloud names its plans; some have several kinds.
 *
 * @see https://learn.microsoft.com/rest/api/defenderforcloud/pricings
 */
export const DEFENDER_PLANS: { readonly [plan: string]: { readonly subplan?: string } } = {
  Arm: { subplan: 'PerSubscription' },
  CloudPosture: {},
  Containers: {},
  KeyVaults: { subplan: 'PerKeyVault' },
  StorageAccounts: { subplan: 'DefenderForStorageV2' },
};

/** Plans of Microsoft Defender for Cloud, which a subscription has once each. */
export class Defender extends Construct {
  constructor(scope: Construct, id: string, plans: readonly string[]) {
    super(scope, id);
    resourceGroupOf(this)._register('Microsoft.Security');
    for (const plan of plans) {
      new SecurityCenterSubscriptionPricing(this, plan, {
        tier: 'Standard',
        resourceType: plan,
        ...DEFENDER_PLANS[plan],
      });
    }
  }
}
