import { Policies } from '../../../src/core';
import { MaturityModel } from '../../../src/core/maturity';
import { ComplianceRow } from '../../../src/core/private/compliance';
import { CONTROL_TITLES } from '../../../src/core/private/control-titles';
import { MaturityGrade } from '../../../src/core/private/maturity-grade';
import { reportPage } from '../../../src/core/private/report-page';

const row = (change: Partial<ComplianceRow>): ComplianceRow =>
  ({ policy: 'MLOPS-DAT-01', resource: 'Churn/Data', verdict: 'compliant', details: [], reasons: [], ...change });
const grade = (level: number | undefined, without: readonly string[] = []): MaturityGrade => ({
  ...(level === undefined ? {} : { level }),
  practices: MaturityModel.PRACTICES.map(({ name, fromLevel }) => ({
    practice: name,
    fromLevel,
    evidence: (level === undefined || fromLevel <= level) && !without.includes(name) ? ['Churn/Data'] : [],
  })),
});

/** Tags that do not close, or that close what is not open. */
function unbalanced(page: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, slash, name] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
    if (name === 'meta') continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

/** Rows of the table below a heading, each as the texts of its cells. */
function tableBelow(page: string, heading: string): string[][] {
  const body = page.slice(page.indexOf(`<h2 id="${heading}">`)).match(/<tbody>([\s\S]*?)<\/tbody>/)![1];
  return [...body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, cells]) =>
    [...cells.matchAll(/<td>([\s\S]*?)<\/td>/g)].map(([, cell]) => cell.replace(/<[^>]+>/g, '').trim()));
}

test('every control that a policy serves has a title, and no title is of another', () => {
  expect(Object.keys(CONTROL_TITLES).sort()).toEqual([...new Set(Policies.ALL.flatMap(({ controls }) => controls))].sort());
});

test('the page is whole, and asks nothing of another server', () => {
  const page = reportPage('Churn', [row({}), row({ verdict: 'violation', details: ['has no key'], fix: 'give it one' })], grade(1));
  expect(unbalanced(page)).toEqual([]);
  expect(page).not.toMatch(/<script|<link|<img|<iframe|\b(src|href)=|url\(|@import/);
  expect(page).toContain('<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">');
});

test('what a user writes stays text', () => {
  const hostile = '<script>alert("x")</script>&\'';
  const safe = '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;';
  const page = reportPage(hostile, [
    row({ resource: hostile, verdict: 'exception', details: [hostile], reasons: [hostile] }),
    row({ resource: hostile, verdict: 'violation', details: [hostile], fix: hostile }),
  ], { practices: [{ practice: hostile, fromLevel: 0, evidence: [hostile, hostile] }] }, { 'MLOPS-ENC-03': hostile });
  expect(page).not.toContain('<script');
  expect(page.split(safe).length - 1).toBe(12);
  expect(unbalanced(page)).toEqual([]);
});

test('the next level says what it lacks, with what it asks for', () => {
  const page = reportPage('Churn', [], grade(0));
  expect(page).toContain('Level 0: for every practice up to it a resource is present.');
  expect(page).toContain('<h3>Missing for level 1</h3>');
  expect(page).toContain('<li><b>feature store</b>: features defined once, the same at training and serving</li>');
  expect(page).not.toContain('<b>rollback</b>');
});

test('a stack below level 0 says so, and one of level 2 lacks nothing', () => {
  expect(reportPage('Churn', [], grade(undefined, ['experiment tracking']))).toContain('<h3>Missing for level 0</h3>');
  expect(reportPage('Churn', [], grade(2))).toContain('<p>No level is above it.</p>');
});

test('verdicts promise no more than the checks know, the worst speaks for a control', () => {
  const page = reportPage('Churn', [
    row({}),
    row({ policy: 'MLOPS-ENC-01', verdict: 'violation', details: ['has no key'] }),
    row({ policy: 'MLOPS-CST-02', verdict: 'undecided' }),
    row({ policy: 'MLOPS-CST-01', verdict: 'exception', reasons: ['for a week'] }),
  ], grade(0), { 'MLOPS-ENC-03': 'pauses say nothing to each other' });
  expect(page).not.toMatch(/>compliant</);
  const policies = Object.fromEntries(tableBelow(page, 'policies').map(([id, , , verdict]) => [id, verdict]));
  expect(policies).toMatchObject({
    'MLOPS-DAT-01': 'no finding',
    'MLOPS-ENC-01': 'finding',
    'MLOPS-CST-02': 'not known at synthesis',
    'MLOPS-CST-01': 'accepted exception',
    'MLOPS-ENC-03': 'nothing to check pauses say nothing to each other',
  });
  const control = tableBelow(page, 'controls').find(([id]) => id === 'NIST-800-53-r5:SC-28')!;
  expect(control.slice(1, 3)).toEqual(['Protection of Information at Rest', 'finding']);
  expect(tableBelow(page, 'findings')).toEqual([['MLOPS-ENC-01', 'error', 'has no key', 'Churn/Data', '']]);
  expect(tableBelow(page, 'exceptions')).toEqual([['MLOPS-CST-01', 'Churn/Data', '', 'for a week']]);
});

test('the same rows give the same page', () => {
  expect(reportPage('Churn', [row({})], grade(1))).toBe(reportPage('Churn', [row({})], grade(1)));
});
