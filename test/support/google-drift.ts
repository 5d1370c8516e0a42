import { emptyPages } from './google-endpoint';
import { IMAGE, TrainingScene, TrainingWorld, Wish } from './google-training';
import { resourceAt } from './terraform';
import { definitionOf, HttpCall, HttpReply, runWorkflow, stub, WorkflowRun } from './workflows';
import { ContainerImage } from '../../src/core/container-image';
import { ModelSource, MonitoringStack, MonitoringStackProps, ServingEndpoint } from '../../src/gcp';

/** Lake, registry, training, endpoint and monitoring of one stack, as a blueprint of level 2 puts them together. */
export class DriftWorld extends TrainingWorld {
  public readonly serving: ServingEndpoint;
  public readonly monitoring: MonitoringStack;

  public constructor(monitoring: Partial<MonitoringStackProps> = {}, scene: TrainingScene = {}, training: Wish = {}) {
    super(training, scene);
    this.serving = new ServingEndpoint(this.stack, 'Serving', { data: this.data, model: ModelSource.latestApproved(this.registry), capture: {} });
    this.monitoring = new MonitoringStack(this.stack, 'Monitoring', {
      data: this.data,
      registry: this.registry,
      endpoint: this.serving,
      training: this.training,
      image: ContainerImage.fromUri(IMAGE),
      drift: { retrain: true, maxDriftShare: 0.3 },
      ...monitoring,
    });
  }

  /** The training. */
  public override get definition(): any {
    return this.workflow('Training_Workflow');
  }

  public workflow(path: string): any {
    return definitionOf({ resource: { google_workflows_workflow: { it: resourceAt(this.config, 'google_workflows_workflow', path) } } });
  }

  /** The address of the artifact bucket, as a stand-in for its name. */
  public get bucket(): string {
    const [artifacts] = Object.keys(this.config.resource.google_storage_bucket).filter((address) => address.startsWith('Data_Artifacts_'));
    return `<google_storage_bucket.${artifacts}.name>`;
  }
}

/** What drift runs meet, and what they leave behind for those that follow. */
export class FakeDrift {
  public driftShare = 0.4;
  /** What else `drift.json` says. */
  public numbers: object = {};
  /** Whether an execution of the training goes on. */
  public trains = false;
  /** Whether there has been an execution since, however it ended. */
  public hasTrained = true;
  /** Pages of the list of executions that have none, before the one that has. */
  public emptyPages = 0;
  public live = '3';
  /** The version with the alias `candidate`. */
  public candidate: { readonly versionId: string; readonly versionAliases: string[] } = { versionId: '3', versionAliases: ['candidate', 'approved', 'approved-3', 'live', 'default'] };
  public query: any;
  public job: any;
  public readonly series: any[] = [];
  public readonly listings: HttpCall[] = [];
  public readonly published: { readonly topic: string; readonly data: string }[] = [];
  public readonly objects: { [name: string]: any } = {};
  private readonly generations: { [name: string]: number } = {};

  /** Answers that stand in for those of a service, where there is one. */
  public interfere: (call: HttpCall) => HttpReply | undefined = () => undefined;

  /** Answers that stand in for those of a service that has done what it was asked for. */
  public after: (call: HttpCall) => HttpReply | undefined = () => undefined;

  /** A run at a time, `2026-11-21T03:00:00Z`. */
  public run(world: DriftWorld, now: string = '2026-11-21T03:00:00Z', execution?: string): WorkflowRun {
    const played = this.routes(world);
    const respond = (call: HttpCall, attempt: number) => {
      const broken = this.interfere(call);
      if (broken !== undefined) return broken;
      const reply = played(call, attempt);
      return this.after(call) ?? reply;
    };
    return runWorkflow(world.workflow('Drift_Workflow'), {
      argument: {}, now, respond, env: execution === undefined ? {} : { GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID: execution },
    });
  }

  private routes(world: DriftWorld) {
    const numbers = { driftShare: this.driftShare, driftedFeatures: 1, features: {}, rows: 100, referenceRows: 400, ...this.numbers };
    return stub([
      { url: new RegExp(`/models/churn@${this.live}$`), reply: { body: { versionId: this.live, artifactUri: `gs://${world.bucket}/training/run-1/model` } } },
      { url: /\/models\/churn@candidate$/, reply: () => ({ body: this.candidate }) },
      {
        url: new RegExp(`/endpoints/${world.serving.endpointId}$`),
        reply: {
          body: {
            trafficSplit: { 7: 100 },
            deployedModels: [{ id: '7', model: 'projects/1/locations/l/models/churn', modelVersionId: this.live, createTime: '2026-01-01T00:00:00Z' }],
          },
        },
      },
      { url: /schema\.json$/, reply: { body: {} } },
      { method: 'POST', url: /\/bigquery\/v2\/projects\/my-project\/jobs$/, reply: (call) => { this.query = call.body.configuration.query; return {}; } },
      { url: /\/bigquery\/v2\//, reply: { body: { status: { state: 'DONE' }, statistics: { query: { exportDataStatistics: { rowCount: '100' } } } } } },
      { method: 'POST', url: /\/customJobs$/, reply: (call) => { this.job = call.body; return { body: { name: 'projects/1/locations/l/customJobs/1' } }; } },
      { url: /\/customJobs\/1$/, reply: { body: { state: 'JOB_STATE_SUCCEEDED' } } },
      { url: /drift\.json$/, reply: { body: numbers } },
      { method: 'POST', url: /\/timeSeries$/, reply: (call) => { this.series.push(...call.body.timeSeries); return {}; } },
      { url: /^https:\/\/workflowexecutions\.googleapis\.com\/v1\/.+\/executions$/, reply: (call) => this.list(call) },
      { method: 'POST', url: /^https:\/\/pubsub\.googleapis\.com\/v1\/.+:publish$/, reply: (call) => this.publish(call) },
      { method: 'POST', url: `https://storage.googleapis.com/upload/storage/v1/b/${world.bucket}/o`, reply: (call) => this.write(call) },
      { method: 'GET', url: /\/o\/retraining%2F/, reply: (call) => this.read(call, decodeURIComponent(call.url.split('/o/')[1])) },
    ]);
  }

  private list(call: HttpCall): HttpReply {
    if (/^startTime>/.test(call.query.filter)) return { body: this.hasTrained ? { executions: [{ state: 'FAILED' }] } : {} };
    this.listings.push(call);
    return emptyPages(call, this.emptyPages) ?? { body: this.trains ? { executions: [{ state: 'ACTIVE' }] } : {} };
  }

  private publish(call: HttpCall): HttpReply {
    this.published.push({ topic: call.url, data: call.body.messages[0].data });
    return {};
  }

  private write({ query, body }: HttpCall): HttpReply {
    if (query.uploadType !== 'media') throw new TypeError('the body is the object');
    const generation = this.generations[query.name] ?? 0;
    if (query.ifGenerationMatch !== undefined && query.ifGenerationMatch !== `${generation}`) return { code: 412 };
    this.objects[query.name] = body;
    this.generations[query.name] = generation + 1;
    return { body: { generation: `${generation + 1}` } };
  }

  private read({ query }: HttpCall, name: string): HttpReply {
    if (!(name in this.objects)) return { code: 404 };
    return { body: query.alt === 'media' ? this.objects[name] : { generation: `${this.generations[name]}` } };
  }
}
