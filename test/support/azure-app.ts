import { MODEL, Numbers } from './azure-online';
import { ArmCall, armFailure, FakeAzure, merged } from './azure-service';
import { HttpReply, LogicApps, Run } from './logic-apps';

const QUEUE = 'store/approvals';

/** A revision as the fake keeps it. */
interface Revision {
  readonly name: string;
  readonly template: any;
  active: boolean;
  readyAt: number;
  readonly fails: boolean;
}

/**
 * A container app with its revisions, versions of a model and their metrics: the state is real, and takes time to
 * change.
 */
export class FakeApp {
  public readonly azure = new FakeAzure();
  public readonly apps: LogicApps;
  /** The traffic as it was set, by versions. */
  public readonly splits: { readonly [version: string]: number }[] = [];
  public revisions: Revision[] = [];
  public app: any = { tags: { team: 'churn' }, properties: { configuration: { ingress: { traffic: [{ latestRevision: true, weight: 100 }] } } } };
  /** Versions whose container does not start. */
  public failing: string[] = [];
  private atRestAt = 0;

  /** @param name of the app, as the definition has it */
  public constructor(definition: any, private readonly name: string, versions: readonly string[] = ['1', '2', '3', '4']) {
    this.apps = this.azure.host('2026-01-01T00:00:00Z');
    this.apps.deploy('rollout', definition);
    for (const version of versions) this.registers(version);
    this.azure.parts.push((call) => this.respond(call));
    this.azure.numbers = (call) => this.metrics(call);
  }

  /** What Azure Monitor says of a version. */
  public numbers: (version: string) => Numbers = () => ({ answers: 1000 });

  /** Registers a version, as the training does. */
  public registers(version: string, modelUri: string = `azureml://datastores/lake_artifacts/paths/training/run-${version}/model`): this {
    this.azure.has(`${MODEL}/versions/${version}`, {
      properties: { modelType: 'custom_model', modelUri, isArchived: false, tags: { mlops_approval: 'pending', mlops_image: `images.azurecr.io/churn:${version}` } },
    });
    return this;
  }

  /** Puts a version on the app as an earlier rollout would have. */
  public has(version: string, weight: number, mark: 'live' | 'challenger' | 'none' = 'live'): this {
    const name = `v${version}-earlier1`;
    this.revisions.push({ name, template: {}, active: true, readyAt: 0, fails: false });
    const before = this.traffic.filter(({ revisionName }: any) => revisionName !== undefined);
    this.app.properties.configuration.ingress.traffic = [...before, { revisionName: `${this.name}--${name}`, weight }];
    if (mark !== 'none') this.app.tags[`mlops_${mark}`] = name;
    if (mark === 'live') this.app.tags.mlops_approved_at = '2025-12-01T00:00:00Z';
    return this;
  }

  /** Sends a message and lets everything end. */
  public send(message: unknown, at: number = this.apps.now): Run {
    const before = this.apps.runs.length;
    this.azure.storage.send(QUEUE, message, at);
    this.apps.settle(60);
    return this.apps.runs[before];
  }

  /** Shares by version. */
  public get shares(): { readonly [version: string]: number } {
    return Object.fromEntries(this.traffic.filter(({ weight }: any) => weight > 0).map(({ revisionName, weight }: any) => [versionOf(revisionName ?? 'latest'), weight]));
  }

  /** Versions whose revisions are active. */
  public get active(): string[] {
    return this.revisions.filter(({ active }) => active).map(({ name }) => versionOf(name));
  }

  public get marks(): { readonly [name: string]: string } {
    return Object.fromEntries(Object.entries(this.app.tags as { [name: string]: string }).filter(([name, value]) => name.startsWith('mlops_') && value !== ''));
  }

  private get traffic(): any[] {
    return this.app.properties.configuration.ingress.traffic;
  }

  private respond(call: ArmCall): HttpReply | undefined {
    const { id, method, at } = call;
    if (/\/providers\/microsoft\.insights\/metrics$/i.test(id)) return undefined;
    const [, rest = ''] = /\/azurerm_container_app\/[^/]+(\/.*)?$/i.exec(id) ?? [undefined, 'another'];
    if (rest === 'another') return undefined;
    if (rest === '/revisions') return { body: { value: this.revisions.map((each) => this.shown(each, at)) } };
    if (rest !== '') return this.revision(call, rest.slice('/revisions/'.length));
    if (method === 'PATCH') return this.patch(call);
    if (method !== 'GET') throw new TypeError(`the app is ${method}`);
    return { body: this.shownApp(at) };
  }

