import { MaturityLevel, MaturityModel } from '../../src/core/maturity';

test('a level has its own practices and those of the levels below', () => {
  const count = (level: MaturityLevel) => MaturityModel.practicesOf(level).length;
  expect([MaturityLevel.MANUAL, MaturityLevel.PIPELINE_AUTOMATION, MaturityLevel.CICD_AUTOMATION].map(count)).toEqual([6, 15, 23]);
  expect(MaturityModel.practicesOf(MaturityLevel.CICD_AUTOMATION)).toEqual(MaturityModel.PRACTICES);
});

test('each practice is provided by parts of a blueprint', () => {
  const parts = ['data', 'workspace', 'tracking', 'features', 'registry', 'training', 'serving', 'monitoring', 'delivery', 'governance'];
  for (const { name, providedBy } of MaturityModel.PRACTICES) {
    expect([name, providedBy.length > 0, providedBy.filter((each) => !parts.includes(each))]).toEqual([name, true, []]);
  }
});
