import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Level1Blueprint } from '../../../src/aws/blueprints/level1';
import { Trigger } from '../../../src/core';
import { BASE } from '../../parity/samples';

test('a trigger on data that the pipeline does not read is a warning', () => {
  const warned = (prefix: string) => {
    const stack = new Stack(new App({ builtinCloudFormationValidation: false, analyticsReporting: false }), 'Stack');
    new Level1Blueprint(stack, 'Mlops', { ...BASE, delivery: undefined, training: { ...BASE.training, triggers: [Trigger.newData(prefix)] } });
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp(`objects below ${prefix} start a run, which reads dataset/ alone`));
  };
  expect(warned('incoming/')).toHaveLength(1);
  expect(warned('dataset/new/')).toEqual([]);
});
