import { findNewest, findVersions } from '../../../../src/aws/private/serving/newest-version';

const OPTIONS = { variable: 'found', none: "''", value: (version: string) => `${version}.ModelPackageArn`, next: 'Found', failed: 'Failing' };
const PAGE = {
  ModelPackageGroupName: 'churn', ModelApprovalStatus: 'Approved', SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: 50,
};

test('the newest approved version is the first of the first page that has one', () => {
  const newest = '$states.result.ModelPackageSummaryList[0]';
  const assign = {
    found: `{% $exists(${newest}) ? ${newest}.ModelPackageArn : '' %}`,
    page: `{% $exists(${newest}) ? '' : $exists($states.result.NextToken) ? $states.result.NextToken : '' %}`,
  };
  expect(findNewest('Find', { modelPackageGroup: 'churn' }, OPTIONS)).toMatchObject({
    Find: { Arguments: PAGE, Assign: assign, Next: 'Found', Catch: [{ Next: 'Failing' }] },
    FindOnNextPage: { Arguments: { ...PAGE, NextToken: '{% $page %}' }, Assign: assign, Next: 'Found', Catch: [{ Next: 'Failing' }] },
  });
});

test('the newest version of a stage is the first that was promoted to it', () => {
  const newest = '$states.result.ModelPackageSummaryList[ModelLifeCycle.Stage = "prod" and ModelLifeCycle.StageStatus = \'Approved\'][0]';
  expect(findNewest('Find', { modelPackageGroup: 'churn', stage: 'prod' }, OPTIONS).Find).toMatchObject({
    Arguments: PAGE, Assign: { found: `{% $exists(${newest}) ? ${newest}.ModelPackageArn : '' %}` },
  });
});

test('versions that wait are asked for by their status', () => {
  expect(findVersions('Find', 'churn', 'PendingManualApproval', { next: 'Found', failed: 'Failing', until: 'true', assign: { one: 1 } }).Find)
    .toMatchObject({ Arguments: { ...PAGE, ModelApprovalStatus: 'PendingManualApproval' }, Assign: { one: 1 } });
});
