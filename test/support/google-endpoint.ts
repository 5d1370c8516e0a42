import { HttpCall, HttpReply, Respond } from './workflows';

/** A deployed model as the fake keeps it. */
export interface Deployed {
  readonly id: string;
  readonly model: string;
  readonly modelVersionId: string;
  readonly displayName: string;
  readonly createTime: string;
}

/** What the numbers of a version are while it is watched. */
export interface Numbers {
  readonly answers: number;
  readonly errors?: number;
  readonly latency?: number;
}

/** Vertex AI, Monitoring and the list of runs as a rollout sees them: the state is real, the calls are played. */
export class FakeVertex {
  public deployed: Deployed[] = [];
  public trafficSplit: { [id: string]: number } = {};
  /** Of the endpoint; `team` is Terraform's. */
  public labels: { [key: string]: string } = { team: 'churn' };
  /** Every traffic split that was set, in order. */
  public readonly splits: object[] = [];
  public readonly aliases: { [alias: string]: string } = {};
  /** Bodies of deployModel. */
  public readonly deployments: any[] = [];
  public readonly undeployed: string[] = [];
  /** Versions that are registered. */
  public versions = ['1', '2', '3', '4'];
  /** Older runs of the workflow; each look takes one away. */
  public olderRuns = 0;
  /** Looks at the list of runs in which even the run that looks is missing. */
  public unlisted = 0;
  /**
   * Runs of the teardown that go on, seen from a rollout; of rollouts, seen from the teardown. Each look takes one
   * away.
   */
  public neighbours = 0;
  /** Whether what is being deployed is not in the list yet. */
  public hidesCandidates = false;
  /** Pages of a list of runs that have none, before the one that has. */
  public emptyPages = 0;
  private operations = new Map<string, HttpReply>();
  private ids = 100;
  /** Seconds since the beginning of what `createTime` says. */
  private clock = Date.parse('2026-01-01T00:00:00Z') / 1000;
  /** What Monitoring says of a version. */
  public numbers: (version: string) => Numbers = () => ({ answers: 1000, errors: 0, latency: 50 });
  /** Runs before each call; throws or answers to break something. */
  public interfere: (call: HttpCall) => HttpReply | undefined = () => undefined;

  public readonly respond: Respond = (call) => {
    const broken = this.interfere(call);
    if (broken !== undefined) return broken;
    const [, path] = /^https:\/\/[^/]+\/v\d\/(.*)$/.exec(call.url)!;
    if (call.url.startsWith('https://workflowexecutions.')) return emptyPages(call, this.emptyPages) ?? this.runs(path);
    if (call.url.startsWith('https://monitoring.')) return this.monitoring(call);
    if (this.operations.has(path)) return this.operations.get(path)!;
    if (path.includes('/models/')) return this.model(call, path);
    if (call.method === 'GET') return { body: { labels: this.labels, trafficSplit: this.trafficSplit, deployedModels: this.hidesCandidates ? this.deployed.filter(({ id }) => id in this.trafficSplit) : this.deployed } };
    if (call.method === 'PATCH') return this.patch(call);
    if (path.endsWith(':deployModel')) return this.deploy(call.body);
    if (path.endsWith(':undeployModel')) return this.undeploy(call.body.deployedModelId);
    throw new TypeError(`nobody answers ${call.method} ${call.url}`);
  };

  /** Puts a version on the endpoint as an earlier rollout would have. */
  public has(version: string, share: number, approved = '2025-12-01T00:00:00Z', created = '2025-12-01T00:10:00Z'): this {
    const id = `${++this.ids}`;
    this.deployed.push({
      id,
      model: 'projects/123456789012/locations/europe-west4/models/churn-1a2b3c4d',
      modelVersionId: version,
      displayName: `version ${version} approved ${approved}`,
      createTime: created,
    });
    if (share > 0) this.trafficSplit[id] = share;
    return this;
  }

  /** What is deployed is of a model that the endpoint does not follow. */
  public ofAnotherModel(): this {
    this.deployed = this.deployed.map((each) => ({ ...each, model: 'projects/123456789012/locations/europe-west4/models/other' }));
    return this;
  }

  /** Shares by version. */
  public get traffic(): { [version: string]: number } {
    const versionOf = (id: string) => this.deployed.find((each) => each.id === id)?.modelVersionId ?? id;
    return Object.fromEntries(Object.entries(this.trafficSplit).map(([id, share]) => [versionOf(id), share]));
  }

