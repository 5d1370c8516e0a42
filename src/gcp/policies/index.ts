import { idleShutdown } from './cst-01-idle-shutdown';
import { budgetPresent } from './cst-02-budget-present';
import { versionedData } from './dat-01-versioned-data';
import { retainedState } from './dat-02-retained-state';
import { encryptionAtRest } from './enc-01-encryption-at-rest';
import { encryptionInTransit } from './enc-02-encryption-in-transit';
import { keyRotation } from './enc-04-key-rotation';
import { reasonedWildcards } from './iam-01-reasoned-wildcards';
import { noFullAccess } from './iam-02-no-full-access';
import { namedTrust } from './iam-03-named-trust';
import { denyPolicyPresent } from './iam-04-permission-boundary';
import { logRetention } from './log-01-log-retention';
import { soundTrail } from './log-02-tamper-proof-audit-log';
import { trailPresent } from './log-03-audit-log-present';
import { noPublicAccess } from './net-01-no-public-access';
import { networkIsolation } from './net-02-network-isolation';
import { lockedNotebooks } from './net-03-locked-notebooks';
import { manualApproval } from './reg-01-manual-approval';
import { qualityGate } from './reg-02-quality-gate';
import { recordedLineage } from './reg-03-recorded-lineage';
import { modelCardPresent } from './reg-04-model-card-present';
import { pinnedImages } from './rep-01-pinned-images';
import { noPlainSecrets } from './sec-01-no-plain-secrets';
import { dataCapture } from './srv-01-data-capture';
import { rollback } from './srv-02-rollback-alarms';
import { taggedCosts } from './tag-01-tagged-costs';
import { shieldedLabels } from './tag-02-shielded-tags';
import { PresenceRule, Rule } from '../../terraform/policy/rule';

/**
 * The rules about single resources; with `PRESENCE_RULES`, `INAPPLICABLE` and the exceptions themselves, every policy
 * has one.
 */
export const RULES: readonly Rule[] = [
  encryptionAtRest, encryptionInTransit, keyRotation,
  noPublicAccess, networkIsolation, lockedNotebooks,
  versionedData, retainedState,
  reasonedWildcards, noFullAccess, namedTrust,
  noPlainSecrets, pinnedImages,
  logRetention, soundTrail,
  dataCapture, rollback,
  manualApproval, qualityGate, recordedLineage,
  taggedCosts, shieldedLabels,
  idleShutdown,
];

/** The rules about what must be there. */
export const PRESENCE_RULES: readonly PresenceRule[] = [
  denyPolicyPresent,
  trailPresent,
  modelCardPresent,
  budgetPresent,
];

/** Policies that Google Cloud leaves nothing to check of, and why. */
export const INAPPLICABLE: { readonly [policy: string]: string } = {
  // https://cloud.google.com/docs/security/encryption-in-transit#virtual_machine_to_virtual_machine
  'MLOPS-ENC-03': 'Google encrypts what machines of a network say to each other; there is no setting that a job could miss',
};
