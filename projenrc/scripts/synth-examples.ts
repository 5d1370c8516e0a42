import * as path from 'node:path';
import { examples, ROOT, synthesize } from './examples';

const rows = examples().map((example) => {
  const result = synthesize(example, path.join(ROOT, 'out', example.name));
  return [example.name, example.level, String(result.stacks), String(result.resources), result.seconds.toFixed(1)];
});

const table = [['example', 'level', 'stacks', 'resources', 'seconds'], ...rows];
const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
for (const row of table) {
  console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  '));
}
