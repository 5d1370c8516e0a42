import { TerraformStack, Testing } from 'cdktf';
import { mayDestroy } from '../../src/terraform/removal';

const who = { what: 'data lake', name: 'Data' };
const stack = (context = {}) => new TerraformStack(Testing.app({ context }), 'Stack');

test('data stays unless the prop and the flag both say otherwise', () => {
  expect(mayDestroy(stack(), who, undefined)).toBe(false);
  expect(mayDestroy(stack({ 'mlops:allowDestroy': true }), who, undefined)).toBe(false);
  expect(mayDestroy(stack({ 'mlops:allowDestroy': true }), who, 'retain')).toBe(false);
  expect(mayDestroy(stack({ 'mlops:allowDestroy': true }), who, 'destroy')).toBe(true);
  expect(mayDestroy(stack({ 'mlops:allowDestroy': 'true' }), who, 'destroy')).toBe(true);
});

test.each([undefined, false, 'false', 'yes', 1])('the flag %p is none', (flag) => {
  expect(() => mayDestroy(stack({ 'mlops:allowDestroy': flag }), who, 'destroy')).toThrow(
    "data lake 'Data': removalPolicy DESTROY would delete data with the stack: set the context flag 'mlops:allowDestroy' to true as well, or keep RETAIN");
});
