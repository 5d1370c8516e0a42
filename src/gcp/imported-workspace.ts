import { Construct } from 'constructs';
import { IServiceAccount } from './service-account-props';
import { IWorkspace, WorkspaceAttributes } from './workspace-props';

/**
 * A workspace of another stack or tool, by its identities.
 *
 * @internal
 */
export class ImportedWorkspace extends Construct implements IWorkspace {
  public readonly serviceAccounts: IServiceAccount[];

  public constructor(scope: Construct, id: string, attributes: WorkspaceAttributes) {
    super(scope, id);
    this.serviceAccounts = attributes.serviceAccounts;
  }
}
