import { TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { once, onceInStack } from '../../src/terraform/once';
import { pause } from '../../src/terraform/pause';

test('a child is made once, under the id that it is asked for by', () => {
  const stack = new TerraformStack(Testing.app(), 'Stack');
  const make = jest.fn((id: string) => pause(stack, id, 1, {}));
  const first = once(stack, 'Reader', make);
  expect(first.node.id).toBe('Reader');
  expect(once(stack, 'Reader', make)).toBe(first);
  expect(once(stack, 'Writer', make)).not.toBe(first);
  expect(make).toHaveBeenCalledTimes(2);
});

test('what two constructs of a stack give alike is given once, and again in another stack', () => {
  const app = Testing.app();
  const [one, two] = ['One', 'Two'].map((id) => new TerraformStack(app, id));
  const give = (stack: TerraformStack, id: string, ...given: string[]) => {
    const scope = new Construct(stack, id);
    return onceInStack(scope, given, () => pause(scope, 'Given', 1, {}));
  };
  const first = give(one, 'First', 'key', 'reader');
  expect(give(one, 'Second', 'key', 'reader')).toBe(first);
  expect(give(one, 'Third', 'key', 'writer')).not.toBe(first);
  expect(give(two, 'Fourth', 'key', 'reader')).not.toBe(first);
});
