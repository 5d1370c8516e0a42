// Over 300 lines: triggers, runs and their clock.
import { Bodies, blocksOf, Body, Definition } from './definition';
import { evaluateIn } from './evaluate';
import { inZone } from './library';
import { answerOf, contextOf, Ended, requestOf, runActions, RunState, Status, Steps, Terminated, Told } from './machine';
import { HttpCall, HttpReply, NoAnswer, Outputs, Respond } from './network';
import { validateDefinition } from './validate';

/** A run of a workflow, and what it left behind. */
export interface Run {
  readonly workflow: string;
  readonly id: string;
  status: Status | 'Waiting' | 'Running' | 'Killed';
  /** Code and message of a run that failed: what alerts carry. */
  code?: string;
  message?: string;
  readonly startedAt: number;
  endedAt?: number;
  readonly calls: HttpCall[];
  readonly visited: { readonly name: string; readonly status: Status }[];
  /** Tracked properties, as diagnostics get them. */
  readonly told: Told[];
  /** The variables' values. */
  readonly variables: { readonly [name: string]: any };
  /** How actions ended last. */
  readonly ended: ReadonlyMap<string, Ended>;
}

/** When a run dies: before a request is sent, or after it had its effect. */
export type Kill = (run: Run, call: HttpCall, nth: number) => 'before' | 'after' | undefined;

export interface LogicAppsOptions {
  readonly respond: Respond;
  /** Where the clock starts. @default '2026-01-01T00:00:00Z' */
  readonly now?: string;
  readonly kill?: Kill;
  /** Whether something waits for a run that no look has found yet: a message that is hidden. */
  readonly pending?: () => boolean;
}

interface App {
  readonly name: string;
  readonly definition: Definition;
  readonly waiting: Started[];
  readonly running: Set<Run>;
  /** Whether the last look found nothing. */
  isIdle: boolean;
}

interface Started {
  readonly run: Run;
  readonly steps: Steps<Status>;
  readonly state: RunState;
}

/** What happens at a time; of one time, in the order of coming. */
interface Event {
  readonly at: number;
  readonly order: number;
  readonly go: () => void;
}

/** Seconds that a request takes. */
const CALL_SECONDS = 1;

const PROBLEMS = new WeakMap<object, string[]>();
const SCOPES = new WeakMap<object, ReadonlyMap<string, readonly string[]>>();

/**
 * Logic Apps (Consumption) without Azure: triggers that poll and recur, runs side by side, and a clock that moves when
 * nothing else does.
 *
 * A definition that the service would not save is an error of the test. Equal tests have equal runs.
 */
export class LogicApps {
  public readonly runs: Run[] = [];
  /** Polls that failed. */
  public readonly pollFailures: { readonly workflow: string; readonly code?: number }[] = [];
  public kill?: Kill;
  /** Whether a termination lets the scopes around it go on. @see https://github.com/Azure/logicapps/issues/1387 */
  public goesOn = false;
  private readonly apps = new Map<string, App>();
  private readonly respond: Respond;
  private readonly pending: () => boolean;
  private events: Event[] = [];
  private clock: number;
  private order = 0;

  public constructor({ respond, now = '2026-01-01T00:00:00Z', kill, pending = () => false }: LogicAppsOptions) {
    this.respond = respond;
    this.pending = pending;
    this.kill = kill;
    this.clock = Date.parse(now);
  }

  /** Milliseconds of the virtual clock. */
  public get now(): number {
    return this.clock;
  }

  /** Creates or changes a workflow. Runs that go on keep the definition that they began with. */
  public deploy(name: string, definition: Definition): void {
    const problems = PROBLEMS.get(definition) ?? validateDefinition(definition);
    PROBLEMS.set(definition, problems);
    if (problems.length > 0) throw new Error(`the definition of '${name}' is not valid:\n${problems.join('\n')}`);
    const before = this.apps.get(name);
    const app: App = { name, definition, waiting: before?.waiting ?? [], running: before?.running ?? new Set(), isIdle: false };
    this.apps.set(name, app);
    for (const [trigger, body] of Object.entries(definition.triggers)) this.schedule(app, trigger, body);
  }

  /** Fires a trigger now, with what it found: `{ body: … }`. */
  public start(workflow: string, outputs?: unknown): Run {
    const app = this.appNamed(workflow);
    return this.begin(app, Object.keys(app.definition.triggers)[0], outputs);
  }

