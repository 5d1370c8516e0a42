import { OnlineStore } from './online-store';
import { IDataLake } from '../../data-lake-props';
import { IManagedIdentity } from '../../managed-identity-props';
import { IWorkspace } from '../../workspace-props';

/** What a feature store is made of. */
export interface StoreInput {
  readonly data: IDataLake;
  readonly workspace: IWorkspace;
  /** The identity of materializations. */
  readonly materialization: IManagedIdentity;
  readonly onlineStore?: OnlineStore;
  readonly isPublic: boolean;
  readonly allowedIpRanges: readonly string[];
  readonly isDestroyable: boolean;
}

/** The type of feature stores in ARM. */
export const WORKSPACE = 'Microsoft.MachineLearningServices/workspaces';

/**
 * The Spark that materializes.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/feature-set-materialization-concepts
 */
export const SPARK = '3.4';

/** Whether everything answers on public addresses, so that no network is needed. */
export function isOpen({ data, isPublic }: Pick<StoreInput, 'data' | 'isPublic'>): boolean {
  return isPublic && !data.isPrivate;
}
