import { FakeStorage } from './azure-storage';
import { HttpCall, HttpReply, LogicApps, NoAnswer, Respond } from './logic-apps';

/** A call of Azure Resource Manager. */
export interface ArmCall extends HttpCall {
  /** `/subscriptions/…`, as it was asked for. */
  readonly id: string;
}

/** What a part of the fake answers to calls of its ids; undefined leaves it to the next one. */
export type ArmPart = (call: ArmCall) => HttpReply | undefined;

/** Breaks a call: an answer instead of the service's, or none. `lost answer` has its effect all the same. */
export type Fault = HttpReply | 'no answer' | 'lost answer';

/** How a job goes. */
export interface JobCourse {
  /** Minutes until its end. @default 10 */
  readonly minutes?: number;
  /** @default 'Completed' */
  readonly ends?: 'Completed' | 'Failed' | 'Canceled';
  /** What the run history has. `UserError` is the container's own. */
  readonly error?: { readonly code: string; readonly message: string };
  /** What its container leaves in the lake when it fails. */
  readonly reason?: string;
  /** What it leaves in the store when it has ended. */
  readonly writes?: () => void;
}

/** A job as the fake keeps it. */
export interface Job {
  readonly name: string;
  readonly properties: any;
  readonly course: JobCourse;
  readonly startedAt: number;
  endsAt: number;
  cancelled?: boolean;
  hasWritten?: boolean;
}

/** A value of a custom metric. */
export interface WrittenMetric {
  readonly resource: string;
  readonly metric: string;
  readonly value: number;
  readonly dimensions: { readonly [name: string]: string };
}

/** A resource of ARM as the fake keeps it. */
export interface Resource {
  readonly id: string;
  body: any;
}

/**
 * Azure as workflows meet it: ARM with the state of jobs, models and other resources, Storage, and Azure Monitor. What
 * is not said goes well.
 *
 * `parts` are asked first: a test, or a construct's own helper, adds what it needs.
 */
export class FakeAzure {
  public readonly storage = new FakeStorage();
  /** Every call that reached the service, in its order. */
  public readonly calls: HttpCall[] = [];
  public readonly parts: ArmPart[] = [];
  /** Jobs in the order of their starts. */
  public readonly jobs: Job[] = [];
  public readonly cancelled: string[] = [];
  /** Resources by their ids in lower case. */
  public readonly resources = new Map<string, Resource>();
  /** Custom metrics that were written. */
  public readonly written: WrittenMetric[] = [];
  /** The account of the lake of the jobs. */
  public lakeAccount = 'store';
  /** How a job goes, by its name, which begins with its verb. */
  public course: (name: string, properties: any) => JobCourse = () => ({});
  /** What Azure Monitor says of metrics. */
  public numbers: (call: ArmCall) => unknown = () => ({ value: [] });
  /** Runs before each call. */
  public interfere: (call: HttpCall) => Fault | undefined = () => undefined;

  /** A host of workflows that call this Azure. */
  public host(now?: string): LogicApps {
    return new LogicApps({ respond: this.respond, now, pending: () => this.storage.isPending() });
  }

  public readonly respond: Respond = (call) => {
    const fault = this.interfere(call);
    if (fault === 'no answer') throw new NoAnswer();
    if (fault !== undefined && fault !== 'lost answer') return fault;
    this.calls.push(call);
    const reply = this.answer(call);
    if (fault === 'lost answer') throw new NoAnswer();
    return reply;
  };

  /** The jobs of a verb. */
  public jobsOf(verb: string): Job[] {
    return this.jobs.filter(({ name }) => name.startsWith(`${verb}-`));
  }

  /** The body of a resource. */
  public resource(id: string): any {
    return this.resources.get(id.toLowerCase())?.body;
  }

  /** Puts a resource as something else would have. */
  public has(id: string, body: unknown): this {
    this.resources.set(id.toLowerCase(), { id, body });
    return this;
  }

  private answer(call: HttpCall): HttpReply {
    const host = new URL(call.url).hostname;
    const audience = AUDIENCES.find(([pattern]) => pattern.test(host))?.[1];
    if (audience === undefined) throw new TypeError(`nobody answers ${call.method} ${call.url}`);
    if (call.audience !== audience || !call.identity) return armFailure(401, 'InvalidAuthenticationToken', `${host} takes tokens for ${audience}, got one for ${call.audience}`);
    this.settle(call.at);
    if (/\.core\.windows\.net$/.test(host)) return this.storage.respond(call);
    const id = decodeURIComponent(new URL(call.url).pathname);
    if (/\.monitoring\.azure\.com$/.test(host)) return this.writeMetric(call, id);
    if (/\.api\.azureml\.ms$/.test(host)) return this.history(id);
    if (call.query['api-version'] === undefined) return armFailure(400, 'MissingApiVersionParameter', 'api-version is missing');
    return this.arm({ ...call, id });
  }

  private arm(call: ArmCall): HttpReply {
    for (const part of this.parts) {
      const answer = part(call);
      if (answer !== undefined) return answer;
    }
    const { id } = call;
    if (/\/providers\/microsoft\.insights\/metrics$/i.test(id)) return { body: this.numbers(call) };
    if (/\/workspaces\/[^/]+\/jobs(\/|$)/i.test(id)) return this.job(call);
    if (/\/models\/[^/]+\/versions\/[^/]+$/i.test(id)) return this.asset(call, ['description', 'tags', 'properties', 'isArchived', 'stage']);
    if (/\/(environments|data|codes|components)\/[^/]+\/versions\/[^/]+$/i.test(id)) return this.asset(call, ['description', 'tags', 'properties', 'isArchived']);
    if (call.method === 'GET' && /\/versions$/i.test(id)) return this.list(call);
    return this.plain(call);
  }