  /** Lets time pass. */
  public advance(seconds: number): void {
    const until = this.clock + seconds * 1000;
    for (;;) {
      const isBefore = (one: Event, other: Event) => one.at < other.at || (one.at === other.at && one.order < other.order);
      const next = this.events.reduce((first, each) => (isBefore(each, first) ? each : first), this.events[0]);
      if (next === undefined || next.at > until) break;
      this.events = this.events.filter((each) => each !== next);
      this.clock = next.at;
      next.go();
    }
    this.clock = until;
  }

  /** Lets time pass until nothing runs, and queues are found empty. Throws where that takes longer. */
  public settle(mostDays: number = 30): void {
    const until = this.clock + mostDays * 86_400_000;
    this.apps.forEach((app) => { app.isIdle = false; });
    do {
      if (this.clock > until) throw new Error(`this did not end within ${mostDays} days: ${this.going().map(({ workflow, visited }) => `${workflow} at ${visited.at(-1)?.name}`).join(', ')}`);
      this.advance(60);
    } while (this.going().length > 0 || this.pending() || [...this.apps.values()].some((app) => !app.isIdle && isPolling(app)));
  }

  /** The runs of a workflow, the oldest first. */
  public runsOf(workflow: string): Run[] {
    return this.runs.filter((run) => run.workflow === workflow);
  }

  /** Runs that have not ended. */
  public going(): Run[] {
    return this.runs.filter(({ status }) => status === 'Running' || status === 'Waiting');
  }

  private appNamed(name: string): App {
    const app = this.apps.get(name);
    if (app === undefined) throw new Error(`there is no workflow '${name}'`);
    return app;
  }

  private at(at: number, go: () => void): void {
    this.events.push({ at, order: ++this.order, go });
  }

  private schedule(app: App, trigger: string, body: Body): void {
    const isCurrent = () => this.apps.get(app.name) === app;
    const every = intervalSeconds(body.recurrence) * 1000;
    const next = (): number => (body.recurrence.schedule === undefined ? this.clock + every : nextTime(body.recurrence, this.clock));
    const fire = (): void => {
      if (!isCurrent()) return;
      if (body.type === 'Http') this.poll(app, trigger, body);
      else if (this.meets(app, trigger, body, undefined)) this.begin(app, trigger, undefined);
      this.at(next(), fire);
    };
    this.at(body.recurrence.schedule === undefined ? this.clock : next(), fire);
  }

  private poll(app: App, trigger: string, body: Body): void {
    const most = body.runtimeConfiguration?.concurrency?.runs;
    // Ten may wait, and one for each that may run.
    if (most !== undefined && app.running.size >= most && app.waiting.length >= 10 + most) return;
    const inputs = evaluateIn(body.inputs, contextOf(this.newState(app, trigger, undefined, '')));
    const call: HttpCall = { ...requestOf(trigger, inputs), workflow: app.name, at: this.clock };
    const answer = answerOf(() => this.respond(call));
    if (answer instanceof NoAnswer || answer.statusCode !== 200) {
      this.pollFailures.push({ workflow: app.name, code: answer instanceof NoAnswer ? undefined : answer.statusCode });
      app.isIdle = false;
      return;
    }
    app.isIdle = !this.meets(app, trigger, body, answer);
    if (!app.isIdle) this.begin(app, trigger, answer);
  }

  private meets(app: App, trigger: string, body: Body, outputs: Outputs | undefined): boolean {
    const context = contextOf(this.newState(app, trigger, outputs, ''));
    return (body.conditions ?? []).every(({ expression }: any) => evaluateIn(expression, context) === true);
  }

  private newState(app: App, trigger: string, outputs: unknown, runId: string): RunState {
    return {
      runId,
      workflow: app.name,
      trigger: { name: trigger, outputs },
      now: () => this.clock,
      ended: new Map(),
      variables: new Map(),
      visited: [],
      told: [],
      goesOn: this.goesOn,
      scopes: scopesOf(app.definition.actions),
    };
  }

