import { Accelerator } from '../../src/core';

test('an accelerator that the vocabulary does not name is asked for by its id', () => {
  expect(Accelerator.of('nvidia-b300', 288)).toMatchObject({ id: 'nvidia-b300', memoryGb: 288 });
});

test.each([
  ['B300', 288, 'accelerator: id must be lower-case letters, digits and hyphens, got \'B300\''],
  ['', 288, 'accelerator: id must be lower-case letters, digits and hyphens, got \'\''],
  ['nvidia-b300', 0, 'accelerator \'nvidia-b300\': memoryGb must be more than 0, got 0'],
  ['nvidia-b300', Number.NaN, 'accelerator \'nvidia-b300\': memoryGb must be more than 0, got NaN'],
])('refuses the id %p with %p GB', (id, memoryGb, message) => {
  expect(() => Accelerator.of(id, memoryGb)).toThrow(message);
});
