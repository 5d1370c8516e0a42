import { RiskRating } from '../../../src/core/governance-guardrails';
import { checkModelCard } from '../../../src/core/private/model-card';

const card = (more: object) => () => checkModelCard({ what: 'governance guardrails', name: 'G' }, { intendedUse: 'Tests', owner: 'Tests', ...more });

test('a card may be as long as the tightest of the clouds takes it', () => {
  expect(card({ intendedUse: 'x'.repeat(2048), owner: 'x'.repeat(1024), limitations: 'one\n'.repeat(512) })).not.toThrow();
});

test.each([
  ['intendedUse', 2048], ['owner', 1024], ['limitations', 2048],
])('%s has 1 to %i characters', (prop, most) => {
  for (const [text, shown] of [['', ''], ['x'.repeat(most + 1), `${'x'.repeat(300)}… (${most + 1} characters)`]]) {
    expect(card({ [prop]: text })).toThrow(new Error(`governance guardrails 'G': modelCard.${prop} must be 1 to ${most} characters, got '${shown}'`));
  }
});

test('a rating is one of the vocabulary: other text would count as a low risk', () => {
  expect(card({ riskRating: RiskRating.HIGH })).not.toThrow();
  expect(card({ riskRating: 'high' })).toThrow(/modelCard\.riskRating must be one of .*High.*, got 'high'/);
});
