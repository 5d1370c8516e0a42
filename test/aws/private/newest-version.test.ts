import { approvedVersions, ofNewest } from '../../../src/aws/private/newest-version';

const GROUP = { modelPackageGroup: 'churn' };

test('the newest approved version is the first that the API names', () => {
  expect(approvedVersions(GROUP)).toEqual({
    ModelPackageGroupName: 'churn', ModelApprovalStatus: 'Approved', SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: 1,
  });
  expect(ofNewest(GROUP, (version) => `${version}.ModelPackageArn`, "''")).toBe(
    "{% $exists($states.result.ModelPackageSummaryList[0]) ? $states.result.ModelPackageSummaryList[0].ModelPackageArn : '' %}");
});

test('the newest version of a stage is the first of a page that was promoted to it', () => {
  expect(approvedVersions({ ...GROUP, stage: 'prod' })).toMatchObject({ ModelApprovalStatus: 'Approved', MaxResults: 100 });
  const newest = '$states.result.ModelPackageSummaryList[ModelLifeCycle.Stage = "prod" and ModelLifeCycle.StageStatus = \'Approved\'][0]';
  expect(ofNewest({ ...GROUP, stage: 'prod' }, (version) => `${version}.ModelPackageVersion`, '0')).toBe(
    `{% $exists(${newest}) ? ${newest}.ModelPackageVersion : 0 %}`);
});
