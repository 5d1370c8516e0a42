import { System } from '../system';

const FILE = 'a file that starts and follows the training, in the lake under integrations/';

/**
 * Airflow: a DAG for an environment that exists.
 *
 * @see https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html
 */
export const AIRFLOW: System = {
  id: 'airflow',
  title: 'Apache Airflow',
  purposes: ['orchestration'],
  status: { kind: 'active' },
  licence: 'Apache-2.0',
  version: '3.2.2',
  readOn: '2026-12-01',
  home: 'https://airflow.apache.org',
  client: { variables: {}, packages: [] },
  clouds: {
    aws: { as: 'connected', how: `Custom::ClientFiles: ${FILE}` },
    gcp: { as: 'connected', how: `google_storage_bucket_object: ${FILE}` },
    azure: { as: 'connected', how: 'a file that starts and follows the training, an output of the stack' },
  },
};

/**
 * Dagster: a job for a deployment that exists.
 *
 * @see https://docs.dagster.io/guides/build/ops
 */
export const DAGSTER: System = {
  ...AIRFLOW,
  id: 'dagster',
  title: 'Dagster',
  version: '1.13.0',
  home: 'https://dagster.io',
};
