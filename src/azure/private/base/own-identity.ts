import { IConstruct } from 'constructs';

/** Apps with storage that lets workflows in as themselves alone. */
const FIREWALLED = new WeakSet<IConstruct>();

/**
 * Says that storage of the app is behind a firewall. It lets workflows in by a rule for their type of resource, which a
 * token names for an identity of the workflow's own, and not for one that is assigned by the user.
 *
 * @see https://learn.microsoft.com/azure/connectors/connectors-create-api-azureblobstorage#access-blob-storage-in-same-region-with-system-managed-identities
 */
export function requireOwnIdentities(scope: IConstruct): void {
  FIREWALLED.add(scope.node.root);
}

/** Whether workflows have to act as themselves. */
export function actAsThemselves(scope: IConstruct): boolean {
  return FIREWALLED.has(scope.node.root);
}
