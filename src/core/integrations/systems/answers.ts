import { CloudAnswer, CloudName } from '../system';

type Answers = { readonly [cloud in CloudName]: CloudAnswer };

/** A service of its makers, or a server that exists: variables, and secrets by reference. */
export const CONNECTED: Answers = {
  aws: { as: 'connected', how: 'variables of every job, notebook and container; secrets of AWS::SecretsManager::Secret by reference' },
  gcp: { as: 'connected', how: 'variables of every job, notebook and container; secrets of google_secret_manager_secret by reference' },
  azure: { as: 'connected', how: 'variables of every job, notebook and container; secrets of azurerm_key_vault by reference' },
};

/** A container with a database of PostgreSQL; on Azure a server that exists. */
export const HOSTED_WITH_POSTGRESQL: Answers = {
  aws: { as: 'hosted', how: 'AWS::ECS::Service behind AWS::ElasticLoadBalancingV2::LoadBalancer, with AWS::RDS::DBInstance' },
  gcp: { as: 'hosted', how: 'google_cloud_run_v2_service with google_sql_database_instance' },
  azure: { as: 'connected', how: `a server that exists, by its endpoint: ${CONNECTED.azure.how}` },
};

/** A container with a database of PostgreSQL on every cloud. */
export const HOSTED_EVERYWHERE: Answers = {
  ...HOSTED_WITH_POSTGRESQL,
  azure: { as: 'hosted', how: 'azurerm_container_app with azurerm_postgresql_flexible_server' },
};

/** The same with a database of MySQL. */
export const HOSTED_WITH_MYSQL: Answers = HOSTED_WITH_POSTGRESQL;
