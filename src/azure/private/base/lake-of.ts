import { refuseBecause, Speaker } from '../../../core/private/validation';
import { IDataLake } from '../../data-lake-props';
import { IWorkspace } from '../../workspace-props';

/** Refuses a lake that the workspace has no datastores of: jobs would read and write another one. */
export function requireLakeOf(who: Speaker, { data: own }: IWorkspace, data: IDataLake): void {
  if (own === undefined || own === data || own.storeAccountName === data.storeAccountName) return;
  refuseBecause(
    who,
    `workspace has the datastores of the lake '${own.node.path}', and data is '${data.node.path}': give the lake that the workspace was made for as data`,
  );
}
