import { ManagementLock } from '@cdktf/provider-azurerm/lib/management-lock';
import { Construct } from 'constructs';
import { azureName } from '../base/names';

/**
 * Locks against deletion of what holds data or opens it. Not of the workspace: a rollout deletes the deployments below
 * it.
 */
export class DeletionLocks extends Construct {
  /** @param scopes ARM ids, by what they are */
  constructor(scope: Construct, id: string, scopes: { readonly [what: string]: string | undefined }) {
    super(scope, id);
    for (const [what, armId] of Object.entries(scopes)) {
      if (armId === undefined) continue;
      new ManagementLock(this, what, {
        name: azureName(this, 'resource', what),
        scope: armId,
        lockLevel: 'CanNotDelete',
        notes: `Made by ${this.node.scope!.node.path}. Its deletionLocks: false takes it away`.slice(0, 512),
      });
    }
  }
}
