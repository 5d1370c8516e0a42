import { isTrue, one } from '../../terraform/policy/resource-view';
import { Rule, unless } from '../../terraform/policy/rule';

/**
 * Every storage account keeps the versions that a write would overwrite. One with a hierarchical namespace cannot, and
 * needs a reason.
 */
export const versionedData: Rule = {
  policy: 'MLOPS-DAT-01',
  types: ['azurerm_storage_account'],
  fix: 'set blob_properties.versioning_enabled; where a hierarchical namespace excludes versions, acknowledge why its data can be made again',
  check({ attributes }) {
    if (isTrue(attributes.is_hns_enabled)) {
      return unless(['a hierarchical namespace (is_hns_enabled) keeps no versions']);
    }
    return unless(
      isTrue(one(attributes.blob_properties)?.versioning_enabled) ? [] : ['blob_properties.versioning_enabled is off'],
    );
  },
};
