import { inspect } from 'node:util';
import { changed, isProven, named, Rendered } from './changed';
import { BASE, sampleOf, SAMPLES } from './samples';
import { Cloud, MlopsIntent, Parity, Support } from '../../src/core';

/**
 * Tests of every word of the vocabulary on one cloud: with it a resource or file changes that its row of the parity
 * table names, or it is refused by name.
 *
 * @param render synthesizes one intent as a level 2 blueprint
 */
export function proveWords(cloud: Cloud, render: (intent: MlopsIntent) => Rendered): void {
  const rows = Parity.ROWS.filter((row) => row.cloud === cloud);
  // Several words are compared with the same intent; what says the same is rendered once.
  const rendered = new Map<string, Rendered>();
  const compared = (intent: MlopsIntent): Rendered => {
    const said = inspect(intent, { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity });
    const known = rendered.get(said) ?? render(intent);
    rendered.set(said, known);
    return known;
  };

  test('there is a sample for every word', () => {
    expect(Object.keys(SAMPLES).sort()).toEqual(rows.map((row) => `${row.intent}.${row.prop}`).sort());
  });

  describe('through the level 2 blueprint', () => {
    const honoured = rows.filter((row) => row.support !== Support.REFUSED);

    test.each(honoured.map((row) => [`${row.intent}.${row.prop}`, row] as const))('%s changes what its row names', (word, row) => {
      const sample = sampleOf(word, cloud);
      if (sample.refusal) {
        expect(() => render(sample.without ?? BASE)).not.toThrow();
        expect(() => render(sample.with)).toThrow(sample.refusal);
        return;
      }
      const changes = changed(compared(sample.without ?? BASE), render(sample.with));
      expect({ named: named(row), changes, isProven: isProven(row, changes) }).toMatchObject({ isProven: true });
    });

    const refused = rows.filter((row) => row.support === Support.REFUSED);
    if (refused.length === 0) return;
    test.each(refused.map((row) => [`${row.intent}.${row.prop}`, row.prop]))('%s is refused by name', (word, prop) => {
      expect(() => render(sampleOf(word, cloud).with)).toThrow(prop);
    });
  });
}
