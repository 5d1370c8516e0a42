import { App, TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { stackOf } from '../../src/terraform/stack';

const who = { what: 'data lake', name: 'Data' };

test('the stack is the one around the construct, however deep', () => {
  const stack = new TerraformStack(Testing.app(), 'Stack');
  expect(stackOf(new Construct(new Construct(stack, 'A'), 'B'), who)).toBe(stack);
  expect(stackOf(stack, who)).toBe(stack);
});

test('of stacks in stacks it is the innermost, where the resources go', () => {
  const outer = new TerraformStack(Testing.app(), 'Outer');
  const inner = new TerraformStack(outer, 'Inner');
  expect(stackOf(new Construct(inner, 'A'), who)).toBe(inner);
});

test('a construct outside of every stack is an error, not silence', () => {
  expect(() => stackOf(new App(), who)).toThrow("data lake 'Data': this construct becomes Terraform and must be in a TerraformStack of cdktf, got the scope 'App'");
});