  private runs(path: string): HttpReply {
    const run = (id: string) => ({ name: `projects/123456789012/locations/europe-west4/workflows/a-workflow/executions/${id}` });
    if (/\/workflows\/[a-z0-9-]*(teardown|rollout)[a-z0-9-]*\/executions$/.test(path)) return { body: this.neighbours-- > 0 ? { executions: [run('neighbour')] } : {} };
    if (!path.endsWith('/workflows/a-workflow/executions')) throw new TypeError(`which runs? ${path}`);
    if (this.unlisted-- > 0) return { body: {} };
    return { body: { executions: [run(this.olderRuns-- > 0 ? '00000000-0000-4000-8000-000000000001' : '00000000-0000-4000-8000-000000000000')] } };
  }

  private monitoring({ query }: HttpCall): HttpReply {
    const id = /deployed_model_id="(\d+)"/.exec(query.filter)![1];
    const { answers, errors = 0, latency = 50 } = this.numbers(this.deployed.find((each) => each.id === id)!.modelVersionId);
    if (answers === 0) return { body: {} };
    const series = (code: string, count: number) => ({ metric: { labels: { response_code: code } }, points: [{ value: { int64Value: `${count}` } }] });
    if (query.filter.includes('prediction_latencies')) return { body: { timeSeries: [{ metric: {}, points: [{ value: { doubleValue: latency } }] }] } };
    return { body: { timeSeries: [series('200', answers - errors), ...errors > 0 ? [series('503', errors)] : []] } };
  }

  private model(call: HttpCall, path: string): HttpReply {
    const version = /@(\d+)/.exec(path)?.[1] ?? this.aliases[path.split('@')[1]];
    if (!this.versions.includes(version)) return { code: 404, body: { error: { message: 'no such version' } } };
    for (const alias of call.body?.versionAliases ?? []) this.aliases[alias] = version;
    const versionAliases = Object.keys(this.aliases).filter((alias) => this.aliases[alias] === version);
    return { body: { versionId: version, versionAliases } };
  }

  private patch(call: HttpCall): HttpReply {
    if (call.query.updateMask === 'labels') {
      this.labels = call.body.labels;
      return { body: {} };
    }
    if (call.query.updateMask !== 'trafficSplit') throw new TypeError('only the traffic is the workflow\'s to change');
    const split = call.body.trafficSplit as { [id: string]: number };
    const sum = Object.values(split).reduce((a, b) => a + b, 0);
    if (sum !== 100 && Object.keys(split).length > 0) return { code: 400, body: { error: { message: `shares add up to ${sum}` } } };
    if (Object.keys(split).some((id) => !this.deployed.some((each) => each.id === id))) return { code: 400, body: { error: { message: 'unknown version' } } };
    this.trafficSplit = split;
    this.splits.push(this.traffic);
    return { body: {} };
  }

  public deploy(body: any): HttpReply {
    this.deployments.push(body);
    const id = `${++this.ids}`;
    const { model, displayName } = body.deployedModel;
    this.deployed.push({ id, model, modelVersionId: model.split('@')[1], displayName, createTime: new Date((this.clock += 60) * 1000).toISOString() });
    if (Object.keys(body.trafficSplit).length > 0) this.trafficSplit = { [id]: body.trafficSplit['0'] };
    return this.operation({ deployedModel: { id } });
  }

  private undeploy(id: string): HttpReply {
    if ((this.trafficSplit[id] ?? 0) > 0 && this.deployed.length > 1) return { code: 400, body: { error: { message: 'it has traffic' } } };
    this.undeployed.push(this.deployed.find((each) => each.id === id)!.modelVersionId);
    this.deployed = this.deployed.filter((each) => each.id !== id);
    delete this.trafficSplit[id];
    return this.operation({});
  }

  private operation(response: object): HttpReply {
    const name = `projects/1/locations/europe-west4/operations/${this.operations.size}`;
    this.operations.set(name, { body: { name, done: true, response } });
    return { body: { name } };
  }
}

/** A page of a list that is empty and names another, so often as is said; then nothing, and the list itself answers. */
export function emptyPages({ query }: HttpCall, count: number): HttpReply | undefined {
  const page = Number(query.pageToken ?? 0);
  return page < count ? { body: { nextPageToken: `${page + 1}` } } : undefined;
}

/** A message of the approval topic as Eventarc hands it to a workflow. */
export function approval(version: string, publishTime = '2026-01-01T00:00:00.000Z', more: object = {}): object {
  const data = Buffer.from(JSON.stringify({ version, ...more })).toString('base64');
  return { specversion: '1.0', type: 'google.cloud.pubsub.topic.v1.messagePublished', data: { message: { data, messageId: '1', publishTime } } };
}
