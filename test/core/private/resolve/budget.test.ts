import { budgetShares, requireBudget } from '../../../../src/core/private/resolve/budget';

const who = { what: 'governance guardrails', name: 'G' };
const people = (count: number) => Array.from({ length: count }, (_, index) => `a${index}@example.com`);
const budget = (more: object) => () => requireBudget(who, { monthlyUsd: 100, alertEmails: people(1), ...more }, 5);

test.each([
  ['as many people as the cloud can tell', { alertEmails: people(5) }],
  ['a dollar', { monthlyUsd: 1 }],
  ['shares from 1 to 1000 percent', { alertAtPercent: [1, 1000] }],
])('a budget may have %s', (_, more) => expect(budget(more)).not.toThrow());

test.each([
  ['nobody', { alertEmails: [] }, 'budget.alertEmails must be 1 to 5 addresses, got 0'],
  ['more people than the cloud can tell', { alertEmails: people(6) }, 'budget.alertEmails must be 1 to 5 addresses, got 6'],
  ['somebody twice', { alertEmails: ['a@example.com', 'a@example.com'] }, "budget.alertEmails must be without repeats, got 'a@example.com'"],
  ['less than a dollar', { monthlyUsd: 0.5 }, 'budget.monthlyUsd must be between 1 and 1000000000, got 0.5'],
  ['a share of nothing', { alertAtPercent: [0] }, 'budget.alertAtPercent must be a whole number between 1 and 1000, got 0'],
  ['a share twice', { alertAtPercent: [80, 80] }, "budget.alertAtPercent must be without repeats, got '80'"],
])('a budget may not have %s', (_, more, message) => expect(budget(more)).toThrow(new Error(`governance guardrails 'G': ${message}`)));

test('people are notified at half, at 80 percent and at the whole, in rising order', () => {
  expect(budgetShares({ monthlyUsd: 1, alertEmails: [] })).toEqual([50, 80, 100]);
  expect(budgetShares({ monthlyUsd: 1, alertEmails: [], alertAtPercent: [100, 20] })).toEqual([20, 100]);
});
