import { TerraformOutput, TerraformProvider, TerraformStack, Testing } from 'cdktf';
import { rawProvider } from '../../src/terraform/raw-provider';
import { RawResource } from '../../src/terraform/raw-resource';

const TIME = { name: 'time', source: 'hashicorp/time', version: '~> 0.13' };
const newStack = () => new TerraformStack(Testing.app(), 'Stack');
const config = (stack: TerraformStack) => JSON.parse(Testing.synth(stack));

test('a provider without a package is declared with its source, its versions and its configuration', () => {
  const stack = newStack();
  rawProvider(stack, { ...TIME, name: 'google-beta', source: 'hashicorp/google-beta', attributes: { project: 'my-project' } });
  expect(config(stack)).toMatchObject({
    provider: { 'google-beta': [{ project: 'my-project' }] },
    terraform: { required_providers: { 'google-beta': { source: 'hashicorp/google-beta', version: '~> 0.13' } } },
  });
});

test('a stack has one provider of a name', () => {
  const stack = newStack();
  expect(rawProvider(stack, TIME)).toBe(rawProvider(stack, TIME));
  expect(rawProvider(newStack(), TIME)).not.toBe(rawProvider(stack, TIME));
});

test('a provider that somebody declared under an alias is for what names it', () => {
  const stack = newStack();
  class Aliased extends TerraformProvider {
    public override get alias(): string | undefined { return 'slow'; }
  }
  const aliased = new Aliased(stack, 'Aliased', { terraformResourceType: 'time' });
  expect(rawProvider(stack, TIME)).not.toBe(aliased);
});

test('a resource is written as it is given, tokens resolved', () => {
  const stack = newStack();
  const provider = rawProvider(stack, TIME);
  const first = new RawResource(stack, 'First', { resourceType: 'time_sleep', attributes: { create_duration: '60s', triggers: { a: '${local.a}' } }, provider });
  new RawResource(stack, 'Second', { resourceType: 'time_sleep', attributes: {}, provider, dependsOn: [first], lifecycle: { preventDestroy: true } });
  new TerraformOutput(stack, 'Address', { value: first.fqn });
  expect(config(stack).resource.time_sleep).toEqual({
    First: expect.objectContaining({ create_duration: '60s', triggers: { a: '${local.a}' }, provider: 'time' }),
    Second: expect.objectContaining({ depends_on: ['time_sleep.First'], lifecycle: { prevent_destroy: true } }),
  });
});

test('who looks for tags does not have the rest of the attributes made', () => {
  const stack = newStack();
  const body = jest.fn(() => ({ large: true }));
  const resource = new RawResource(stack, 'First', {
    resourceType: 'time_sleep', provider: rawProvider(stack, TIME), attributes: () => ({ tags: { team: 'churn' }, get body() { return body(); } }),
  });
  expect(resource.tags).toEqual({ team: 'churn' });
  expect(body).not.toHaveBeenCalled();
  expect(config(stack).resource.time_sleep.First).toMatchObject({ tags: { team: 'churn' }, body: { large: true } });
});
