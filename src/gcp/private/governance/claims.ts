import { Speaker } from '../../../core/private/validation';
import { claim as claimIn } from '../../../terraform/claims';
import { GoogleProject } from '../../google-project';

/** What one `GovernanceGuardrails` of a stack says for the whole project, so that a second cannot say it otherwise. */
export interface Claims {
  readonly auditServices: readonly string[];
  /** Whose calls are not recorded. */
  readonly exempted: readonly string[];
  /** Bucket and model of the card. */
  readonly card?: string;
  readonly tags: { readonly [key: string]: string };
}

/** Refuses what an earlier one of the same stack has said. */
export function claim(who: Speaker, project: GoogleProject, { auditServices, exempted, card, tags }: Claims): void {
  const take = (key: string, value: string, refusal: string) => claimIn(who, project, key, value, refusal);
  const exemptions = [...exempted].sort().join(', ');
  for (const service of auditServices) {
    take(
      `audit ${service}`,
      exemptions,
      `auditExemptions: who is recorded is one setting of the project for ${service}`,
    );
  }
  if (card !== undefined) take(`card ${card}`, who.name, 'modelCard: a lake has room for one of each model');
  for (const [key, value] of Object.entries(tags)) {
    take(`tag ${key}`, value, `tags.${key}: all resources of the stack have the same`);
  }
}
