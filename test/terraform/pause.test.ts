import { TerraformStack, Testing } from 'cdktf';
import { pause } from '../../src/terraform/pause';

const newStack = () => new TerraformStack(Testing.app(), 'Stack');
const config = (stack: TerraformStack) => JSON.parse(Testing.synth(stack));

test('a pause lasts as long as it says, after what it depends on, and again when what it is triggered by has changed', () => {
  const stack = newStack();
  const first = pause(stack, 'First', 60, { triggers: { apis: 'run storage' } });
  pause(stack, 'Second', 120, { dependsOn: [first] });
  const { First, Second } = config(stack).resource.time_sleep;
  expect(First).toEqual({ create_duration: '60s', provider: 'time', triggers: { apis: 'run storage' } });
  expect(Second).toEqual({ create_duration: '120s', provider: 'time', depends_on: ['time_sleep.First'] });
});

test('all pauses of a stack share a provider', () => {
  const stack = newStack();
  pause(stack, 'First', 60, {});
  pause(stack, 'Second', 120, {});
  expect(config(stack)).toMatchObject({
    provider: { time: [{}] },
    terraform: { required_providers: { time: { source: 'hashicorp/time', version: '~> 0.13' } } },
  });
});
