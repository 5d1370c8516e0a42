import { HttpCall, HttpReply } from './workflows';

const OWN_RUN = 'projects/1/locations/europe-west4/workflows/a-workflow/executions/00000000-0000-4000-8000-000000000000';

/** Cloud Storage, the registry and one batch job. */
export class FakeBatch {
  public readonly objects = new Map<string, any>();
  public readonly jobs: any[] = [];
  private readonly names: string[] = [];
  public readonly aliases: { [alias: string]: string } = {};
  public states = ['JOB_STATE_RUNNING', 'JOB_STATE_SUCCEEDED'];
  public files = ['batch/input/today.jsonl'];
  /** Pages of the list of files that have none, before the one that has. */
  public emptyPages = 0;
  public more: object = {};
  public readonly listings: any[] = [];

  public readonly respond = (call: HttpCall): HttpReply => {
    const { url, method, query, body } = call;
    if (url.startsWith('https://workflowexecutions.')) return { body: { executions: [{ name: OWN_RUN }] } };
    if (url.includes('/upload/storage/')) {
      this.objects.set(query.name, body);
      return { body: {} };
    }
    if (/\/o$/.test(url)) {
      this.listings.push(query);
      if (Number(query.pageToken ?? 0) < this.emptyPages) return { body: { nextPageToken: `${Number(query.pageToken ?? 0) + 1}` } };
      return { body: this.files.length === 0 ? {} : { items: this.files.map((name) => ({ name })) } };
    }
    if (url.includes('/storage/v1/')) {
      const name = decodeURIComponent(url.split('/o/')[1]);
      return this.objects.has(name) ? { body: this.objects.get(name) } : { code: 404 };
    }
    if (url.includes(':mergeVersionAliases')) {
      for (const alias of body.versionAliases) this.aliases[alias] = /@(\d+)/.exec(url)![1];
      return { body: {} };
    }
    if (/\/models\/[^/]+@9$/.test(url)) return { code: 404 };
    if (url.includes('/models/')) return { body: {} };
    if (method === 'POST' && url.endsWith('/batchPredictionJobs')) {
      this.jobs.push(body);
      this.names.push(body.displayName);
      return { body: { name: 'projects/1/locations/europe-west4/batchPredictionJobs/7' } };
    }
    if (url.endsWith('/batchPredictionJobs')) {
      const known = this.names.some((name) => query.filter === `display_name="${name}"`);
      return { body: known ? { batchPredictionJobs: [{ name: 'projects/1/locations/europe-west4/batchPredictionJobs/7' }] } : {} };
    }
    const state = this.states.length > 1 ? this.states.shift() : this.states[0];
    return { body: { name: 'projects/1/locations/europe-west4/batchPredictionJobs/7', state, outputInfo: { gcsOutputDirectory: 'gs://out/1' }, ...this.more } };
  };
}
