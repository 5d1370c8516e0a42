import { listed } from '../../core/private/listed';
import { Attributes, isTrue, Landscape, one, ResourceView } from '../../terraform/policy/resource-view';
import { NOT_APPLICABLE, Rule, unless } from '../../terraform/policy/rule';
import { isOfSubscription, sends } from '../private/policy/diagnostics';

/**
 * The activity log of the subscription goes into a storage account that lets nobody change or delete what it has, and
 * that has a key.
 */
export const soundTrail: Rule = {
  policy: 'MLOPS-LOG-02',
  types: ['azurerm_monitor_diagnostic_setting'],
  fix: 'send the activity log into a storage account whose container insights-activity-logs has an immutability policy, with protected appends',
  check({ attributes }, around) {
    if (!isOfSubscription(attributes)) return NOT_APPLICABLE;
    const account = accountOf(attributes, around);
    // A second copy may go wherever it is read.
    if (
      account === undefined &&
      around
        .ofType('azurerm_monitor_diagnostic_setting')
        .some((each) => isOfSubscription(each.attributes) && accountOf(each.attributes, around) !== undefined)
    ) {
      return NOT_APPLICABLE;
    }
    return unless([
      ...(sends(attributes, 'Administrative') ? [] : ['the category Administrative is off']),
      ...(account === undefined ? ['the destination is no storage account of the stack'] : faultsOf(account, around)),
    ]);
  },
};

function accountOf({ storage_account_id: destination }: Attributes, around: Landscape): ResourceView | undefined {
  return around
    .ofType('azurerm_storage_account')
    .find(({ address }) => String(destination ?? '').includes(`${address}.`));
}

function faultsOf(account: ResourceView, around: Landscape): string[] {
  const policies = [
    ...listed(one(account.attributes.immutability_policy))
      .filter(({ state }) => state !== 'Disabled')
      .map((each) => each.allow_protected_append_writes),
    ...around
      .ofType('azurerm_storage_container_immutability_policy')
      .filter((each) => isOfActivityLog(each, account, around))
      .map(
        ({ attributes }) =>
          attributes.protected_append_writes_enabled ?? attributes.protected_append_writes_all_enabled,
      ),
  ];
  if (policies.length === 0) return ['what the storage account has can be changed: no immutability policy'];
  return policies.some(isTrue)
    ? []
    : ['the immutability policy allows no protected appends, so that the activity log cannot be written'];
}

/** The policy of the container that Azure Monitor writes the activity log into. */
function isOfActivityLog({ attributes }: ResourceView, account: ResourceView, around: Landscape): boolean {
  const container = around.ofType('azurerm_storage_container')
    .find(({ address }) => String(attributes.storage_container_resource_manager_id).includes(`${address}.`));
  return (
    container?.attributes.name === 'insights-activity-logs' &&
    String(container.attributes.storage_account_id).includes(`${account.address}.`)
  );
}
