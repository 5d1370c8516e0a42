import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { pathText, stableName, stableSqlName } from '../../../../src/aws/private/base/names';

test('a name reads as the stack and the path and ends in a hash', () => {
  const scope = new Construct(new Construct(new Stack(new App(), 'Churn'), 'Mlops'), 'Features');
  expect(stableName(scope, 'customers', 64)).toMatch(/^churn-mlops-features-customers-[0-9a-f]{8}$/);
  expect(stableSqlName(scope, undefined, 64)).toMatch(/^churn_mlops_features_[0-9a-f]{8}$/);
});

test('the same place has the same name, another place another one', () => {
  const place = (stack: string, id: string) => stableName(new Construct(new Stack(new App(), stack), id), undefined, 64);
  expect(place('A', 'X')).toBe(place('A', 'X'));
  expect(new Set([place('A', 'X'), place('A', 'Y'), place('B', 'X'), place('B', 'x')]).size).toBe(4);
});

test('a name keeps to its length and stays apart from others that were cut at the same place', () => {
  const stack = new Stack(new App(), 'S'.repeat(100));
  const names = ['one', 'two'].map((suffix) => stableName(stack, suffix, 32));
  expect(names.map((name) => name.length)).toEqual([32, 32]);
  expect(new Set(names).size).toBe(2);
});

test('no name begins with a digit, ends in a separator or has two of them in a row', () => {
  const scope = new Construct(new Stack(new App(), 'A--b'), '--9 _Ü--');
  for (let length = 10; length < 40; length++) expect(stableName(scope, '_', length)).toMatch(/^[a-z]([a-z0-9]|-(?!-))*-[0-9a-f]{8}$/);
});

test('stages separate names by their stack, whose id does not matter when the stack has a name of its own', () => {
  const name = (stage: string) => stableName(new Stack(new Stage(new App(), stage), 'Churn'), undefined, 64);
  expect(name('dev')).toMatch(/^dev-churn-/);
  const renamed = (id: string) => stableName(new Construct(new Stack(new App(), id, { stackName: 'fixed' }), 'X'), undefined, 64);
  expect(renamed('A')).toBe(renamed('B'));
});

test('a nested stack is named after the stack it is deployed with', () => {
  const nested = new NestedStack(new Stack(new App(), 'Outer'), 'Inner');
  expect(stableName(nested, undefined, 64)).toMatch(/^outer-inner-[0-9a-f]{8}$/);
});

test('a path in a description keeps to the letters that IAM takes', () => {
  expect(pathText(new Construct(new Stack(new App(), 'Churn'), "it's größer 日本"))).toBe("Churn/it's größer __");
});
