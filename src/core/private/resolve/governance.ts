import { GovernanceIntent, ModelCardSpec, RiskRating } from '../../governance-guardrails';
import { checkModelCard } from '../model-card';
import { requireTexts } from '../texts';
import { refuseBecause, requireInteger, Speaker } from '../validation';

/** The intent, and the words for governance that every cloud has. */
export interface GovernanceInput extends GovernanceIntent {
  readonly registry?: { readonly isApprovalAutomatic: boolean };
  readonly auditRetentionDays?: number;
  readonly auditEndpointCalls?: boolean;
}

/** Guardrails with every neutral choice made. */
export interface ResolvedGovernance {
  readonly auditLog: boolean;
  readonly policyChecks: boolean;
  readonly cloudGuardrails: boolean;
  /** Days that the audit log is kept. */
  readonly auditRetentionDays: number;
  /** Whether calls of endpoints are recorded. */
  readonly auditEndpointCalls: boolean;
  readonly tags: { readonly [key: string]: string };
  /** @default - no card */
  readonly modelCard?: ResolvedModelCard;
}

/** A model card with every choice made. */
export interface ResolvedModelCard extends ModelCardSpec {
  readonly riskRating: RiskRating;
}

/**
 * Fills every default and refuses what no cloud takes; `requireBudget` does it for the budget.
 *
 * @param mostRetentionDays longest time that the cloud keeps an audit log
 */
export function resolvedGovernance(
  who: Speaker,
  input: GovernanceInput,
  mostRetentionDays: number,
): ResolvedGovernance {
  checkModelCard(who, input.modelCard);
  requireTexts(who, input, { tags: 'named texts?' });
  requireInteger(who, 'auditRetentionDays', input.auditRetentionDays, 180, mostRetentionDays);
  if (input.modelCard?.riskRating === RiskRating.HIGH && input.registry?.isApprovalAutomatic) {
    refuseBecause(
      who,
      'modelCard.riskRating is High, and the registry approves automatically: a model of high risk needs a manual approval',
    );
  }
  return {
    auditLog: input.auditLog ?? true,
    policyChecks: input.policyChecks ?? true,
    cloudGuardrails: input.cloudGuardrails ?? true,
    auditRetentionDays: input.auditRetentionDays ?? 365,
    auditEndpointCalls: input.auditEndpointCalls ?? false,
    tags: input.tags ?? {},
    modelCard: input.modelCard && { ...input.modelCard, riskRating: input.modelCard.riskRating ?? RiskRating.UNKNOWN },
  };
}
