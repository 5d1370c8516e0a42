import { jsonata, literal } from './state-language';

/** Which version of a group counts as the newest. */
export interface NewestVersionSpec {
  /** The group: its name, or its ARN when another account owns it. */
  readonly modelPackageGroup: string;
  /** Only versions whose life cycle says that they are approved for this stage, no token; all approved versions when undefined. */
  readonly stage?: string;
}

/** Input of `ListModelPackages`: the API filters by approval; by stage only the answer can be filtered, of which one page is read. */
export function approvedVersions(spec: NewestVersionSpec): Readonly<Record<string, unknown>> {
  return {
    ModelPackageGroupName: spec.modelPackageGroup,
    ModelApprovalStatus: 'Approved',
    SortBy: 'CreationTime',
    SortOrder: 'Descending',
    MaxResults: spec.stage === undefined ? 1 : 100,
  };
}

/**
 * The expression for one value of the newest version of the answer, and another where there is none.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelPackageSummary.html
 */
export function ofNewest(spec: NewestVersionSpec, value: (version: string) => string, none: string): string {
  const promoted = spec.stage === undefined ? '' : `[ModelLifeCycle.Stage = ${literal(spec.stage)} and ModelLifeCycle.StageStatus = 'Approved']`;
  const newest = `$states.result.ModelPackageSummaryList${promoted}[0]`;
  return jsonata(`$exists(${newest}) ? ${value(newest)} : ${none}`);
}