  private begin(app: App, trigger: string, outputs: unknown): Run {
    const id = `08584${String(this.runs.length + 1).padStart(20, '0')}CU01`;
    const state = this.newState(app, trigger, outputs, id);
    const run: Run = {
      workflow: app.name,
      id,
      status: 'Waiting',
      startedAt: this.clock,
      calls: [],
      told: state.told,
      visited: state.visited,
      get variables() { return Object.fromEntries([...state.variables].map(([name, { value }]) => [name, value])); },
      ended: state.ended,
    };
    const started = { run, state, steps: runActions(app.definition.actions, state) };
    this.runs.push(run);
    const most = app.definition.triggers[trigger].runtimeConfiguration?.concurrency?.runs ?? Infinity;
    if (app.running.size >= most) app.waiting.push(started);
    else this.go(app, started);
    return run;
  }

  private go(app: App, started: Started): void {
    started.run.status = 'Running';
    app.running.add(started.run);
    this.step(app, started, undefined);
  }

  private step(app: App, started: Started, answer: Outputs | NoAnswer | undefined): void {
    const { steps } = started;
    try {
      const { done, value } = steps.next(answer);
      if (done) this.end(app, started, value === 'Succeeded' ? { status: value } : { status: value, code: 'ActionFailed', message: 'An action failed. No dependent actions succeeded.' });
      else if ('seconds' in value) this.at(this.clock + value.seconds * 1000, () => this.step(app, started, undefined));
      else this.at(this.clock + CALL_SECONDS * 1000, () => this.send(app, started, { ...value.call, workflow: app.name, at: this.clock }));
    } catch (error) {
      if (!(error instanceof Terminated)) throw error;
      this.end(app, started, { status: error.status, code: error.error?.code, message: error.error?.message });
    }
  }

  private send(app: App, started: Started, call: HttpCall): void {
    const { run } = started;
    run.calls.push(call);
    const death = this.kill?.(run, call, run.calls.length);
    const answer = death === 'before' ? undefined : answerOf(() => this.respond(call));
    if (death === undefined) this.step(app, started, answer);
    else this.end(app, started, { status: 'Killed' });
  }

  private end(app: App, { run }: Started, { status, code, message }: Pick<Run, 'status' | 'code' | 'message'>): void {
    Object.assign(run, { status, code, message, endedAt: this.clock });
    app.running.delete(run);
    const next = app.waiting.shift();
    if (next !== undefined) this.go(app, next);
  }
}

function isPolling(app: App): boolean {
  return Object.values(app.definition.triggers).some(({ type }) => type === 'Http');
}

/** Asked at each poll, and the same for a definition. */
function scopesOf(actions: Bodies): ReadonlyMap<string, readonly string[]> {
  const known = SCOPES.get(actions);
  if (known !== undefined) return known;
  const scopes = new Map<string, readonly string[]>();
  SCOPES.set(actions, scopes);
  const visit = (block: Bodies): void => Object.entries(block).forEach(([name, body]) => {
    if (blocksOf(body).length > 0) scopes.set(name, blocksOf(body).flatMap((each) => Object.keys(each)));
    blocksOf(body).forEach(visit);
  });
  visit(actions);
  return scopes;
}

function intervalSeconds({ frequency, interval }: any): number {
  return interval * ({ Second: 1, Minute: 60, Hour: 3600, Day: 86_400, Week: 604_800, Month: 2_592_000 } as { [unit: string]: number })[frequency];
}

const WEEK_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** The first minute after a time that the schedule means, by the clock of its zone. */
export function nextTime({ schedule, timeZone = 'UTC' }: any, after: number): number {
  const { hours = [0], minutes = [0], weekDays } = schedule;
  for (let at = Math.floor(after / 60_000) * 60_000 + 60_000; at < after + 9 * 86_400_000; at += 60_000) {
    if (!minutes.includes(new Date(at).getUTCMinutes()) && timeZone === 'UTC') continue;
    const there = inZone(new Date(at), timeZone);
    const isDay = weekDays === undefined || weekDays.includes(WEEK_DAYS[there.getUTCDay()]);
    if (isDay && hours.includes(there.getUTCHours()) && minutes.includes(there.getUTCMinutes())) return at;
  }
  throw new Error('the schedule never fires');
}

/** Plays requests by a table of faults before they reach the service. */
export function withFaults(respond: Respond, faults: (call: HttpCall) => HttpReply | 'no answer' | 'lost answer' | undefined): Respond {
  return (call) => {
    const broken = faults(call);
    if (broken === undefined) return respond(call);
    if (broken === 'no answer') throw new NoAnswer();
    if (broken !== 'lost answer') return broken;
    respond(call);
    throw new NoAnswer();
  };
}
