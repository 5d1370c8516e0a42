/**
 * Tags of an online endpoint and its deployments. The traffic and the tags of the endpoint are set by one request, so
 * that they always agree; Terraform ignores both.
 */
export const ENDPOINT_TAGS = {
  /** Name of the deployment that is live; during a rollout the one that it rolls back to. */
  live: 'mlops_live',
  /** Name of the deployment that a rollout brings; empty where none goes on. */
  rollout: 'mlops_rollout',
  /** Name of the deployment beside the live one; empty where there is none. */
  challenger: 'mlops_challenger',
} as const;

/** Tags of a deployment. */
export const DEPLOYMENT_TAGS = {
  /** Version of the model. */
  version: 'mlops_version',
  /** What the version got beside its files, as one word. */
  settings: 'mlops_settings',
  /** When the version was approved. */
  approvedAt: 'mlops_approved_at',
} as const;

/**
 * Tag of a version: settings and message with which it was rolled back last. The same message, or the same settings by
 * themselves, do not bring it again.
 */
export const ROLLED_BACK_TAG = 'mlops_rolled_back';
/** Tag of a version: the endpoint that it is live on. */
export const LIVE_TAG = 'mlops_live';
