import { TerraformStack } from 'cdktf';
import { googleStack, synthesized, TerraformConfig } from './terraform';
import { definitionOf, HttpCall, HttpReply, Route, runWorkflow, stub, WorkflowRun } from './workflows';
import { ContainerImage } from '../../src/core/container-image';
import { Approval } from '../../src/core/model-registry';
import { DataLake, GoogleProjectProps, ModelRegistry, TrainingPipeline, TrainingPipelineProps } from '../../src/gcp';

export const IMAGE = 'europe-west4-docker.pkg.dev/my-project/churn/workload@sha256:abc';

/** What a scene is made with. */
export interface TrainingScene {
  readonly project?: Partial<GoogleProjectProps>;
  readonly approval?: Approval;
}

/** Props, or props that need what stands in the stack. */
export type Wish = Partial<TrainingPipelineProps> | ((world: TrainingWorld) => Partial<TrainingPipelineProps>);

/** A stack with a lake, a registry and a training pipeline. */
export class TrainingWorld {
  public readonly stack: TerraformStack;
  public readonly data: DataLake;
  public readonly registry: ModelRegistry;
  public readonly training: TrainingPipeline;
  private made?: TerraformConfig;

  public constructor(props: Wish = {}, scene: TrainingScene = {}) {
    this.stack = googleStack(scene.project);
    this.data = new DataLake(this.stack, 'Data');
    this.registry = new ModelRegistry(this.stack, 'Registry', { modelName: 'churn', data: this.data, approval: scene.approval });
    this.training = new TrainingPipeline(this.stack, 'Training', {
      image: ContainerImage.fromUri(IMAGE), data: this.data, registry: this.registry, ...(typeof props === 'function' ? props(this) : props),
    });
  }

  public get config(): TerraformConfig {
    return this.made ??= synthesized(this.stack);
  }

  public get definition(): any {
    return definitionOf(this.config);
  }
}

/** Vertex AI and what stands around it, as a run meets them; what is not said goes well. */
export class FakeTraining {
  public readonly jobs: any[] = [];
  public readonly uploads: any[] = [];
  public readonly published: any[] = [];
  public readonly cancelled: string[] = [];

  /** States that a job has one look after the other, by the verb that it runs; the last stays. */
  public readonly states: { [verb: string]: any[] } = {};
  public evaluation: unknown = { metrics: { auc: 0.95, rmse: 1.5 } };
  public modelExists = false;
  /** Executions that began earlier and still go on, look after look; the last stays. */
  public earlier: number[] = [0];
  /** Pages of one execution each that come before. */
  public oneOnEachPage = 0;

  /** Answers that stand in for those of a service that has done what it was asked for. */
  public after: (call: HttpCall) => HttpReply | undefined = () => undefined;

  public run(world: TrainingWorld, argument?: unknown, more: readonly Route[] = []): WorkflowRun {
    const played = stub([...more, ...this.routes()]);
    const respond = (call: HttpCall) => {
      const reply = played(call);
      return this.after(call) ?? reply;
    };
    return runWorkflow(world.definition, { argument, respond });
  }

  /** The body of the one job of a verb. */
  public job(verb: string): any {
    const found = this.jobs.filter((each) => each.labels.step === verb);
    if (found.length !== 1) throw new Error(`expected one job of ${verb}, got ${found.length}`);
    return found[0];
  }

  /** What the container of a job is told, by the name of the variable; buckets are `raw` and `artifacts`. */
  public variables(verb: string): { [name: string]: string } {
    const { env } = this.job(verb).jobSpec.workerPoolSpecs[0].containerSpec;
    return Object.fromEntries(env.map(({ name, value }: any) => [name, readable(value)]));
  }

