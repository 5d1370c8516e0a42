import { GuardrailPolicy, GuardrailRemediation } from '../../governance-guardrails-props';

/** A built-in policy and how it is assigned. */
export interface BuiltInPolicy {
  /** Name of the definition. */
  readonly definition: string;
  /** What it does where it does not deny. */
  readonly audits: 'Audit' | 'AuditIfNotExists';
  /** Whether it can deny. */
  readonly canDeny: boolean;
  /** What is said of a resource that does not comply. */
  readonly message: string;
}

/** A policy that changes resources, and the roles that it does so with. */
export interface RemediatingPolicy {
  readonly definition: string;
  readonly effect: 'Modify' | 'DeployIfNotExists';
  /** Ids of built-in roles, which the definition names. */
  readonly roles: readonly string[];
}

const AUDITS = { audits: 'Audit', canDeny: true } as const;

/**
 * What guardrails assign. Left out: computes in a virtual network of the user's (7804b5c7-…), which no compute in a
 * managed network complies with.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-integrate-azure-policy
 */
export const POLICIES: { readonly [policy in GuardrailPolicy]: BuiltInPolicy } = {
  [GuardrailPolicy.ALLOWED_LOCATIONS]: {
    ...AUDITS,
    definition: 'e56962a6-4747-49cd-b67b-bf8b01975c4c',
    message: 'Resources lie in the allowed regions',
  },
  [GuardrailPolicy.APPROVED_MODELS]: {
    ...AUDITS,
    definition: '12e5dd16-d201-47ff-849b-8454061c293d',
    message: 'Models of registries are of allowed publishers',
  },
  [GuardrailPolicy.APPROVED_OUTBOUND]: {
    ...AUDITS,
    definition: '6ddb1705-c8cf-450e-aa4b-19ad6703c440',
    message: 'Managed networks reach what was approved',
  },
  [GuardrailPolicy.COMPUTE_LOCAL_USERS]: {
    ...AUDITS,
    definition: 'e96a9a5f-07ca-471b-9bc5-6a0f33cbd68f',
    message: 'Computes have no local users',
  },
  [GuardrailPolicy.CUSTOMER_MANAGED_KEYS]: {
    ...AUDITS,
    definition: 'ba769a63-b8cc-4b2d-abf6-ac33c7204be8',
    message: "Workspaces have a key of the customer's own",
  },
  [GuardrailPolicy.IDLE_SHUTDOWN]: {
    ...AUDITS,
    definition: '679ddf89-ab8f-48a5-9029-e76054077449',
    message: 'Compute instances shut down when idle',
  },
  [GuardrailPolicy.MINIMUM_TLS]: {
    ...AUDITS,
    definition: 'fe83a0eb-a853-422d-aac2-1bffd182c5d0',
    message: 'Storage accounts take TLS 1.2 at least',
  },
  [GuardrailPolicy.PRIVATE_LINK]: {
    audits: 'Audit',
    canDeny: false,
    definition: '45e05259-1eb5-4f70-9574-baf73e9d219b',
    message: 'Workspaces have private endpoints',
  },
  [GuardrailPolicy.PUBLIC_BLOBS]: {
    ...AUDITS,
    definition: '4fa4b6c0-31ca-4c0d-b10d-24b96f62a751',
    message: 'Storage accounts have no public blobs',
  },
  [GuardrailPolicy.PUBLIC_WORKSPACES]: {
    ...AUDITS,
    definition: '438c38d2-3772-465a-a9cc-7a6666a275ce',
    message: 'Workspaces have no public address',
  },
  [GuardrailPolicy.PURGE_PROTECTION]: {
    ...AUDITS,
    definition: '0b60c0b2-2dc2-4e1c-b5c9-abbed971de53',
    message: 'Key vaults keep what was deleted',
  },
  [GuardrailPolicy.RESOURCE_LOGS]: {
    audits: 'AuditIfNotExists',
    canDeny: false,
    definition: 'afe0c3be-ba3b-4544-ba52-0c99672a8ad6',
    message: 'Workspaces send their logs somewhere',
  },
  [GuardrailPolicy.SHARED_KEYS]: {
    ...AUDITS,
    definition: '8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54',
    message: 'Storage accounts take no keys',
  },
  [GuardrailPolicy.USER_ASSIGNED_IDENTITIES]: {
    ...AUDITS,
    definition: '5f0c7d88-c7de-45b8-ac49-db49e72eaa78',
    message: "Workspaces act as identities of the user's",
  },
};

/** What every construct of the library complies with, so that it can deny what others make. */
export const DENIED: readonly GuardrailPolicy[] = [
  GuardrailPolicy.ALLOWED_LOCATIONS,
  GuardrailPolicy.MINIMUM_TLS,
  GuardrailPolicy.PUBLIC_BLOBS,
  GuardrailPolicy.PURGE_PROTECTION,
  GuardrailPolicy.SHARED_KEYS,
  GuardrailPolicy.USER_ASSIGNED_IDENTITIES,
];

const CONTRIBUTOR = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
const MONITORING_CONTRIBUTOR = '749f88d5-cbae-40b8-bcfc-e573ddc772fa';
const LOG_ANALYTICS_CONTRIBUTOR = '92aaf0da-9dab-42b6-94a3-d43ce8d16293';

/** Policies that change what does not comply. */
export const REMEDIATIONS: { readonly [policy in GuardrailRemediation]: RemediatingPolicy } = {
  [GuardrailRemediation.COMPUTE_LOCAL_USERS]: {
    definition: 'a6f9a2d0-cff7-4855-83ad-4cd750666512',
    effect: 'Modify',
    roles: [CONTRIBUTOR],
  },
  [GuardrailRemediation.PUBLIC_WORKSPACES]: {
    definition: 'a10ee784-7409-4941-b091-663697637c0f',
    effect: 'Modify',
    roles: [CONTRIBUTOR],
  },
  [GuardrailRemediation.RESOURCE_LOGS]: {
    definition: 'f59276f0-5740-4aaf-821d-45d185aa210e',
    effect: 'DeployIfNotExists',
    roles: [MONITORING_CONTRIBUTOR, LOG_ANALYTICS_CONTRIBUTOR],
  },
};
