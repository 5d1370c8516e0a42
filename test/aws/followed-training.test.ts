import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Level1Blueprint } from '../../src/aws/blueprints/level1';
import { Integration } from '../../src/core';
import { BASE } from '../parity/samples';
import { strictApp } from '../support/judges';

const stackWith = (use: Integration[], cacheExpiry?: Duration) => {
  const stack = new Stack(strictApp(), 'Stack', { env: { account: '111122223333', region: 'eu-central-1' } });
  const blueprint = new Level1Blueprint(stack, 'Mlops', { ...BASE, features: undefined, delivery: undefined, integrations: { use }, training: { ...BASE.training, cacheExpiry } });
  return { stack, blueprint };
};

test('a training is followed by each orchestrator, by a file in the lake that an output names', () => {
  const template = Template.fromStack(stackWith([Integration.airflow(), Integration.dagster(), Integration.dvc()]).stack);
  const files = Object.values(template.findResources('Custom::ClientFiles')).map(({ Properties }) => Object.keys(Properties.Files));
  expect(files.filter((each) => each.includes('churn_training.py'))).toHaveLength(2);
  for (const output of ['MlopsAirflowFlow', 'MlopsDagsterFlow']) {
    expect(JSON.stringify(template.findOutputs(output))).toMatch(/\/flows\/churn_training\.py/);
  }
});

test('without an orchestrator nothing is written, and a name that is no name of a flow is refused', () => {
  const { stack, blueprint } = stackWith([Integration.dvc()]);
  expect(Object.keys(Template.fromStack(stack).findOutputs('*')).filter((id) => id.endsWith('Flow'))).toEqual([]);
  expect(() => blueprint.integrations!.followTraining(blueprint.training, 'a b')).toThrow(
    "integrations 'Stack/Mlops/Integrations': name must be letters, digits, hyphens and underscores, a letter first, at most 63, got 'a b'");
});

test('a training whose steps are cached is followed by nobody: it would train nothing', () => {
  expect(() => stackWith([Integration.airflow()], Duration.days(1))).toThrow('cacheExpiry cannot be together with triggers');
});
