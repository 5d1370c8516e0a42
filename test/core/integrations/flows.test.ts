import { SYSTEMS } from '../../../src/core/integrations/systems';
import { flowFile, TrainingSteps } from '../../../src/core/private/integrations/flows';

const STEPS: TrainingSteps = {
  name: 'churn-eu',
  packages: ['boto3'],
  constants: { PIPELINE: 'training "eu"' },
  source: '\nimport boto3\n\n# constants\n\n\ndef start_training() -> str:\n    return PIPELINE\n',
};

test.each([
  ['airflow', '@task.sensor(poke_interval=SECONDS'],
  ['dagster', 'defs = Definitions(jobs=[churn_eu_training])'],
  ['prefect', '@flow(name="churn_eu_training"'],
  ['zenMl', '@pipeline(name="churn_eu_training"'],
])('%s has a file with the names of the training', (name, line) => {
  const { content, path } = flowFile(SYSTEMS[name], STEPS)!;
  expect(path).toBe('churn_eu_training.py');
  for (const each of [line, 'def churn_eu_training()', 'PIPELINE = "training \\"eu\\""', 'SECONDS = 30', 'It needs boto3']) expect(content).toContain(each);
  expect(content).not.toMatch(/training_flow|# constants/);
  expect(content.split('\n').filter((each) => each.length > 120)).toEqual([]);
});

test('a system that runs no flows has none', () => {
  expect(flowFile(SYSTEMS.dvc, STEPS)).toBeUndefined();
});
