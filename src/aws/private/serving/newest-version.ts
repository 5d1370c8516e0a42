import { Fn, Token } from 'aws-cdk-lib';
import { IModelRegistry } from '../../model-registry-props';
import { callPages, jsonata, literal, PAGE, sdkCall, State } from '../base/state-language';

/** Which version of a group counts as the newest. */
export interface NewestVersionSpec {
  /** The group: its name, or its ARN when another account owns it. */
  readonly modelPackageGroup: string;
  /**
   * Only versions whose life cycle says that they are approved for this stage, no token; all approved versions when
   * undefined.
   */
  readonly stage?: string;
}

/** A registry, and whether it was imported by an ARN: then it may be another account's. */
export type NamedGroup = Pick<IModelRegistry, 'modelPackageGroupName' | 'modelPackageGroupArn'> & {
  readonly isKnownByArn?: boolean;
};

/**
 * Names a group to the API: an account's own by its name, that of another account by its ARN. Every ARN that this
 * returns begins with `arn:`.
 */
export function groupOf({ modelPackageGroupName, modelPackageGroupArn: arn, isKnownByArn }: NamedGroup): string {
  if (!Token.isUnresolved(arn) || isKnownByArn && arn.startsWith('arn:')) return arn;
  if (!isKnownByArn) return modelPackageGroupName;
  const [partition, region, account] = [1, 3, 4].map((part) => Fn.select(part, Fn.split(':', arn)));
  return `arn:${partition}:sagemaker:${region}:${account}:model-package-group/${modelPackageGroupName}`;
}

/** What is to become of the newest version. */
export interface FindOptions {
  /** The variable that gets it. */
  readonly variable: string;
  /** The expression for its value. */
  readonly value: (version: string) => string;
  /** The expression for the value where there is no such version. */
  readonly none: string;
  /** A Choice that returns to `nextPageOf` the Task while there are more pages. */
  readonly next: string;
  readonly failed: string;
}

/**
 * The Tasks that look for the newest approved version, page by page until there is one: the API filters by approval,
 * and by stage only the answer can be filtered.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelPackageSummary.html
 */
export function findNewest(
  name: string,
  spec: NewestVersionSpec,
  { variable, value, none, next, failed }: FindOptions,
): Record<string, State> {
  const promoted =
    spec.stage === undefined
      ? ''
      : `[ModelLifeCycle.Stage = ${literal(spec.stage)} and ModelLifeCycle.StageStatus = 'Approved']`;
  const newest = `$states.result.ModelPackageSummaryList${promoted}[0]`;
  return findVersions(name, spec.modelPackageGroup, 'Approved', {
    next,
    failed,
    until: `$exists(${newest})`,
    assign: { [variable]: jsonata(`$exists(${newest}) ? ${value(newest)} : ${none}`) },
  });
}

/** The Tasks that list the versions of a group that have one status, the newest first. */
export function findVersions(
  name: string, group: string, status: 'Approved' | 'PendingManualApproval',
  options: { readonly next: string; readonly failed: string; readonly until: string; readonly assign: Record<string, unknown> },
): Record<string, State> {
  return callPages(
    name,
    sdkCall('sagemaker', 'listModelPackages'),
    {
      ModelPackageGroupName: group,
      ModelApprovalStatus: status,
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: PAGE,
    },
    options,
  );
}
