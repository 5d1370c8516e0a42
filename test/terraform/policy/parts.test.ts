import { partsOf, textOf } from '../../../src/terraform/policy/parts';

test('parts of a definition are its objects, the outer before the inner', () => {
  const definition = { id: 1, steps: [{ id: 2, body: { id: 3 } }, 'text', null], end: { id: 4 } };
  expect(partsOf(definition, ({ id }) => id !== undefined).map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  expect(partsOf(definition, ({ id }) => id === 3)).toEqual([{ id: 3 }]);
  expect([partsOf(undefined, () => true), partsOf('text', () => true), partsOf(null, () => true)]).toEqual([[], [], []]);
});

test('a part is made text of once', () => {
  const read = jest.fn(() => 'b');
  const part = { get a() { return read(); } };
  expect([textOf(part), textOf(part)]).toEqual(['{"a":"b"}', '{"a":"b"}']);
  expect(read).toHaveBeenCalledTimes(1);
  expect(textOf({ a: 'c' })).toBe('{"a":"c"}');
  expect([textOf(undefined), textOf('text'), textOf(null)]).toEqual(['', '"text"', 'null']);
});
