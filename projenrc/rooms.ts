/**
 * The rooms of a cloud's `private` folder, by stage of the lifecycle, and the rooms that each may use besides `base`.
 * Lint zones and `test/structure` are both made from this table.
 */
export interface RoomTable {
  readonly [room: string]: readonly string[];
}

const COMMON: RoomTable = {
  base: [],
  data: [],
  workspace: ['data', 'tracking', 'registry'],
  tracking: ['data'],
  features: ['data'],
  registry: ['data'],
  training: ['data', 'features', 'tracking', 'registry'],
  monitoring: ['data', 'registry', 'training', 'serving', 'rollout'],
  policy: [],
  governance: ['data', 'policy'],
  delivery: ['data', 'governance'],
  integrations: ['data'],
};

/**
 * A rollout on AWS updates an endpoint that `serving` plans; on Google Cloud and Azure `serving` puts endpoint and
 * rollout together.
 */
export const ROOMS: { readonly [cloud: string]: RoomTable } = {
  aws: { ...COMMON, serving: ['data', 'registry'], rollout: ['data', 'registry', 'serving'] },
  azure: { ...COMMON, rollout: ['data', 'registry'], serving: ['data', 'registry', 'rollout'] },
  gcp: {
    ...COMMON,
    // MLflow is a container with a database, as hosted systems are.
    tracking: ['data', 'integrations'],
    rollout: ['data', 'registry'],
    serving: ['data', 'registry', 'rollout'],
  },
};

/** What every construct of Azure stands on; private files may use it. */
export const AZURE_GROUND = [
  'azure-resource-group',
  'encryption-key',
  'grant',
  'managed-identity',
  'principal',
  'private-network',
  'removal-policy',
];

/** What every construct of Google Cloud stands on; private files may use it. */
export const GCP_GROUND = [
  'encryption-key', 'google-project', 'grant', 'principal', 'private-network', 'removal-policy', 'service-account',
];
