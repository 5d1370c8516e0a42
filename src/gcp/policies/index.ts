import { idleShutdown } from './mlops-cst-01';
import { budgetPresent } from './mlops-cst-02';
import { versionedData } from './mlops-dat-01';
import { retainedState } from './mlops-dat-02';
import { encryptionAtRest } from './mlops-enc-01';
import { encryptionInTransit } from './mlops-enc-02';
import { keyRotation } from './mlops-enc-04';
import { reasonedWildcards } from './mlops-iam-01';
import { noFullAccess } from './mlops-iam-02';
import { namedTrust } from './mlops-iam-03';
import { denyPolicyPresent } from './mlops-iam-04';
import { logRetention } from './mlops-log-01';
import { soundTrail } from './mlops-log-02';
import { trailPresent } from './mlops-log-03';
import { noPublicAccess } from './mlops-net-01';
import { networkIsolation } from './mlops-net-02';
import { lockedNotebooks } from './mlops-net-03';
import { manualApproval } from './mlops-reg-01';
import { qualityGate } from './mlops-reg-02';
import { recordedLineage } from './mlops-reg-03';
import { modelCardPresent } from './mlops-reg-04';
import { pinnedImages } from './mlops-rep-01';
import { noPlainSecrets } from './mlops-sec-01';
import { dataCapture } from './mlops-srv-01';
import { rollback } from './mlops-srv-02';
import { taggedCosts } from './mlops-tag-01';
import { shieldedLabels } from './mlops-tag-02';
import { PresenceRule, Rule } from '../private/policy-rule';

/** The rules about single resources; with `PRESENCE_RULES`, `MEANINGLESS` and the exceptions themselves, every policy has one. */
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
export const PRESENCE_RULES: readonly PresenceRule[] = [denyPolicyPresent, trailPresent, modelCardPresent, budgetPresent];

/** Policies that Google Cloud leaves nothing to check of, and why. */
export const MEANINGLESS: { readonly [policy: string]: string } = {
  // https://cloud.google.com/docs/security/encryption-in-transit#virtual_machine_to_virtual_machine
  'MLOPS-ENC-03': 'Google encrypts what machines of a network say to each other; there is no setting that a job could miss',
};
