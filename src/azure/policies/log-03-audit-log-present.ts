import { COMPLIANT, NOT_APPLICABLE, PresenceRule, violation } from '../../terraform/policy/rule';
import { sends } from '../private/policy/diagnostics';

/** Where there are storage accounts, reads and writes of blobs are recorded. */
export const trailPresent: PresenceRule = {
  policy: 'MLOPS-LOG-03',
  fix: 'switch on auditLog',
  checkAll(around) {
    if (!around.has('azurerm_storage_account')) return NOT_APPLICABLE;
    const recorded = around
      .ofType('azurerm_monitor_diagnostic_setting')
      .some(
        ({ attributes }) =>
          /\/blobServices\/default$/.test(String(attributes.target_resource_id)) &&
          sends(attributes, 'StorageRead', 'StorageWrite', 'StorageDelete'),
      );
    return recorded ? COMPLIANT : violation('no azurerm_monitor_diagnostic_setting records reads and writes of blobs');
  },
};
