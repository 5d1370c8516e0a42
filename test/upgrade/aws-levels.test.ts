import { Template, templateOf } from '../support/examples';
import { isStateful, losses } from '../support/replacement';

describe('going up a level on AWS', () => {
  const [level0, level1, level2] = [0, 1, 2].map((level) => templateOf(`aws-level${level}`));

  test('level 0 has something to lose', () => {
    const stateful = Object.values(level0.Resources).filter(isStateful).map((resource) => resource.Type);
    expect(stateful).toEqual(expect.arrayContaining([
      'AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::SageMaker::Domain', 'AWS::SageMaker::MlflowApp', 'AWS::SageMaker::ModelPackageGroup',
    ]));
  });

  test('level 0 to 1 loses nothing', () => {
    expect(losses(level0, level1)).toEqual([]);
  });

  test('level 1 to 2 loses nothing', () => {
    expect(losses(level1, level2)).toEqual([]);
  });

  test('level 0 to 2 loses nothing', () => {
    expect(losses(level0, level2)).toEqual([]);
  });
});

describe('the check itself', () => {
  const group = (properties: Record<string, unknown>): Template => ({
    Resources: { Group: { Type: 'AWS::SageMaker::FeatureGroup', DeletionPolicy: 'Retain', Properties: properties } },
  });

  test('sees a resource that is gone', () => {
    expect(losses(group({}), { Resources: {} })).toEqual(['Group (AWS::SageMaker::FeatureGroup) is gone']);
  });

  test('sees a property that replaces', () => {
    expect(losses(group({ Description: 'a' }), group({ Description: 'b' }))).toEqual([
      'Group (AWS::SageMaker::FeatureGroup) is replaced: Description changes from "a" to "b"',
    ]);
  });

  test('lets a property change that does not replace', () => {
    expect(losses(group({ FeatureDefinitions: [] }), group({ FeatureDefinitions: [{ FeatureName: 'a', FeatureType: 'String' }] }))).toEqual([]);
  });
});
