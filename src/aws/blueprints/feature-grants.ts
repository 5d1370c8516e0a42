import { aws_iam as iam } from 'aws-cdk-lib';
import { IFeatureStore } from '../feature-store-props';
import { membersOf } from '../private/features/members';

/** The roles of a product that use features. */
interface FeatureUsers {
  /** Writes rows, and reads both stores. */
  readonly notebooks: iam.IRole;
  /** Reads the history, and the latest rows. */
  readonly jobs: iam.IRole;
  /** Reads the latest rows for an answer; a batch run reads them for its predictions. */
  readonly endpoint: iam.IRole;
}

/** Lets the parts of a product use every group of its feature store, each the stores that the group has. */
export function shareFeatures(features: IFeatureStore, { notebooks, jobs, endpoint }: FeatureUsers): void {
  for (const { group, online, offline } of membersOf(features)) {
    group.grantWrite(notebooks);
    if (online) [notebooks, jobs, endpoint].forEach((role) => group.grantRead(role));
    if (offline) [notebooks, jobs].forEach((role) => group.grantReadOffline(role));
  }
}
