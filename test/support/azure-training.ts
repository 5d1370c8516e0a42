import { TerraformStack } from 'cdktf';
import { azureStack, SUBSCRIPTION, synthesized, TerraformConfig } from './azure';
import { PlainLake, PlainWorkspace } from './azure-parts';
import { ArmCall, FakeAzure, Fault, JobCourse, merged } from './azure-service';
import { workflowDefinition } from './azure-workflow';
import { HttpCall, LogicApps, Run } from './logic-apps';
import { AzureResourceGroupProps, ModelRegistry, ModelRegistryProps, TrainingPipeline, TrainingPipelineProps } from '../../src/azure';
import { ContainerImage } from '../../src/core/container-image';

export const IMAGE = 'images.azurecr.io/churn@sha256:abc';

/** What a scene is made with. */
export interface TrainingScene {
  readonly group?: Partial<AzureResourceGroupProps>;
  readonly registry?: Partial<ModelRegistryProps>;
  readonly hasManagedNetwork?: boolean;
}

/** Props, or props that need what stands in the stack. */
export type Wish = Partial<TrainingPipelineProps> | ((world: TrainingWorld) => Partial<TrainingPipelineProps>);

/** A stack with a lake, a workspace, a registry and a training pipeline. */
export class TrainingWorld {
  public readonly stack: TerraformStack;
  public readonly data: PlainLake;
  public readonly workspace: PlainWorkspace;
  public readonly registry: ModelRegistry;
  public readonly training: TrainingPipeline;
  private made?: TerraformConfig;
  private readonly definitions: { [path: string]: any } = {};

  public constructor(props: Wish = {}, scene: TrainingScene = {}) {
    this.stack = azureStack(scene.group);
    this.data = new PlainLake(this.stack, 'Data');
    this.workspace = new PlainWorkspace(this.stack, 'Workspace', scene.hasManagedNetwork);
    const { data, workspace } = this;
    this.registry = new ModelRegistry(this.stack, 'Registry', { modelName: 'churn', data, workspace, ...scene.registry });
    this.training = new TrainingPipeline(this.stack, 'Training', {
      image: ContainerImage.fromUri(IMAGE), data, workspace, registry: this.registry, ...(typeof props === 'function' ? props(this) : props),
    });
  }

  public get config(): TerraformConfig {
    return this.made ??= synthesized(this.stack);
  }

  /** The definition of a workflow, by the end of its path. */
  public definition(path: string = 'Training_Workflow'): any {
    return this.definitions[path] ??= workflowDefinition(this.config, path);
  }
}

export const WORKSPACE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/work`;

/** Azure as a run of the training meets it; what is not said goes well. */
export class FakeTraining {
  public readonly azure = new FakeAzure();
  public readonly host: LogicApps;
  /** How jobs go, by the verb. */
  public readonly courses: { [verb: string]: JobCourse | ((name: string) => JobCourse) } = {};
  public evaluation: unknown = { metrics: { auc: 0.95, rmse: 1.5 }, commit: '0123abc' };
  /** What `nextVersion` of the model says; undefined where there is no model yet. */
  public nextVersion?: string;
  /** Bodies that were sent to MLflow. */
  public readonly logged: any[] = [];

  public constructor(public readonly world: TrainingWorld) {
    this.azure.course = (name) => {
      const verb = name.split('-')[0];
      const course = this.courses[verb];
      const said = typeof course === 'function' ? course(name) : course ?? {};
      const run = name.replace(/^\w+-/, '').replace(/-\d+$/, '');
      const writes = verb === 'evaluate' && this.evaluation !== undefined && (said.ends ?? 'Completed') === 'Completed'
        ? () => void this.azure.storage.write(`store/artifacts/training/${run}/evaluation/evaluation.json`, this.evaluation)
        : undefined;
      return { writes, ...said };
    };
    this.azure.parts.push((call) => this.model(call), (call) => this.tags(call));
    this.host = new LogicApps({ respond: (call) => this.answer(call), pending: () => this.azure.storage.waiting(this.queue).length > 0 });
    this.host.deploy('training', world.definition());
  }

  /** Sends a message to the queue of starts, and lets everything end. */
  public run(message: unknown = {}, faults?: (call: HttpCall) => Fault | undefined): Run {
    this.send(message);
    if (faults !== undefined) this.azure.interfere = faults;
    this.host.settle();
    return this.host.runsOf('training').at(-1)!;
  }

  public send(message: unknown, encoded: boolean = false): void {
    this.azure.storage.send(this.queue, message, this.host.now, encoded);
  }

  /** The queue of starts, as the fake names it. */
  public get queue(): string {
    return `store/${this.world.training.startQueueUrl.split('/').pop()}`;
  }

  /** The job of a verb, as it was asked for last. */
  public job(verb: string): any {
    return this.azure.jobsOf(verb).at(-1)?.properties;
  }

  /** Folders of a job, by the variable that has them, and its other variables. */
  public variables(verb: string): { [name: string]: string } {
    const { command, inputs, outputs, environmentVariables } = this.job(verb);
    const places = Object.fromEntries([...command.matchAll(/export (\w+)="\$\{\{(inputs|outputs)\.(\w+)\}\}"/g)]
      .map(([, name, way, key]: string[]) => [name, (way === 'inputs' ? inputs : outputs)[key].uri.replace(/^azureml:\/\/datastores\/(\w+)\/paths/, '$1')]));
    return { ...places, ...environmentVariables };
  }

  /** Versions that are registered, by their numbers. */
  public get versions(): { [number: string]: any } {
    return Object.fromEntries([...this.azure.resources.values()].filter(({ id }) => /\/models\/churn\/versions\//.test(id)).map(({ id, body }) => [id.split('/').pop(), body.properties]));
  }

  /** Findings of a run. */
  public told(run: Run): any[] {
    return run.visited.filter(({ name, status }) => /^Tell_|_lost$/.test(name) && status === 'Succeeded').map(({ name }) => (run.ended.get(name) as any).outputs);
  }

  /** Approvals that were sent. */
  public get approvals(): any[] {
    const queue = this.world.registry.approvalQueueUrl.split('/').pop()!;
    return this.azure.storage.put.filter((each) => each.queue.endsWith(queue)).map(({ message }) => message);
  }

  private answer(call: HttpCall) {
    if (/\/mlflow\//.test(call.url)) {
      const fault = this.azure.interfere(call);
      if (fault !== undefined) return this.azure.respond(call);
      this.logged.push(call.body);
      return { body: {} };
    }
    return this.azure.respond(call);
  }

  private model({ id, method }: ArmCall) {
    if (method !== 'GET' || !/\/models\/churn$/i.test(id)) return undefined;
    const registered = Object.keys(this.versions).map(Number);
    if (registered.length === 0 && this.nextVersion === undefined) return { code: 404, body: { error: { code: 'NotFound' } } };
    return { body: { id, properties: { nextVersion: this.nextVersion ?? String(Math.max(...registered) + 1) } } };
  }

  /** A job that is there takes other tags. */
  private tags({ id, method, body }: ArmCall) {
    const found = method === 'PUT' && /\/jobs\/([^/]+)$/.exec(id);
    const job = found && this.azure.jobs.find(({ name }) => name === found[1]);
    if (!job) return undefined;
    job.properties.tags = merged(job.properties.tags, body.properties.tags);
    return { body: { id, properties: job.properties } };
  }
}
