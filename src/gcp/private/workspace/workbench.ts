/** Jobs of Vertex AI, queries, logs and metrics of the machine: what only a project can give. */
export const NOTEBOOK_ROLES = [
  'aiplatform.user',
  'bigquery.jobUser',
  'bigquery.readSessionUser',
  'logging.logWriter',
  'monitoring.metricWriter',
];

/** Workbench writes these itself, and a notebook that stands idle has another state than it was made with. */
export const CHANGED_BY_WORKBENCH = [
  'desired_state',
  ...['resource-url', 'instance-region', 'version-description', 'new-proxy-agent-enabled'].map(
    (key) => `gce_setup[0].metadata["${key}"]`,
  ),
];
