import * as path from 'node:path';
import { examples, ROOT, synthesize } from './examples';

/**
 * Synthesizes every example, or those that are named, `npm run synth -- aws-level1`, and prints a line for each as it
 * ends. Warnings are counted: each example's `compliance.md` and manifest have them in full.
 */
const wanted = process.argv.slice(2);
const all = examples();
const unknown = wanted.filter((name) => !all.some((example) => example.name === name));
if (unknown.length > 0) {
  throw new Error(`no example ${unknown.join(', ')}: there are ${all.map(({ name }) => name).join(', ')}`);
}

const COLUMNS = ['example', 'level', 'stacks', 'resources', 'warnings', 'seconds', 'folder'];
const FIRST = Math.max(...COLUMNS.map(({ length }) => length), ...all.map(({ name }) => name.length));

print(COLUMNS);
for (const example of all.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const folder = path.join('out', example.name);
  const { stacks, resources, warnings, seconds } = synthesize(example, path.join(ROOT, folder));
  print([
    example.name,
    example.level,
    String(stacks),
    String(resources),
    String(warnings.length),
    seconds.toFixed(1),
    folder,
  ]);
}

function print(row: string[]): void {
  const cells = row.map((cell, column) =>
    column === 0 || column === row.length - 1 ? cell.padEnd(FIRST) : cell.padStart(COLUMNS[column].length),
  );
  console.log(cells.join('  ').trimEnd());
}
