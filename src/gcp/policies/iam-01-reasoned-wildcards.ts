import { Finding, Rule, undecided, unless } from '../../terraform/policy/rule';
import { givenBy, isKnown, readyMade, WIDE_GRANTS } from '../private/policy/iam-grants';

/** Roles that open a whole project at a blow. @see https://cloud.google.com/iam/docs/roles-overview#basic */
const BASIC = ['roles/owner', 'roles/editor', 'roles/viewer'];

/** Roles over data and identities that a single resource can carry: in a whole project they are a wildcard. */
const SMALLER: Readonly<Record<string, string>> = {
  'roles/artifactregistry.reader': 'the repository',
  'roles/artifactregistry.writer': 'the repository',
  'roles/bigquery.dataEditor': 'the dataset',
  'roles/bigquery.dataOwner': 'the dataset',
  'roles/bigquery.dataViewer': 'the dataset',
  'roles/cloudkms.cryptoKeyDecrypter': 'the key',
  'roles/cloudkms.cryptoKeyEncrypter': 'the key',
  'roles/cloudkms.cryptoKeyEncrypterDecrypter': 'the key',
  'roles/iam.serviceAccountOpenIdTokenCreator': 'the service account',
  'roles/iam.serviceAccountTokenCreator': 'the service account',
  'roles/iam.serviceAccountUser': 'the service account',
  'roles/iam.workloadIdentityUser': 'the service account',
  'roles/pubsub.publisher': 'the topic',
  'roles/pubsub.subscriber': 'the subscription',
  'roles/run.invoker': 'the service',
  'roles/secretmanager.secretAccessor': 'the secret',
  'roles/secretmanager.secretVersionAdder': 'the secret',
  'roles/secretmanager.secretVersionManager': 'the secret',
  'roles/storage.objectAdmin': 'the bucket',
  'roles/storage.objectCreator': 'the bucket',
  'roles/storage.objectUser': 'the bucket',
  'roles/storage.objectViewer': 'the bucket',
};

/** No basic role, and no role in the whole project that a single resource can carry, unless a condition narrows it. */
export const reasonedWildcards: Rule = {
  policy: 'MLOPS-IAM-01',
  types: WIDE_GRANTS,
  fix: 'give a role that fits, on the resource that it is about, or acknowledge the role with its reason',
  reasonedBy: ['CKV_GCP_41', 'CKV_GCP_49', 'CKV_GCP_117'],
  check(resource, around) {
    const given = givenBy(resource, around);
    if (given === undefined) return undecided('the role is not known at synthesis');
    const findings = given.flatMap((each) => wildcardIn(readyMade(each), each.narrowed));
    return findings.length === 0 && given.some((each) => readyMade(each) !== undefined && !isKnown(each.role))
      ? undecided('the role is not known at synthesis')
      : unless(findings);
  },
};

function wildcardIn(role: string | undefined, narrowed: boolean): Finding[] {
  if (role === undefined) return [];
  const element = `Role::${role}`;
  if (BASIC.includes(role)) return [{ text: `${role} opens everything`, element }];
  if (SMALLER[role] === undefined || narrowed) return [];
  return [{ text: `${role} is given in the whole project, and ${SMALLER[role]} can carry it`, element }];
}