  private patch({ body, at }: ArmCall): HttpReply {
    if (at < this.atRestAt) return armFailure(409, 'ContainerAppOperationInProgress', 'the app is being changed');
    const { ingress } = body.properties.configuration ?? {};
    const { template } = body.properties;
    if (ingress !== undefined) {
      const sum = ingress.traffic.reduce((total: number, { weight }: any) => total + weight, 0);
      if (sum !== 100) return armFailure(400, 'TrafficWeightsInvalid', `weights add up to ${sum}`);
      for (const { revisionName } of ingress.traffic) {
        if (!this.revisions.some(({ name, active }) => active && `${this.name}--${name}` === revisionName)) return armFailure(400, 'RevisionNotActive', `${revisionName} is not active`);
      }
    }
    if (template !== undefined) {
      const { revisionSuffix: name, containers } = template;
      if (!/^[a-z][a-z0-9-]*[a-z0-9]$/.test(name)) return armFailure(400, 'InvalidRevisionSuffix', name);
      if (this.revisions.some((each) => each.name === name)) return armFailure(400, 'RevisionSuffixInUse', `${name} is there`);
      if (containers.length !== 1 || containers[0].image === undefined) return armFailure(400, 'InvalidContainers', JSON.stringify(containers));
      this.revisions.push({ name, template, active: true, readyAt: at + 180_000, fails: this.failing.includes(versionOf(name)) });
    }
    this.app = merged(this.app, body);
    this.atRestAt = at + 60_000;
    if (ingress !== undefined) this.splits.push(this.shares);
    return { code: 202, body: this.shownApp(at) };
  }

  private revision({ method, at }: ArmCall, rest: string): HttpReply {
    const [full, operation] = rest.split('/');
    const found = this.revisions.find(({ name }) => `${this.name}--${name}` === full);
    if (found === undefined) return armFailure(404, 'RevisionNotFound', `${full} was not found`);
    if (method === 'GET') return { body: this.shown(found, at) };
    if (operation === 'activate') Object.assign(found, { active: true, readyAt: at + 180_000 });
    else if (this.traffic.some(({ revisionName, weight }) => revisionName === full && weight > 0)) return armFailure(400, 'RevisionHasTraffic', `${full} has requests`);
    else found.active = false;
    return { code: 200 };
  }

  private shown({ name, template, active, readyAt, fails }: Revision, at: number): any {
    const [provisioningState, runningState] = at < readyAt ? ['Provisioning', 'Processing'] : fails ? ['Failed', 'Failed'] : ['Provisioned', active ? 'Running' : 'Stopped'];
    const provisioningError = fails && at >= readyAt ? 'the container exited with 2' : undefined;
    return { name: `${this.name}--${name}`, properties: { active, template, provisioningState, runningState, provisioningError } };
  }

  private shownApp(at: number): any {
    return { name: this.name, ...this.app, properties: { ...this.app.properties, provisioningState: at < this.atRestAt ? 'InProgress' : 'Succeeded' } };
  }

  private metrics({ query }: ArmCall): unknown {
    if (query.metricnames === 'ResponseTime') {
      const latency = Math.max(...this.traffic.filter(({ weight }) => weight > 0).map(({ revisionName }) => this.numbers(versionOf(revisionName ?? 'latest')).latency ?? 50));
      return { value: [{ timeseries: [{ metadatavalues: [], data: [{ timeStamp: '', average: latency }] }] }] };
    }
    const version = versionOf(/revisionName eq '([^']+)'/.exec(query.$filter)![1]);
    const { answers, errors = 0 } = this.numbers(version);
    const series = (category: string, total: number) => ({ metadatavalues: [{ name: { value: 'statuscodecategory' }, value: category }], data: [{ timeStamp: '' }, { timeStamp: '', total }] });
    return { value: [{ timeseries: [series('2xx', answers - errors), ...errors > 0 ? [series('5xx', errors)] : []] }] };
  }
}

/** `churn--v3-abc` serves version 3. */
function versionOf(name: string): string {
  return /(?:^|--)v(\w+)-\w+$/.exec(name)?.[1] ?? name;
}
