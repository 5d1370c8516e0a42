import { TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { stableDigits, stableName } from '../../src/terraform/names';

const at = (...path: string[]): Construct => path.reduce((scope: Construct, id) => new Construct(scope, id), new TerraformStack(Testing.app(), 'Prod'));
const SHAPE = { maxLength: 40, separator: '-' };

test('a name is the path inside the stack, with a hash', () => {
  expect(stableName(at('Data', 'Raw'), undefined, SHAPE)).toMatch(/^prod-data-raw-[0-9a-f]{8}$/);
  expect(stableName(at('Data'), 'Raw', { maxLength: 40, separator: '_' })).toMatch(/^prod_data_raw_[0-9a-f]{8}$/);
});

test('a name is the same in every synthesis, and another in another stack', () => {
  expect(stableName(at('Data'), undefined, SHAPE)).toBe(stableName(at('Data'), undefined, SHAPE));
  const other = new Construct(new TerraformStack(Testing.app(), 'Test'), 'Data');
  expect(stableName(other, undefined, SHAPE)).not.toBe(stableName(at('Data'), undefined, SHAPE));
});

test('names that read the same after shortening differ', () => {
  const long = (end: string) => stableName(at('A'.repeat(60) + end), undefined, { maxLength: 30, separator: '-' });
  expect(long('x')).toHaveLength(30);
  expect(long('x')).not.toBe(long('y'));
  expect(stableName(at('A_B'), undefined, SHAPE)).not.toBe(stableName(at('A.B'), undefined, SHAPE));
});

test('a name starts with a letter and has no separator too many', () => {
  const stack = (id: string) => stableName(new Construct(new TerraformStack(Testing.app(), id), 'x'), undefined, SHAPE);
  expect(stack('2-live')).toMatch(/^live-x-[0-9a-f]{8}$/);
  expect(stableName(new Construct(new TerraformStack(Testing.app(), '1'), '2'), undefined, SHAPE)).toMatch(/^m-[0-9a-f]{8}$/);
  expect(stableName(at('a--b', 'c.'), undefined, { maxLength: 40, separator: '_' })).toMatch(/^prod_a_b_c_[0-9a-f]{8}$/);
  // Cut in the middle of a separator.
  expect(stableName(at('abc', 'def'), undefined, { maxLength: 18, separator: '-' })).toMatch(/^prod-abc-[0-9a-f]{8}$/);
});

test('digits are so many, stable, without a zero in front', () => {
  const digits = (id: string) => stableDigits(at(id), undefined, 10);
  expect(digits('A')).toMatch(/^[1-9]\d{9}$/);
  expect(digits('A')).toBe(digits('A'));
  expect(digits('A')).not.toBe(digits('B'));
  for (let index = 0; index < 200; index++) expect(stableDigits(at(`E${index}`), 'x', 2)).toMatch(/^[1-9]\d$/);
});
