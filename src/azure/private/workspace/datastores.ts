/** Names of the datastores of the lake's containers. */
export const DATASTORES = { raw: 'lake_raw', artifacts: 'lake_artifacts', captured: 'lake_captured' } as const;
