import { SUBSCRIPTION } from './azure';
import { ArmCall, armFailure, FakeAzure } from './azure-service';
import { PlainRegistry } from './azure-serving';
import { HttpCall, HttpReply, LogicApps, Run } from './logic-apps';

const WORKSPACE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/work`;
export const MODEL = `${WORKSPACE}/models/churn`;
const QUEUE = 'store/approvals';

/** A deployment as the fake keeps it. */
interface Deployment {
  readonly name: string;
  body: any;
  readyAt: number;
  /** Whether it fails once it is made. */
  readonly fails: boolean;
  goneAt?: number;
}

/** What Azure Monitor says of a version. */
export interface Numbers {
  readonly answers: number;
  readonly errors?: number;
  readonly latency?: number;
  /** Codes of the answers that failed: of the endpoint, and of the container behind it. */
  readonly codes?: readonly [string, string];
}

/**
 * An online endpoint with its deployments, versions of a model and their metrics: the state is real, and takes time to
 * change.
 */
export class FakeOnline {
  public readonly azure = new FakeAzure();
  public readonly apps: LogicApps;
  /** The traffic as it was set, by versions; copies are negative. */
  public readonly splits: { readonly [version: string]: number }[] = [];
  public readonly deleted: string[] = [];
  /** Autoscale settings that were written, by the deployment that they are for. */
  public readonly scaled: string[] = [];
  public deployments: Deployment[] = [];
  public endpoint: any = { tags: { team: 'churn' }, properties: { authMode: 'AADToken', publicNetworkAccess: 'Enabled', traffic: {}, mirrorTraffic: {} } };
  /** Versions whose deployment fails. */
  public failing: string[] = [];
  public deploySeconds = 600;
  public changeSeconds = 60;
  private atRestAt = 0;

  public constructor(definition: any, versions: readonly string[] = ['1', '2', '3', '4']) {
    this.apps = this.azure.host('2026-01-01T00:00:00Z');
    this.apps.deploy('rollout', definition);
    for (const version of versions) this.registers(version);
    this.azure.parts.push((call) => this.respond(call));
    this.azure.numbers = (call) => this.metrics(call);
  }

  /** What Azure Monitor says of a version. */
  public numbers: (version: string) => Numbers = () => ({ answers: 1000 });

  /** Registers a version, as the training does. */
  public registers(version: string, tags: object = {}): this {
    this.azure.has(`${MODEL}/versions/${version}`, {
      properties: {
        modelType: 'custom_model',
        modelUri: `azureml://datastores/lake_artifacts/paths/training/run-${version}/model`,
        isArchived: false,
        tags: { mlops_approval: 'pending', mlops_image: `images.azurecr.io/churn:${version}`, ...tags },
      },
    });
    return this;
  }

  /** Puts a version on the endpoint as an earlier rollout would have. */
  public has(version: string, share: number, { settings = 'earlier1', approvedAt = '2025-12-01T00:00:00Z', capacity = 3, mark = 'live' }: {
    readonly settings?: string; readonly approvedAt?: string; readonly capacity?: number; readonly mark?: 'live' | 'challenger' | 'none';
  } = {}): this {
    const name = `v${version}-${settings}`;
    this.deployments.push({
      name,
      fails: false,
      readyAt: 0,
      body: { sku: { name: 'Default', capacity }, tags: { mlops_version: version, mlops_settings: settings, mlops_approved_at: approvedAt }, properties: {} },
    });
    if (share > 0) this.endpoint.properties.traffic[name] = share;
    if (mark !== 'none') this.endpoint.tags[`mlops_${mark}`] = name;
    return this;
  }

  /** Sends a message and lets everything end. */
  public send(message: unknown, at: number = this.apps.now): Run {
    const before = this.apps.runs.length;
    this.azure.storage.send(QUEUE, message, at);
    this.apps.settle(60);
    return this.apps.runs[before];
  }

  /** Sends a message without waiting. */
  public tell(message: unknown): void {
    this.azure.storage.send(QUEUE, message, this.apps.now);
  }

  public get waiting(): any[] {
    return this.azure.storage.waiting(QUEUE);
  }

  /** Shares by version. */
  public get traffic(): { readonly [version: string]: number } {
    return this.byVersion(this.endpoint.properties.traffic);
  }

  public get mirror(): { readonly [version: string]: number } {
    return this.byVersion(this.endpoint.properties.mirrorTraffic);
  }

  /** Versions that are deployed. */
  public get deployed(): string[] {
    return this.deployments.filter(({ goneAt }) => goneAt === undefined).map(({ body }) => body.tags.mlops_version);
  }

  public get marks(): { readonly [name: string]: string } {
    return Object.fromEntries(Object.entries(this.endpoint.tags as { [name: string]: string }).filter(([name, value]) => name.startsWith('mlops_') && value !== ''));
  }

  /** Tags of a version. */
  public tagsOf(version: string): { readonly [name: string]: string } {
    return this.azure.resource(`${MODEL}/versions/${version}`).properties.tags;
  }

  private byVersion(shares: { readonly [name: string]: number }): { readonly [version: string]: number } {
    const versionOf = (name: string) => this.deployments.find((each) => each.name === name)?.body.tags.mlops_version ?? name;
    return Object.fromEntries(Object.entries(shares).filter(([, share]) => share > 0).map(([name, share]) => [versionOf(name), share]));
  }

  private respond(call: ArmCall): HttpReply | undefined {
    this.deployments = this.deployments.filter(({ goneAt }) => goneAt === undefined || goneAt > call.at);
    const { id } = call;
    if (/\/autoscaleSettings\/[^/]+$/i.test(id)) return this.autoscale(call);
    if (/\/providers\/microsoft\.insights\/metrics$/i.test(id)) return undefined;
    const [, rest] = /\/onlineEndpoints\/[^/]+(\/.*)?$/i.exec(id) ?? [undefined, 'no endpoint'];
    if (rest === 'no endpoint') return undefined;
    if (rest === undefined) return this.write(call);
    if (rest === '/deployments') return { body: { value: this.deployments.map((each) => this.shown(each, call.at)) } };
    return this.deployment(call, rest.slice('/deployments/'.length));
  }

  private write({ method, body, at, id }: ArmCall): HttpReply {
    if (method === 'PUT') {
      if (at < this.atRestAt) return armFailure(409, 'Conflict', 'the endpoint is being changed');
      const { traffic = {}, mirrorTraffic = {} } = body.properties;
      const sum = Object.values(traffic as { [name: string]: number }).reduce((a, b) => a + b, 0);
      if (sum !== 100 && sum !== 0) return armFailure(400, 'BadArgument', `traffic adds up to ${sum}`);
      if (Object.values(mirrorTraffic as { [name: string]: number }).some((each) => each > 50)) return armFailure(400, 'BadArgument', 'mirrorTraffic is 50 at most');
      for (const name of [...Object.keys(traffic), ...Object.keys(mirrorTraffic)]) {
        const found = this.deployments.find((each) => each.name === name && each.goneAt === undefined);
        if (found === undefined || found.readyAt > at) return armFailure(400, 'BadArgument', `deployment ${name} is not on the endpoint`);
        if ((traffic[name] ?? 0) > 0 && (mirrorTraffic[name] ?? 0) > 0) return armFailure(400, 'BadArgument', `deployment ${name} has requests and copies`);
      }
      if (body.identity?.type !== 'UserAssigned' || body.properties.authMode !== 'AADToken' || body.kind !== 'Managed') return armFailure(400, 'BadArgument', 'another endpoint was sent');
      this.endpoint = { ...body, properties: { ...body.properties, traffic, mirrorTraffic } };
      this.atRestAt = at + this.changeSeconds * 1000;
      const negative = Object.fromEntries(Object.entries(this.mirror).map(([version, share]) => [version, -share]));
      this.splits.push({ ...this.traffic, ...negative });
    } else if (method !== 'GET') {
      throw new TypeError(`the endpoint is ${method}`);
    }
    return { code: 200, body: { id, name: 'endpoint', ...this.endpoint, properties: { ...this.endpoint.properties, provisioningState: at < this.atRestAt ? 'Updating' : 'Succeeded' } } };
  }

  private deployment({ method, body, at }: ArmCall, name: string): HttpReply {
    const found = this.deployments.find((each) => each.name === name);
    if (method === 'PUT') {
      if (!/^[a-zA-Z][a-zA-Z0-9-]{2,31}$/.test(name)) return armFailure(400, 'BadArgument', `${name} is no name of a deployment`);
      if (found !== undefined) return armFailure(409, 'Conflict', 'it is there');
      const { model, environmentId } = body.properties;
      if (this.azure.resource(model) === undefined || this.azure.resource(environmentId) === undefined) return armFailure(400, 'BadArgument', 'model or environment is missing');
      const version = body.tags.mlops_version;
      this.deployments.push({ name, body, readyAt: at + this.deploySeconds * 1000, fails: this.failing.includes(version) });
      return { code: 201, body: this.shown(this.deployments.at(-1)!, at) };
    }
    if (found === undefined) return method === 'DELETE' ? { code: 204 } : armFailure(404, 'ResourceNotFound', `${name} was not found`);
    if (method === 'GET') return { body: this.shown(found, at) };
    if ((this.endpoint.properties.traffic[name] ?? 0) > 0) return armFailure(400, 'BadArgument', `${name} has requests`);
    if (found.goneAt === undefined) this.deleted.push(found.body.tags.mlops_version);
    found.goneAt ??= at + 120_000;
    return { code: 202 };
  }

  private shown({ name, body, readyAt, fails, goneAt }: Deployment, at: number): any {
    const state = goneAt !== undefined ? 'Deleting' : at < readyAt ? 'Creating' : fails ? 'Failed' : 'Succeeded';
    return { name, ...body, properties: { ...body.properties, provisioningState: state } };
  }

  private autoscale({ method, body, id }: ArmCall): HttpReply {
    if (method === 'DELETE') return this.azure.resources.delete(id.toLowerCase()) ? { code: 200 } : { code: 204 };
    const before = this.azure.resource(id)?.properties.targetResourceUri;
    const target = body.properties.targetResourceUri;
    if (before !== undefined && before !== target) return armFailure(400, 'BadRequest', 'a setting keeps its target');
    this.azure.has(id, body);
    this.scaled.push(/\/deployments\/v(\w+)-\w+$/.exec(target)![1]);
    return { body };
  }

  private metrics({ query }: ArmCall): unknown {
    const name = /deployment eq '([^']+)'/.exec(query.$filter)![1];
    const found = this.deployments.find((each) => each.name === name)!;
    const { answers, errors = 0, latency = 50, codes = ['500', '500'] } = this.numbers(found.body.tags.mlops_version);
    const [from, to] = query.timespan.split('/').map((each) => Date.parse(each));
    const minutes = Math.max(1, Math.round((to - from) / 60_000));
    const series = (status: string, model: string, count: number) => ({
      metadatavalues: [['deployment', name], ['statuscode', status], ['modelstatuscode', model]].map(([of, value]) => ({ name: { value: of, localizedValue: of }, value })),
      // Not every minute has a value.
      data: [{ timeStamp: query.timespan.split('/')[0] }, ...Array.from({ length: minutes }, () => ({ timeStamp: query.timespan.split('/')[0], average: count / minutes }))],
    });
    if (answers === 0) return { value: [{ name: { value: query.metricnames }, timeseries: [] }] };
    if (query.metricnames === 'RequestLatency_P99') return { value: [{ timeseries: [{ metadatavalues: [], data: [{ timeStamp: '', average: latency }] }] }] };
    return { value: [{ timeseries: [series('200', '200', answers - errors), ...errors > 0 ? [series(codes[0], codes[1], errors)] : []] }] };
  }
}

export { PlainRegistry };
export type { HttpCall };