  private routes(): Route[] {
    return [
      { method: 'POST', url: /-aiplatform\.googleapis\.com\/v1\/projects\/my-project\/locations\/[a-z0-9-]+\/customJobs$/, reply: (call) => this.newJob(call) },
      { method: 'GET', url: /\/customJobs\/\d+$/, reply: (call) => this.lookAtJob(call) },
      { method: 'GET', url: /\/customJobs$/, reply: ({ query }) => this.listJobs(query.filter) },
      { method: 'GET', url: /\/models\/churn:listVersions$/, reply: () => ({ body: { models: this.uploads.map(({ model }) => ({ versionId: '3', labels: model.labels })) } }) },
      { method: 'POST', url: /:cancel$/, reply: (call) => { this.cancelled.push(call.url); return {}; } },
      { method: 'GET', url: /^https:\/\/storage\.googleapis\.com\/storage\/v1\/b\/[^/]+\/o\/[^/]+evaluation\.json$/, reply: () => (this.evaluation === undefined ? { code: 404 } : { body: this.evaluation }) },
      { method: 'GET', url: /\/models\/churn$/, reply: () => (this.modelExists ? { body: { name: 'churn' } } : { code: 404 }) },
      { method: 'POST', url: /\/models:upload$/, reply: (call) => { this.uploads.push(call.body); return { body: { name: 'projects/my-project/locations/europe-west4/operations/9' } }; } },
      { method: 'GET', url: /\/operations\/9$/, reply: [{ body: {} }, { body: { done: true, response: { model: 'projects/1/models/churn', modelVersionId: '3' } } }] },
      { method: 'POST', url: /^https:\/\/pubsub\.googleapis\.com\/v1\/.+:publish$/, reply: (call) => this.publish(call) },
      { method: 'GET', url: /^https:\/\/workflowexecutions\.googleapis\.com\/v1\/.+\/executions\/[^/]+$/, reply: { body: { startTime: '2026-01-01T00:00:00.5Z' } } },
      { method: 'GET', url: /^https:\/\/workflowexecutions\.googleapis\.com\/v1\/.+\/executions$/, reply: (call, nth) => this.listEarlier(call, nth) },
      { method: 'GET', url: /\/api\/2\.0\/mlflow\/experiments\/get-by-name$/, reply: { body: { experiment: { experiment_id: '7' } } } },
      { method: 'POST', url: /\/api\/2\.0\/mlflow\/runs\/create$/, reply: { body: { run: { info: { run_id: 'abc123', artifact_uri: 'mlflow-artifacts:/7/abc123/artifacts' } } } } },
      { url: /\/api\/2\.0\/mlflow/, reply: { body: {} } },
    ];
  }

  private newJob(call: HttpCall): HttpReply {
    this.jobs.push(call.body);
    return { body: { name: `projects/1/locations/l/customJobs/${this.jobs.length - 1}` } };
  }

  private listJobs(filter: string): HttpReply {
    const at = this.jobs.findIndex(({ displayName }) => filter === `display_name="${displayName}"`);
    return { body: at < 0 ? {} : { customJobs: [{ name: `projects/1/locations/l/customJobs/${at}` }] } };
  }

  private lookAtJob(call: HttpCall): HttpReply {
    const name = call.url.replace(/^.+\/v1\//, '');
    const states = this.states[this.jobs[Number(name.split('/').pop())].labels.step] ?? [{ state: 'JOB_STATE_SUCCEEDED' }];
    const state = states.length > 1 ? states.shift() : states[0];
    return { body: { name, ...state } };
  }

  private publish(call: HttpCall): HttpReply {
    this.published.push({ topic: call.url, data: JSON.parse(Buffer.from(call.body.messages[0].data, 'base64').toString()) });
    return {};
  }

  private listEarlier({ query }: HttpCall, nth: number): HttpReply {
    const page = Number(query.pageToken ?? 0);
    if (page < this.oneOnEachPage) return { body: { executions: [{ state: 'ACTIVE' }], nextPageToken: `${page + 1}` } };
    const count = this.earlier[Math.min(nth, this.earlier.length - 1)];
    return { body: count === 0 ? {} : { executions: Array.from({ length: count }, () => ({ state: 'ACTIVE' })) } };
  }
}

function readable(value: string): string {
  return value.replace(/<google_storage_bucket\.Data_(Raw|Artifacts)_[0-9A-F]{8}\.name>/g, (_, bucket) => bucket.toLowerCase());
}
