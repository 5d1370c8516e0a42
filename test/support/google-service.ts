import { Numbers } from './google-endpoint';
import { HttpCall, HttpReply } from './workflows';

const OWN_RUN = 'projects/1/locations/europe-west4/workflows/a-workflow/executions/00000000-0000-4000-8000-000000000000';

/** A Cloud Run service as a rollout sees it: the state is real, the calls are played. */
export class FakeService {
  public traffic: any[] = [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 }];
  public doesStart = true;
  public ready = 'stack-serving-00001-abc';
  public readonly revisions: any[] = [];
  public readonly splits: object[] = [];
  public readonly aliases: { [alias: string]: string } = {};
  public numbers: (version: string) => Numbers = () => ({ answers: 1000 });

  /** Runs before each call; answers to break something. */
  public interfere: (call: HttpCall) => HttpReply | undefined = () => undefined;

  public readonly respond = (call: HttpCall): HttpReply => {
    const broken = this.interfere(call);
    if (broken !== undefined) return broken;
    const { url, method, query, body } = call;
    if (url.startsWith('https://workflowexecutions.')) return { body: { executions: [{ name: OWN_RUN }] } };
    if (url.startsWith('https://monitoring.')) return this.monitoring(query.filter);
    if (url.includes(':mergeVersionAliases')) {
      for (const alias of body.versionAliases) this.aliases[alias] = /@(\d+)/.exec(url)![1];
      return { body: {} };
    }
    if (url.includes('/models/')) {
      const version = /@(\d+)$/.exec(url)?.[1] ?? this.aliases[url.split('@')[1]];
      if (version === undefined) return { code: 404 };
      return { body: { versionId: version, artifactUri: `gs://artifacts/training/run-${version}/model` } };
    }
    if (url.includes('/operations/')) return { body: this.doesStart ? { done: true, response: {} } : { done: true, error: { code: 9, message: 'the container did not start' } } };
    const revision = /\/services\/[a-z0-9-]+\/revisions\/([a-z0-9-]+)$/.exec(url)?.[1];
    if (revision !== undefined) {
      const made = this.revisions.find((each) => each.revision === revision);
      return made === undefined ? { code: 404 } : { body: { labels: made.labels } };
    }
    if (!/^https:\/\/run\.googleapis\.com\/v2\/projects\/my-project\/locations\/europe-west4\/services\/[a-z0-9-]+$/.test(url)) throw new TypeError(`who is ${url}`);
    if (method === 'GET') return { body: { traffic: this.traffic, latestReadyRevision: `projects/my-project/locations/europe-west4/services/s/revisions/${this.ready}` } };
    if (query.updateMask.includes('template')) this.revisions.push(body.template);
    this.traffic = body.traffic;
    this.splits.push(this.shares);
    return { body: { name: 'projects/my-project/locations/europe-west4/operations/1' } };
  };

  public get shares(): object {
    return Object.fromEntries(this.traffic.map(({ revision, percent }) => [/-v(\d+)-\d+$/.exec(revision ?? '')?.[1] ?? 'placeholder', percent]));
  }

  private monitoring(filter: string): HttpReply {
    const { answers, errors = 0, latency = 50 } = this.numbers(/revision_name="[a-z0-9-]+-v(\d+)-\d+"/.exec(filter)![1]);
    if (filter.includes('request_latencies')) return { body: { timeSeries: [{ metric: {}, points: [{ value: { doubleValue: latency } }] }] } };
    const series = (code: string, count: number) => ({ metric: { labels: { response_code_class: code } }, points: [{ value: { int64Value: `${count}` } }] });
    return { body: { timeSeries: [series('2xx', answers - errors), series('5xx', errors)] } };
  }
}
