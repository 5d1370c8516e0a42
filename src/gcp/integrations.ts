import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { Construct } from 'constructs';
import { IConnection } from './connection-props';
import { IDataLake } from './data-lake-props';
import { GoogleProject } from './google-project';
import { IntegrationsProps } from './integrations-props';
import { mayDestroy } from '../terraform/removal';
import { literal } from '../terraform/text';
import { checkIntegrations } from './private/integrations/checks';
import { SystemConnection } from './private/integrations/connection';
import { flowFolderOf } from './private/integrations/folders';
import { secretReference } from './private/integrations/secrets';
import { trainingSteps } from './private/integrations/training-steps';
import { newAlertPolicy } from './private/monitoring/alert-policy';
import { hostedAlarms } from './private/monitoring/hosted-alarms';
import { TrainingPipeline } from './training-pipeline';
import { System } from '../core/integrations/system';
import { flowFiles } from '../core/private/integrations/flows';
import { connectionAmong, planOf, requireIntegrations } from '../core/private/integrations/plan';
import { Speaker, speakerFor } from '../core/private/validation';

/**
 * The systems that a team uses beside Google Cloud: hosted where they have to be, and connected to what runs its code.
 *
 * `connections` go to training, notebooks, endpoints and monitoring; each gets the variables, the references of the
 * secrets and the permission to read them. Secrets that the team names are those of Secret Manager and must exist
 * before the first apply; those of hosted servers are made while applying. Neither the template nor Terraform's state
 * has their values, which takes Terraform 1.11 (or OpenTofu 1.11).
 *
 * A hosted system is a service of Cloud Run that answers inside the networks of the project alone, with a private
 * database of Cloud SQL, and alerts on both. Feast has a database of Firestore instead, and a job that fills it from the
 * feature store on a schedule. Children: one for each system, with its id, and a mirror for each registry
 * of images, `Images-<registry>`. Costs: nothing for a system that exists elsewhere; a hosted one about 26 USD a month
 * for its database, and about 57 USD where an instance of 1 vCPU and 2 GiB is there all the time.
 *
 * @see https://cloud.google.com/secret-manager/docs
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { gcp, Integration, SecretName } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new gcp.DataLake(stack, 'Data');
 * const integrations = new gcp.Integrations(stack, 'Integrations', {
 *   data,
 *   use: [
 *     Integration.weightsAndBiases({ entity: 'shop', apiKey: SecretName.of('wandb-api-key') }),
 *     Integration.prefect(),
 *   ],
 * });
 */
export class Integrations extends Construct {
  /** One for each system, in the order of `use`. */
  public readonly connections: IConnection[];
  /** Names of the alert policies on hosted systems, `projects/<id>/alertPolicies/<number>`. */
  public readonly alertPolicies: string[] = [];

  private readonly data: IDataLake;
  private readonly systems: readonly System[];

  public constructor(scope: Construct, id: string, props: IntegrationsProps) {
    super(scope, id);
    const who: Speaker = speakerFor('integrations', scope, id);
    requireIntegrations(who, props.use);
    const plans = props.use.map((each) => planOf(who, each, 'gcp'));
    checkIntegrations(who, props, plans);
    const isDestroyable = mayDestroy(this, who, props.removalPolicy);
    const { projectId, region } = GoogleProject.of(this);
    const { secrets = {}, hosted = {} } = props;
    const systems = plans.map((plan) => new SystemConnection(this, {
      who,
      plan,
      region,
      data: props.data,
      features: props.features,
      references: Object.fromEntries(
        Object.entries(plan.secrets).map(([variable, { value }]) => [
          variable,
          secretReference(secrets[value] ?? `projects/${projectId}/secrets/${value}`),
        ]),
      ),
      options: hosted[plan.system.id] ?? {},
      isDestroyable,
    }));
    this.connections = systems;
    this.data = props.data;
    this.systems = plans.map(({ system }) => system);
    for (const system of systems) this.watch(system, region, props.notificationChannels ?? []);
  }

  /**
   * The connection of one system.
   *
   * @param system id of the system, `weights-and-biases`
   */
  public connectionOf(system: string): IConnection {
    return connectionAmong(speakerFor('integrations', this), this.connections, system);
  }

  /**
   * Writes a file for each orchestrator (Airflow, Prefect, Dagster, ZenML) that starts a training and follows it: a DAG,
   * a flow, a job, a pipeline. Whoever runs it needs `roles/workflows.invoker` and `roles/workflows.viewer`.
   *
   * @param training the training
   * @param name name of the flow, the model's for instance
   * @returns addresses of the files, by the system's id
   */
  public followTraining(training: TrainingPipeline, name: string): { [system: string]: string } {
    const steps = trainingSteps(name, training.workflowId);
    const files: { [system: string]: string } = {};
    for (const { content, path, system } of flowFiles(speakerFor('integrations', this), this.systems, steps)) {
      const place = this.node.findChild(system) as Construct;
      const object = new StorageBucketObject(place, `Flow-${name}`, {
        bucket: this.data.artifactBucketName,
        name: `${flowFolderOf(place)}${path}`,
        content: literal(content),
        contentType: 'text/x-python',
      });
      files[system] = `gs://${object.bucket}/${object.name}`;
    }
    return files;
  }

  private watch(system: SystemConnection, region: string, channels: readonly string[]): void {
    const { hosted } = system;
    if (hosted === undefined) return;
    const { projectId } = GoogleProject.of(this);
    const { title, serviceName, isAlwaysOn, databaseInstance, task } = hosted;
    const databaseId = databaseInstance && `${projectId}:${databaseInstance}`;
    const tasks = { taskName: task?.jobName, scheduleName: task?.scheduleName };
    for (const spec of hostedAlarms({ title, serviceName, region, isAlwaysOn, databaseId, ...tasks })) {
      this.alertPolicies.push(newAlertPolicy(system, spec, { channels }).name);
    }
  }
}
