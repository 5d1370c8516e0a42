import { callsOf, customJobsOf, definitionOf, registersVersions, WORKFLOW } from './workflow-calls';
import { ComplianceRow } from '../../../core/private/compliance';
import { gradeBy, having, keeping, MaturityGrade, ProofIn, recording } from '../../../core/private/maturity-grade';
import { partsOf, textOf } from '../../../terraform/policy/parts';
import { Landscape, one, ResourceView } from '../../../terraform/policy/resource-view';

type Proof = ProofIn<Landscape>;

/** The grade of everything below the landscapes together. */
export function gradeOf(landscapes: readonly Landscape[], rows: readonly ComplianceRow[]): MaturityGrade {
  return gradeBy(PROOFS, landscapes, rows);
}

/** What proves each practice in Terraform; a test compares the names with the model. */
export const PROOFS: Readonly<Record<string, Proof>> = {
  'data versioning and lineage': keeping('MLOPS-DAT-01'),
  'code and configuration versioning': having('google_storage_bucket', 'google_artifact_registry_repository'),
  'experiment tracking': recording({
    trainings,
    records: (training) => /\/mlflow\/runs\/create/.test(textOf(training.attributes)),
    trackers: (around) => [
      ...around.ofType('google_vertex_ai_tensorboard'),
      ...around.ofType('google_cloud_run_v2_service').filter(isTracker),
    ],
  }),
  'reproducible environments': (around, rows) => {
    const moving = rows.some((row) => row.policy === 'MLOPS-REP-01' && row.verdict === 'violation');
    return moving ? [] : repositories(around);
  },
  'encryption and access control': keeping('MLOPS-ENC-01', 'MLOPS-NET-01', 'MLOPS-IAM-01', 'MLOPS-IAM-02'),
  'cost control': (around) => [
    ...around.ofType('google_billing_budget'),
    ...around
      .ofType('google_workbench_instance')
      .filter(({ attributes }) => Number(one(attributes.gce_setup)?.metadata?.['idle-timeout-seconds']) > 0),
  ],
  'feature store': having('google_vertex_ai_feature_group'),
  'automated training pipeline': trainings,
  'continuous training': (around) => {
    const training = trainings(around);
    return [
      ...around.ofType('google_cloud_scheduler_job'),
      ...around.ofType('google_eventarc_trigger').filter(({ attributes }) => /storage\.object/.test(textOf(attributes))),
    ].filter((each) => training.some((workflow) => refersTo(each, workflow)));
  },
  'model registry with versions and approval': (around) =>
    around.has('google_pubsub_topic') ? repositories(around) : [],
  'automated deployment of approved models': (around) =>
    workflows(around, /:deployModel\b|\/services\b/).filter((workflow) =>
      around.ofType('google_eventarc_trigger').some((each) => refersTo(each, workflow)),
    ),
  'scaling with load': (around) => [
    ...around
      .ofType(WORKFLOW)
      .filter((each) => partsOf(definitionOf(each), ({ maxReplicaCount }) => maxReplicaCount !== undefined).length > 0),
    ...around
      .ofType('google_cloud_run_v2_service')
      .filter((each) => !isTracker(each) && one(one(each.attributes.template)?.scaling)?.max_instance_count > 1),
  ],
  'monitoring': having('google_monitoring_dashboard'),
  'drift detection': (around) =>
    around
      .ofType(WORKFLOW)
      .filter((each) => customJobsOf(definitionOf(each)).length > 0 && /drift_share/.test(textOf(each.attributes))),
  'automated tests': (around, rows) => {
    const gated = new Set(
      rows.filter((row) => row.policy === 'MLOPS-REG-02' && row.verdict === 'compliant').map((row) => row.resource),
    );
    return around.resources.filter((each) => gated.has(each.path));
  },
  'CI/CD of pipelines and infrastructure': having(
    'google_iam_workload_identity_pool_provider',
    'google_cloudbuild_trigger',
  ),
  'progressive delivery': (around) =>
    workflows(around, /:deployModel\b/).filter((each) => /trafficSplit/.test(textOf(each.attributes))),
  'rollback': (around, rows) => {
    const safe = new Set(
      rows.filter((row) => row.policy === 'MLOPS-SRV-02' && row.verdict === 'compliant').map((row) => row.resource),
    );
    return around.resources.filter((each) => safe.has(each.path));
  },
  'retraining on drift': (around) => [
    ...workflows(around, /pubsub\.googleapis\.com\/.*:publish\b/).filter((each) =>
      /drift_share/.test(textOf(each.attributes)),
    ),
    ...around
      .ofType('google_monitoring_alert_policy')
      .filter((each) => /drift_share/.test(textOf(each.attributes)) && tellsTraining(each, around)),
  ],
  'model quality with ground truth': (around) =>
    around.ofType(WORKFLOW).filter((each) => /MLOPS_LABELS_DIR/.test(textOf(each.attributes))),
  'feedback loop': (around) =>
    around
      .ofType('google_vertex_ai_endpoint')
      .filter(({ attributes }) => one(attributes.predict_request_response_logging_config)?.enabled === true),
  'governance': (around) => {
    const cards = around
      .ofType('google_storage_bucket_object')
      .filter(({ attributes }) => /model-card\.json$/.test(String(attributes.name)));
    const audits = around.ofType('google_project_iam_audit_config');
    return cards.length > 0 && audits.length > 0 ? [...cards, ...audits] : [];
  },
  'collaboration': having('google_workbench_instance'),
};

/** Whether an alert of yours goes to a topic whose messages start a training. */
function tellsTraining(policy: ResourceView, around: Landscape): boolean {
  const topics = around.ofType('google_pubsub_topic').filter((topic) => around.ofType('google_eventarc_trigger')
    .some((trigger) => refersTo(trigger, topic) && trainings(around).some((workflow) => refersTo(trigger, workflow))));
  return around.ofType('google_monitoring_notification_channel')
    .some((channel) => refersTo(policy, channel) && topics.some((topic) => refersTo(channel, topic)));
}

function isTracker(service: ResourceView): boolean {
  return /mlflow/i.test(textOf(service.attributes.template));
}

/** Those of the stack's own; a mirror of another holds nothing. */
function repositories(around: Landscape): ResourceView[] {
  return around
    .ofType('google_artifact_registry_repository')
    .filter(({ attributes }) => attributes.mode !== 'REMOTE_REPOSITORY');
}

function trainings(around: Landscape): ResourceView[] {
  return around.ofType(WORKFLOW).filter((each) => registersVersions(definitionOf(each)));
}

function workflows(around: Landscape, address: RegExp): ResourceView[] {
  return around.ofType(WORKFLOW).filter((each) => callsOf(definitionOf(each), address).length > 0);
}

function refersTo(from: ResourceView, to: ResourceView): boolean {
  return textOf(from.attributes).includes(`${to.address}.`);
}
