import { TerraformStack, Testing } from 'cdktf';
import { dependencies } from '../../src/terraform/ordering';
import { pause } from '../../src/terraform/pause';

test('resources and grants are waited for in order, each once', () => {
  const stack = new TerraformStack(Testing.app(), 'Stack');
  const [a, b] = ['A', 'B'].map((id) => pause(stack, id, 1, {}));
  pause(stack, 'C', 1, { dependsOn: dependencies([b, { addresses: [a.fqn, b.fqn] }, undefined, a]) });
  expect(JSON.parse(Testing.synth(stack)).resource.time_sleep.C.depends_on).toEqual(['time_sleep.B', 'time_sleep.A']);
});

describe('a grant of another stack', () => {
  const waiting = (before?: (from: TerraformStack, to: TerraformStack, address: string) => void) => {
    const app = Testing.app();
    const [first, second] = ['First', 'Second'].map((id) => new TerraformStack(app, id));
    const grant = { addresses: [pause(first, 'Given', 1, {}).fqn] };
    pause(second, 'User', 1, { dependsOn: dependencies([grant], before) });
    return { second, synth: () => JSON.parse(Testing.synth(second)) };
  };

  test('makes the stack wait, because Terraform takes no address of another configuration', () => {
    const { second, synth } = waiting();
    expect(synth().resource.time_sleep.User.depends_on).toEqual([]);
    expect(second.dependencies.map(({ node }) => node.id)).toEqual(['First']);
  });

  test('can be refused by the cloud', () => {
    const { synth } = waiting((from, to, address) => { throw new Error(`${from.node.id} waits for ${address} of ${to.node.id}`); });
    expect(synth).toThrow('Second waits for time_sleep.Given of First');
  });
});
