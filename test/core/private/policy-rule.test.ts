import { COMPLIANT, NOT_APPLICABLE, undecided, unless, violation, worst } from '../../../src/core/private/policy-rule';

const UNKNOWN = undecided('known in the cloud only');

test.each([
  ['all that is wrong', [COMPLIANT, violation('one'), UNKNOWN, violation('two')], violation('one', 'two')],
  ['what cannot be decided, before what is well', [COMPLIANT, UNKNOWN], UNKNOWN],
  ['what is well, before what has nothing to do with it', [NOT_APPLICABLE, COMPLIANT], COMPLIANT],
  ['nothing, where nothing applies', [NOT_APPLICABLE], NOT_APPLICABLE],
  ['nothing of nothing', [], NOT_APPLICABLE],
])('the verdict on several parts says %s', (_, verdicts, verdict) => expect(worst(verdicts)).toEqual(verdict));

test('a resource is compliant unless something was found', () => {
  expect(unless([])).toEqual(COMPLIANT);
  expect(unless(['wrong', { text: 'wrong too', element: 'Action::s3:*' }])).toEqual({
    kind: 'violation', findings: [{ text: 'wrong' }, { text: 'wrong too', element: 'Action::s3:*' }],
  });
});
