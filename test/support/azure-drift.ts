import { azureStack, synthesized, TerraformConfig } from './azure';
import { ArmCall, FakeAzure } from './azure-service';
import { watchedBy, WatchedWorld } from './azure-watched';
import { workflowDefinition } from './azure-workflow';
import { HttpReply, LogicApps, Run } from './logic-apps';
import { MonitoringStackProps } from '../../src/azure/monitoring-stack-props';

/** What a drift run finds, and what it leaves. */
export const NUMBERS = {
  driftShare: 0.4,
  driftedFeatures: 1,
  features: { age: { score: 0.42, drifted: true }, fee: { score: 0, drifted: false } },
  rows: 120,
  referenceRows: 400,
};

/**
 * A monitoring stack with its drift workflow, and the Azure that it runs in: version 3 is live, requests were captured,
 * and the job succeeds.
 */
export class DriftWorld {
  public readonly azure = new FakeAzure();
  public readonly host: LogicApps;
  public readonly config!: TerraformConfig;
  public readonly endpointId!: string;
  public readonly modelId!: string;
  /** `store/<queue>` of drift runs. */
  public readonly queue!: string;
  /** Deployments by their names: version and traffic. */
  public deployments: { [name: string]: { readonly version?: string; readonly traffic: number } } = { 'v3-a': { version: '3', traffic: 100 } };
  public endpointTags: { [name: string]: string } = { mlops_live: 'v3-a' };
  public hasEndpoint = true;
  /** What `drift.json` says; undefined where the job leaves none. */
  public numbers: object | undefined = NUMBERS;
  /** Runs of the training that go on. */
  public trains = false;
  /** As the list of its workflow's runs says it. */
  public trainingStatus: 'Running' | 'Waiting' = 'Running';
  /** When the last run of the training began. */
  public trainedAt?: string;
  /** Versions that wait for a person. */
  public waiting: string[] = [];
  /** Versions that are approved. */
  public approved: string[] = ['3'];
  /** When they were. */
  public approvedAt = '2026-11-20T03:00:00.0000000Z';

  public constructor(given: Partial<MonitoringStackProps> = {}, world: WatchedWorld = { training: true }, now: string = '2026-11-21T03:00:30Z') {
    const { config, endpointId, modelId, queue } = madeOnce(given, world);
    Object.assign(this, { config, endpointId, modelId, queue });
    this.azure.storage
      .write('store/artifacts/training/run-7/evaluation/reference/schema.json', { features: [] })
      .write('store/captured/churn/churn/v3-a/request/2026/11/20/12/i.jsonl', '{}');
    this.azure.parts.push((call) => this.answer(call));
    this.azure.course = (_, properties) => ({
      writes: () => {
        const [, folder] = /paths\/(.+)\/$/.exec(properties.outputs.report.uri)!;
        if (this.numbers === undefined) return;
        this.azure.storage.write(`store/artifacts/${folder}/drift.json`, this.numbers);
        const features = Object.entries<any>((this.numbers as any).features ?? {}).map(([name, { score, drifted }]) => ({ name, score, drifted }));
        this.azure.storage.write(`store/artifacts/${folder}/features.json`, { features });
      },
    });
    this.host = this.azure.host(now);
    this.host.deploy('drift', workflowDefinition(this.config, 'Drift_Workflow'));
  }

  /** One run, from its message to its end. */
  public run(message: object = {}): Run {
    this.azure.storage.send(this.queue, message, this.host.now);
    this.host.settle();
    return this.host.runsOf('drift').at(-1)!;
  }

  /** Values that were written, by metric and the dimension that not all have. */
  public written(): { [name: string]: number } {
    return Object.fromEntries(this.azure.written.map(({ metric, value, dimensions: { endpoint: _, ...rest } }) => [[metric, ...Object.values(rest)].join(' '), value]));
  }

  /** Messages that the training got. */
  public asked(): any[] {
    return this.azure.storage.put.filter(({ queue }) => queue === 'store/start').map(({ message }) => message);
  }

  private answer(call: ArmCall): HttpReply | undefined {
    const { id, method } = call;
    if (method !== 'GET') return undefined;
    const lower = id.toLowerCase();
    if (lower === this.endpointId.toLowerCase()) {
      if (!this.hasEndpoint) return { code: 404, body: { error: { code: 'ResourceNotFound' } } };
      const traffic = Object.fromEntries(Object.entries(this.deployments).map(([name, each]) => [name, each.traffic]));
      return { body: { id, tags: this.endpointTags, properties: { traffic } } };
    }
    if (lower === `${this.endpointId.toLowerCase()}/deployments`) {
      const tagsOf = (version?: string) => (version === undefined ? {} : { mlops_version: version });
      return { body: { value: Object.entries(this.deployments).map(([name, { version }]) => ({ name, tags: tagsOf(version) })) } };
    }
    const version = new RegExp(`^${this.modelId.toLowerCase()}/versions/(\\d+)$`).exec(lower);
    if (version !== null) return { body: { name: version[1], properties: { tags: { mlops_folder: 'training/run-7', mlops_approval: 'approved' } } } };
    if (lower === `${this.modelId.toLowerCase()}/versions`) {
      const [, approval] = /^mlops_approval=(pending|approved)$/.exec(call.query.tags)!;
      const names = approval === 'pending' ? this.waiting : this.approved;
      const facts = { properties: { tags: { mlops_approval: approval } }, systemData: { lastModifiedAt: this.approvedAt } };
      return { body: { value: names.map((name) => ({ name, ...facts })) } };
    }
    if (/\/workflows\/training\/runs$/.test(lower)) return { body: { value: this.trainings(call) } };
    return undefined;
  }

  private trainings({ query: { $filter: where } }: ArmCall): object[] {
    const [, since] = /^startTime ge (.+)$/.exec(where) ?? [];
    if (since !== undefined) return this.trainedAt !== undefined && Date.parse(this.trainedAt) >= Date.parse(since) ? [{ name: '1' }] : [];
    // The page of the list has one comparison in a filter.
    const [, status] = /^status eq '(Running|Waiting)'$/.exec(where) ?? [];
    if (status === undefined) throw new TypeError(`nobody answers the filter ${where}`);
    return this.trains && status === this.trainingStatus ? [{ name: '1' }] : [];
  }
}

type Made = Pick<DriftWorld, 'config' | 'endpointId' | 'modelId' | 'queue'>;

const MADE = new Map<string, Made>();

/** What a stack of the same props becomes: one synthesis is enough for many runs. */
function madeOnce(given: Partial<MonitoringStackProps>, world: WatchedWorld): Made {
  const key = JSON.stringify([given, world]);
  const before = MADE.get(key);
  if (before !== undefined) return before;
  const stack = azureStack();
  const { registry, endpoint, monitoring } = watchedBy(stack, { drift: {}, ...given }, world);
  const made = {
    config: synthesized(stack), endpointId: endpoint!.endpointId, modelId: registry.modelContainerId, queue: `store/${monitoring.driftQueueUrl!.split('/').pop()!}`,
  };
  MADE.set(key, made);
  return made;
}
