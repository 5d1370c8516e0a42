import { Accelerator, Capacity, ContainerImage, QualityGate, Schedule, Trigger } from '../../../src/core';
import { requireTrainingWords } from '../../../src/core/private/training-words';

const who = { what: 'training pipeline', name: 'Training' };
const image = ContainerImage.fromUri('example.com/churn:1');
/** What JavaScript lets through. */
const given = (props: object) => () => requireTrainingWords(who, { image, ...props } as any);

test('the words of the vocabulary pass', () => {
  expect(given({
    compute: { accelerator: Accelerator.NVIDIA_T4 },
    capacity: Capacity.spot(),
    qualityGates: [QualityGate.atMost('rmse', 3)],
    triggers: [Trigger.schedule(Schedule.weekly()), Trigger.newData('incoming/')],
    hyperparameters: { depth: '3' },
  })).not.toThrow();
  expect(given({ image: ContainerImage.fromDirectory('workload') })).not.toThrow();
});

test.each([
  [{ image: undefined }, 'image must be a container image, as ContainerImage.fromUri(…) makes it, got undefined'],
  [{ image: 'churn:1' }, 'image must be a container image, as ContainerImage.fromUri(…) makes it, got \'churn:1\''],
  [{ compute: { accelerator: 'T4' } }, 'compute.accelerator must be an accelerator like Accelerator.NVIDIA_T4, got \'T4\''],
  [{ capacity: 'spot' }, 'capacity must be a capacity, as Capacity.spot() makes it, got \'spot\''],
  [{ qualityGates: [{ metric: 'auc', threshold: 0.9 }] }, 'qualityGates[0] must be a quality gate, as QualityGate.atLeast(…) makes it, got {"metric":"auc","threshold":0.9}'],
  [{ triggers: [Trigger.newData('a/'), 'weekly'] }, 'triggers[1] must be a trigger, as Trigger.schedule(…) makes it, got \'weekly\''],
  [{ triggers: [null] }, 'triggers[0] must be a trigger, as Trigger.schedule(…) makes it, got null'],
  [{ hyperparameters: { depth: 3 } }, 'hyperparameters.depth must be text like \'3\', which the image reads as the number, got 3'],
])('what is no word is refused by its name: %j', (props, message) => {
  expect(given(props)).toThrow(new Error(`training pipeline 'Training': ${message}`));
});

test('a schedule and a threshold that are text say so', () => {
  expect(() => Trigger.schedule('weekly' as any)).toThrow(new Error('trigger: schedule must be a schedule, as Schedule.weekly() makes it, got \'weekly\''));
  expect(() => QualityGate.atLeast('auc', '0.9' as any)).toThrow(new Error('quality gate \'auc\': threshold must be a finite number, got \'0.9\''));
});
