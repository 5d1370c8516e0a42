import { computeInstanceOf, COMPUTES } from './compute-instances';
import { definitionOf, deploys, registersVersions, WORKFLOW, writesOf } from './workflow-calls';
import { ComplianceRow } from '../../../core/private/compliance';
import { listed } from '../../../core/private/listed';
import { gradeBy, having, keeping, MaturityGrade, ProofIn, recording } from '../../../core/private/maturity-grade';
import { textOf } from '../../../terraform/policy/parts';
import { Landscape, one, ResourceView } from '../../../terraform/policy/resource-view';

type Proof = ProofIn<Landscape>;

const WORKSPACES = ['azurerm_machine_learning_workspace', 'Microsoft.MachineLearningServices/workspaces'];
const EVENTS = ['azurerm_eventgrid_system_topic_event_subscription', 'azurerm_eventgrid_event_subscription'];

/** The grade of everything below the landscapes together. */
export function gradeOf(landscapes: readonly Landscape[], rows: readonly ComplianceRow[]): MaturityGrade {
  return gradeBy(PROOFS, landscapes, rows);
}

/** What proves each practice in Terraform; a test compares the names with the model. */
export const PROOFS: Readonly<Record<string, Proof>> = {
  'data versioning and lineage': keeping('MLOPS-DAT-01'),
  'code and configuration versioning': having('azurerm_storage_account', 'azurerm_container_registry'),
  // The tracker is MLflow of the workspace, where each job is a run; what it came to is what the training adds.
  'experiment tracking': recording({
    trainings,
    records: (training) => /mlops_outcome/.test(textOf(training.attributes)),
    trackers: (around) => around.ofType(...WORKSPACES),
  }),
  'reproducible environments': (around, rows) => {
    const moving = rows.some((row) => row.policy === 'MLOPS-REP-01' && row.verdict === 'violation');
    return moving ? [] : around.ofType('azurerm_container_registry');
  },
  'encryption and access control': keeping('MLOPS-ENC-01', 'MLOPS-NET-01', 'MLOPS-IAM-01', 'MLOPS-IAM-02'),
  'cost control': (around) => [
    ...around.ofType('azurerm_consumption_budget_resource_group', 'azurerm_consumption_budget_subscription'),
    ...notebooks(around).filter((each) => /"idleTimeBeforeShutdown":"PT/.test(textOf(each.attributes))),
  ],
  'feature store': having('Microsoft.MachineLearningServices/workspaces/featuresets/versions'),
  'automated training pipeline': trainings,
  'continuous training': (around) => {
    const queues = around
      .ofType('azurerm_storage_queue')
      .filter((queue) => trainings(around).some((training) => refersTo(training, queue)));
    const scheduled = workflows(around).filter((each) => triggersOf(each).some(({ type }) => type === 'Recurrence'));
    return [...around.ofType(...EVENTS), ...scheduled].filter((each) => queues.some((queue) => refersTo(each, queue)));
  },
  'model registry with versions and approval': (around) => {
    const approvals = around
      .ofType('azurerm_storage_queue')
      .filter(({ attributes, path }) => /approval/i.test(`${attributes.name} ${path}`));
    return approvals.length === 0 ? [] : [...around.ofType(...WORKSPACES), ...approvals];
  },
  'automated deployment of approved models': (around) =>
    rollouts(around).filter((each) => triggersOf(each).some(({ type }) => type === 'Http')),
  'scaling with load': (around) => [
    ...around
      .ofType('azurerm_machine_learning_compute_cluster')
      .filter(({ attributes }) => Number(one(attributes.scale_settings)?.max_node_count) > 1),
    ...around
      .ofType('azurerm_container_app')
      .filter(({ attributes }) => Number(one(attributes.template)?.max_replicas) > 1),
    ...rollouts(around).filter((each) => /autoscalesettings/i.test(textOf(each.attributes))),
  ],
  'monitoring': having('azurerm_application_insights_workbook'),
  'drift detection': (around) =>
    workflows(around).filter(
      (each) => /drift_share/.test(textOf(each.attributes)) && /"jobType":"Command"/.test(textOf(each.attributes)),
    ),
  'automated tests': (around, rows) => {
    const gated = new Set(
      rows.filter((row) => row.policy === 'MLOPS-REG-02' && row.verdict === 'compliant').map((row) => row.resource),
    );
    return around.resources.filter((each) => gated.has(each.path));
  },
  'CI/CD of pipelines and infrastructure': having('azurerm_federated_identity_credential'),
  'progressive delivery': (around) =>
    rollouts(around).filter((each) => /"(traffic|mirrorTraffic|trafficWeight)"/i.test(textOf(each.attributes))),
  'rollback': (around, rows) => {
    const safe = new Set(
      rows.filter((row) => row.policy === 'MLOPS-SRV-02' && row.verdict === 'compliant').map((row) => row.resource),
    );
    return around.resources.filter((each) => safe.has(each.path));
  },
  'retraining on drift': (around) => {
    const queues = around
      .ofType('azurerm_storage_queue')
      .filter((queue) => trainings(around).some((training) => refersTo(training, queue)));
    return workflows(around).filter(
      (each) => /drift_share/.test(textOf(each.attributes)) && queues.some((queue) => refersTo(each, queue)),
    );
  },
  'model quality with ground truth': (around) =>
    workflows(around).filter((each) => /MLOPS_LABELS_DIR/.test(textOf(each.attributes))),
  'feedback loop': (around, rows) => {
    const capturing = new Set(
      rows.filter((row) => row.policy === 'MLOPS-SRV-01' && row.verdict === 'compliant').map((row) => row.resource),
    );
    return [...around.resources.filter((each) => capturing.has(each.path))];
  },
  'governance': (around) => {
    const cards = [
      ...around
        .ofType('azurerm_storage_blob')
        .filter(({ attributes }) => /model-card\.json$/.test(String(attributes.name))),
      ...workflows(around).filter((each) => writesOf(definitionOf(each), /\/model-card\.json$/).length > 0),
    ];
    const audits = around
      .ofType('azurerm_monitor_diagnostic_setting')
      .filter(({ attributes }) => /^\/subscriptions\/[^/]+$/.test(String(attributes.target_resource_id)));
    return cards.length > 0 && audits.length > 0 ? [...cards, ...audits] : [];
  },
  'collaboration': notebooks,
};

function notebooks(around: Landscape): ResourceView[] {
  return [
    ...around
      .ofType(COMPUTES)
      .filter(
        ({ attributes }) => ![undefined, 'unknown'].includes(computeInstanceOf(attributes) as string | undefined),
      ),
    ...around.ofType('azurerm_machine_learning_compute_instance'),
  ];
}

function workflows(around: Landscape): ResourceView[] {
  return around.ofType(WORKFLOW);
}

function trainings(around: Landscape): ResourceView[] {
  return workflows(around).filter((each) => registersVersions(definitionOf(each)));
}

function rollouts(around: Landscape): ResourceView[] {
  return workflows(around).filter((each) => deploys(definitionOf(each)));
}

function triggersOf(workflow: ResourceView): { readonly type: string }[] {
  return listed(Object.values(definitionOf(workflow)?.triggers ?? {}));
}

/** By its address, or by the name that addresses of queues end with. */
function refersTo(from: ResourceView, to: ResourceView): boolean {
  const whole = textOf(from.attributes);
  return (
    whole.includes(`${to.address}.`) ||
    (typeof to.attributes.name === 'string' && whole.includes(`/${to.attributes.name}`))
  );
}
