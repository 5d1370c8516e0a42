/** Where an agent's mail address comes from, by the API that it works for; `#` stands for the project's number. */
export interface ServiceAgent {
  readonly email: string;
  /** How to make sure that it exists: it is made lazily, and a permission for what does not exist is an error. */
  readonly madeBy: 'identity' | 'storage' | 'bigquery' | 'logging' | 'api';
  /**
   * The role that Google gives it at its first use, and not when it is made beforehand: without it the first use fails.
   */
  readonly role?: string;
}

/**
 * Google's service agents, the identities under which a service acts in a project.
 *
 * @see https://cloud.google.com/iam/docs/service-agents
 */
export const SERVICE_AGENTS = {
  aiplatform: { email: 'service-#@gcp-sa-aiplatform.iam.gserviceaccount.com', madeBy: 'identity', role: 'aiplatform.serviceAgent' },
  artifactregistry: { email: 'service-#@gcp-sa-artifactregistry.iam.gserviceaccount.com', madeBy: 'identity', role: 'artifactregistry.serviceAgent' },
  bigquery: { email: 'bq-#@bigquery-encryption.iam.gserviceaccount.com', madeBy: 'bigquery' },
  cloudbuild: { email: 'service-#@gcp-sa-cloudbuild.iam.gserviceaccount.com', madeBy: 'identity', role: 'cloudbuild.serviceAgent' },
  cloudscheduler: { email: 'service-#@gcp-sa-cloudscheduler.iam.gserviceaccount.com', madeBy: 'identity', role: 'cloudscheduler.serviceAgent' },
  compute: { email: 'service-#@compute-system.iam.gserviceaccount.com', madeBy: 'api' },
  dataplex: { email: 'service-#@gcp-sa-dataplex.iam.gserviceaccount.com', madeBy: 'identity', role: 'dataplex.serviceAgent' },
  eventarc: { email: 'service-#@gcp-sa-eventarc.iam.gserviceaccount.com', madeBy: 'identity', role: 'eventarc.serviceAgent' },
  // Which identity encrypts log buckets depends on the project's age: the service is asked.
  logging: { email: '', madeBy: 'logging' },
  monitoring: { email: 'service-#@gcp-sa-monitoring-notification.iam.gserviceaccount.com', madeBy: 'identity', role: 'monitoring.notificationServiceAgent' },
  notebooks: { email: 'service-#@gcp-sa-notebooks.iam.gserviceaccount.com', madeBy: 'identity', role: 'notebooks.serviceAgent' },
  pubsub: { email: 'service-#@gcp-sa-pubsub.iam.gserviceaccount.com', madeBy: 'identity', role: 'pubsub.serviceAgent' },
  run: { email: 'service-#@serverless-robot-prod.iam.gserviceaccount.com', madeBy: 'identity', role: 'run.serviceAgent' },
  firestore: { email: 'service-#@gcp-sa-firestore.iam.gserviceaccount.com', madeBy: 'identity' },
  secretmanager: { email: 'service-#@gcp-sa-secretmanager.iam.gserviceaccount.com', madeBy: 'identity' },
  sqladmin: { email: 'service-#@gcp-sa-cloud-sql.iam.gserviceaccount.com', madeBy: 'identity' },
  storage: { email: 'service-#@gs-project-accounts.iam.gserviceaccount.com', madeBy: 'storage' },
  workflows: { email: 'service-#@gcp-sa-workflows.iam.gserviceaccount.com', madeBy: 'identity', role: 'workflows.serviceAgent' },
} as const satisfies { readonly [api: string]: ServiceAgent };

/** An API that has an agent here. */
export type AgentApi = keyof typeof SERVICE_AGENTS;