  /** A PUT makes or replaces, a PATCH merges; both are done at once. */
  private plain({ id, method, body }: ArmCall): HttpReply {
    const found = this.resources.get(id.toLowerCase());
    if (method === 'PUT') {
      this.has(id, body);
      return { code: found === undefined ? 201 : 200, body: { id, ...body } };
    }
    if (found === undefined) return method === 'DELETE' ? { code: 204 } : armFailure(404, 'ResourceNotFound', `${id} was not found`);
    if (method === 'DELETE') return this.resources.delete(id.toLowerCase()) ? { code: 200 } : { code: 204 };
    if (method === 'PATCH') found.body = merged(found.body, body);
    return { body: { id, ...found.body } };
  }

  /** Versions of assets are never changed, but for what is said about them. */
  private asset(call: ArmCall, changing: readonly string[]): HttpReply {
    const found = this.resources.get(call.id.toLowerCase());
    if (call.method === 'PATCH') return armFailure(405, 'MethodNotAllowed', 'versions have no PATCH');
    if (call.method !== 'PUT' || found === undefined) return this.plain(call);
    const fixed = (properties: any) => JSON.stringify(Object.entries(properties).filter(([name]) => !changing.includes(name)).sort());
    if (fixed(found.body.properties) !== fixed(call.body.properties)) return armFailure(400, 'UserError', `${call.id} is immutable, and what was sent is another version`);
    return this.plain(call);
  }

  /** Versions below a container, the newest last; `$orderBy` and `$top` are understood. */
  private list({ id, query }: ArmCall): HttpReply {
    const found = [...this.resources.values()].filter((each) => each.id.toLowerCase().startsWith(`${id.toLowerCase()}/`))
      .map((each) => ({ id: each.id, name: each.id.split('/').pop(), ...each.body }));
    const from = Number(query.$skip ?? 0);
    const most = Number(query.$top ?? 50);
    const next = found.length > from + most ? { nextLink: `https://management.azure.com${id}?api-version=${query['api-version']}&$skip=${from + most}&$top=${most}` } : {};
    return { body: { value: found.slice(from, from + most), ...next } };
  }

  private job(call: ArmCall): HttpReply {
    const [, name, operation] = /\/jobs\/([^/]+)(?:\/(\w+))?$/i.exec(call.id) ?? [];
    const found = this.jobs.find((each) => each.name === name);
    if (call.method === 'PUT' && found === undefined) {
      const course = this.course(name, call.body.properties);
      this.jobs.push({ name, properties: call.body.properties, course, startedAt: call.at, endsAt: call.at + (course.minutes ?? 10) * 60_000 });
    }
    const job = this.jobs.find((each) => each.name === name);
    if (job === undefined) return armFailure(404, 'UserError', `job ${name} was not found`);
    if (operation === 'cancel') {
      this.cancelled.push(name);
      if (call.at < job.endsAt) Object.assign(job, { cancelled: true, endsAt: call.at });
      return { code: 202 };
    }
    return { code: call.method === 'PUT' && found === undefined ? 201 : 200, body: { id: call.id, name, properties: { ...job.properties, status: statusOf(job, call.at) } } };
  }

  private history(path: string): HttpReply {
    const job = this.jobs.find(({ name }) => path.includes(`/runs/${name}/`));
    if (job === undefined) return armFailure(404, 'UserError', `${path} was not found`);
    return { body: { runId: job.name, status: job.course.ends, ...(job.course.error === undefined ? {} : { error: { error: job.course.error } }) } };
  }

  private writeMetric({ body }: HttpCall, id: string): HttpReply {
    const { metric, dimNames, series } = body.data.baseData;
    for (const { dimValues, sum } of series) {
      if (typeof sum !== 'number' || dimValues.some((each: unknown) => typeof each !== 'string' || each === '')) return armFailure(400, 'BadRequest', JSON.stringify(series));
      this.written.push({ resource: id.replace(/\/metrics$/, ''), metric, value: sum, dimensions: Object.fromEntries(dimNames.map((name: string, at: number) => [name, dimValues[at]])) });
    }
    return {};
  }

  /** What jobs leave is there once they have ended. */
  private settle(at: number): void {
    for (const job of this.jobs.filter((each) => each.endsAt <= at && !each.hasWritten && !each.cancelled)) {
      job.hasWritten = true;
      job.course.writes?.();
      if (job.course.reason === undefined) continue;
      const folder = job.properties.outputs.failure.uri.replace(/^azureml:\/\/datastores\/lake_(\w+)\/paths\//, `${this.lakeAccount}/$1/`);
      this.storage.write(`${folder}/reason`, job.course.reason);
    }
  }
}

const AUDIENCES: readonly [RegExp, string][] = [
  [/^management\.azure\.com$/, 'https://management.azure.com/'],
  [/\.api\.azureml\.ms$/, 'https://management.azure.com/'],
  [/\.(blob|queue)\.core\.windows\.net$/, 'https://storage.azure.com/'],
  [/\.monitoring\.azure\.com$/, 'https://monitoring.azure.com/'],
];

function statusOf(job: Job, at: number): string {
  if (at < job.endsAt) return at - job.startedAt < 120_000 ? 'Queued' : 'Running';
  return job.cancelled ? 'Canceled' : job.course.ends ?? 'Completed';
}

/** An error as ARM writes it. */
export function armFailure(code: number, name: string, message: string): HttpReply {
  return { code, body: { error: { code: name, message } } };
}

/** A merge patch. */
export function merged(value: any, patch: any): any {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const all = { ...(typeof value === 'object' ? value : {}) };
  for (const [key, each] of Object.entries(patch)) {
    if (each === null) delete all[key];
    else all[key] = merged(all[key], each);
  }
  return all;
}
