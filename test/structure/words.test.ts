import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '..', '..');

/** Words that a reader has to translate, and the term to use instead. */
const INSTEAD: [RegExp, string][] = [
  [/^\s*(?:\/\*\*|\*) What /, 'begin with the thing: "Settings of …", not "What …"'],
  [/@default - nobody/, 'no one is notified, no one'],
  [/\bgo(?:es|ing)? back to (?:an|the) (?:earlier|live)\b|\bwent back to\b/, 'roll back'],
  [/\bwithout a hand\b/, 'automatically'],
  [/\bby hand\b(?=.*\bstart)/, 'manually'],
  [/\brings? (?:its|the|an?) alarm/, 'an alarm fires'],
  [/\b(?:who|people|nobody|somebody|addresses) (?:is|are|that are) told\b/i, 'notified'],
  [/\bthe way back\b/, 'rollback'],
  [/\bfor ever\b/, 'indefinitely, never expires, immutable'],
];

/** Public sources: their doc comments become the API reference. */
const FILES = execFileSync('git', ['ls-files', 'src'], { cwd: ROOT, encoding: 'utf8' }).split('\n')
  .filter((file) => /^src\/(?:core|terraform|testing|aws|azure|gcp|(?:aws|azure|gcp)\/blueprints)\/[a-z0-9-]+\.ts$/.test(file));

test('there are public sources to read', () => {
  expect(FILES.length).toBeGreaterThan(80);
});

test('public sources use the words of the trade', () => {
  const found = FILES.flatMap((file) => fs.readFileSync(path.join(ROOT, file), 'utf8').split('\n').flatMap((line, index) =>
    INSTEAD.filter(([word]) => word.test(line)).map(([, instead]) => `${file}:${index + 1}: ${line.trim()} -> ${instead}`)));
  expect(found).toEqual([]);
});
