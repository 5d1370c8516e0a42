import { idleShutdown } from './mlops-cst-01';
import { budgetPresent } from './mlops-cst-02';
import { versionedData } from './mlops-dat-01';
import { retainedState } from './mlops-dat-02';
import { encryptionAtRest } from './mlops-enc-01';
import { encryptionInTransit } from './mlops-enc-02';
import { trafficBetweenMachines } from './mlops-enc-03';
import { keyRotation } from './mlops-enc-04';
import { reasonedWildcards } from './mlops-iam-01';
import { noFullAccess } from './mlops-iam-02';
import { namedTrust } from './mlops-iam-03';
import { permissionBoundary } from './mlops-iam-04';
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
import { rollbackAlarms } from './mlops-srv-02';
import { taggedCosts } from './mlops-tag-01';
import { shieldedTags } from './mlops-tag-02';
import { PresenceRule, Rule } from '../private/policy-rule';

/** The rules about single resources; with `PRESENCE_RULES` and the exceptions themselves, every policy has one. */
export const RULES: readonly Rule[] = [
  encryptionAtRest, encryptionInTransit, trafficBetweenMachines, keyRotation,
  noPublicAccess, networkIsolation, lockedNotebooks,
  versionedData, retainedState,
  reasonedWildcards, noFullAccess, namedTrust, permissionBoundary,
  noPlainSecrets, pinnedImages,
  logRetention, soundTrail,
  dataCapture, rollbackAlarms,
  manualApproval, qualityGate, recordedLineage,
  taggedCosts, shieldedTags,
  idleShutdown,
];

/** The rules about what must be there. */
export const PRESENCE_RULES: readonly PresenceRule[] = [trailPresent, modelCardPresent, budgetPresent];
