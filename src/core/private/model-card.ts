import { requireTexts } from './texts';
import { refuse, requireMatch, Speaker } from './validation';
import { ModelCardSpec, RiskRating } from '../governance-guardrails';

/**
 * The tightest limits of all clouds.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html#model-cards-json-schema
 */
const LONG = /^[\s\S]{1,2048}$/;
const SHORT = /^[\s\S]{1,1024}$/;

/** Every card that is accepted on one cloud is accepted on all. */
export function checkModelCard(who: Speaker, card: ModelCardSpec | undefined): void {
  if (card === undefined) return;
  requireMatch(who, 'modelCard.intendedUse', card.intendedUse, LONG, '1 to 2048 characters');
  requireMatch(who, 'modelCard.owner', card.owner, SHORT, '1 to 1024 characters');
  requireMatch(who, 'modelCard.limitations', card.limitations, LONG, '1 to 2048 characters');
  requireTexts(who, card, { intendedUse: 'text', owner: 'text', limitations: 'text?' }, 'modelCard.');
  // Text passes in JavaScript, and one that is no rating would count as a low risk.
  const ratings: readonly string[] = Object.values(RiskRating);
  if (card.riskRating !== undefined && !ratings.includes(card.riskRating)) {
    refuse(who, 'modelCard.riskRating', card.riskRating, `one of ${ratings.join(', ')}`);
  }
}
