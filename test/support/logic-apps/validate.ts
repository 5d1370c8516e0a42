import { Bodies, blocksOf, Body, Definition } from './definition';
import { callsIn, Node, nodesOf, parseText } from './expression';
import { LIBRARY } from './library';
import { ACTION_TYPES, RUN_FUNCTIONS } from './machine';

/** What the service would say of a definition when it is saved; empty where it takes it. */
export function validateDefinition(definition: Definition): string[] {
  return new Validation(definition).run();
}

/** Members of an action beside `type`, `runAfter`, `inputs`, `description`. */
const MEMBERS: { readonly [type: string]: readonly string[] } = {
  Http: ['operationOptions', 'runtimeConfiguration', 'limit'],
  Compose: ['runtimeConfiguration', 'trackedProperties'],
  Scope: ['actions'],
  If: ['expression', 'actions', 'else'],
  Switch: ['expression', 'cases', 'default'],
  Foreach: ['foreach', 'actions', 'runtimeConfiguration', 'operationOptions'],
  Until: ['expression', 'limit', 'actions', 'operationOptions'],
};

const INPUTS: { readonly [type: string]: readonly string[] } = {
  Http: ['method', 'uri', 'queries', 'headers', 'body', 'authentication', 'retryPolicy', 'cookie'],
  InitializeVariable: ['variables'],
  SetVariable: ['name', 'value'],
  IncrementVariable: ['name', 'value'],
  AppendToArrayVariable: ['name', 'value'],
  Wait: ['interval', 'until'],
  Query: ['from', 'where'],
  Select: ['from', 'select'],
  Terminate: ['runStatus', 'runError'],
};

/** Where an action stands. */
interface Place {
  readonly name: string;
  readonly body: Body;
  readonly block: Bodies;
  readonly around: readonly Place[];
}

class Validation {
  private readonly problems: string[] = [];
  private readonly places = new Map<string, Place>();
  private readonly variables = new Set<string>();

  public constructor(private readonly definition: Definition) {}

  public run(): string[] {
    this.collect(this.definition.actions, []);
    for (const [name, trigger] of Object.entries(this.definition.triggers)) this.trigger(name, trigger);
    for (const place of this.places.values()) this.action(place);
    return this.problems;
  }

  private collect(block: Bodies, around: readonly Place[]): void {
    for (const [name, body] of Object.entries(block)) {
      if (this.places.has(name)) this.say(name, 'its name is taken');
      const place = { name, body, block, around };
      this.places.set(name, place);
      if (body.type === 'InitializeVariable') body.inputs.variables.forEach((each: any) => this.variables.add(each.name));
      blocksOf(body).forEach((each) => this.collect(each, [...around, place]));
    }
  }

  private trigger(name: string, { type, inputs, recurrence, conditions = [], runtimeConfiguration, description: _, ...rest }: Body): void {
    for (const member of Object.keys(rest)) this.say(name, `a trigger has no member '${member}'`);
    if (!['Http', 'Recurrence'].includes(type)) this.say(name, `triggers of type '${type}' are not understood here`);
    if (type === 'Http') this.members(name, inputs, INPUTS.Http, 'inputs');
    if (recurrence === undefined) this.say(name, 'a trigger that polls has a recurrence');
    this.members(name, recurrence ?? {}, ['frequency', 'interval', 'schedule', 'startTime', 'endTime', 'timeZone'], 'recurrence');
    this.members(name, runtimeConfiguration ?? {}, ['concurrency', 'secureData'], 'runtimeConfiguration');
    this.expressions(name, [inputs, conditions], (node) => {
      if (['variables', 'outputs', 'body', 'actions', 'result', 'item', 'items'].includes(node.name)) this.say(name, `a trigger cannot call '${node.name}'`);
    });
  }

  private action(place: Place): void {
    const { name, body, block } = place;
    const { type, runAfter = {}, inputs, description: _, ...rest } = body;
    if (!/^[\w-]{1,80}$/.test(name)) this.say(name, 'its name is not taken by the service');
    if (!ACTION_TYPES.includes(type)) this.say(name, `actions of type '${type}' are not understood here`);
    this.members(name, rest, MEMBERS[type] ?? [], 'action');
    if (INPUTS[type] !== undefined) this.members(name, inputs, INPUTS[type], 'inputs');
    for (const [before, statuses] of Object.entries(runAfter)) {
      if (!(before in block)) this.say(name, `it runs after '${before}', which is not in its list`);
      if (statuses.length === 0 || statuses.some((each) => !['Succeeded', 'Failed', 'Skipped', 'TimedOut'].includes(each))) this.say(name, `it runs after a wrong status of '${before}'`);
    }
    if (Object.values(block).filter((each) => Object.keys(each.runAfter ?? {}).length === 0).length > 1) this.say(name, 'two actions of its list begin at once');
    if (type === 'InitializeVariable' && place.around.length > 0) this.say(name, 'variables are made at the top');
    if (type === 'Terminate' && place.around.some((each) => ['Foreach', 'Until'].includes(each.body.type))) this.say(name, 'it terminates inside a loop');
    if (['SetVariable', 'IncrementVariable', 'AppendToArrayVariable'].includes(type) && !this.variables.has(inputs.name)) this.say(name, `there is no variable '${inputs.name}'`);
    if (type === 'Http') this.http(name, inputs);
    const own = [inputs, type === 'Until' ? undefined : body.expression, body.foreach];
    this.expressions(name, own, (call) => this.reference(place, call, false));
    // They see the action itself and nothing else of the run.
    this.expressions(name, body.trackedProperties, (call) => {
      if (RUN_FUNCTIONS[call.name] !== undefined && call.name !== 'action') this.say(name, `tracked properties cannot call '${call.name}'`);
    });
    if (type === 'Until') this.expressions(name, body.expression, (call) => this.reference(place, call, true));
    if (type === 'SetVariable') {
      this.expressions(name, inputs.value, (call) => {
        if (call.name === 'variables' && literal(call) === inputs.name) this.say(name, `it sets variable '${inputs.name}' from itself`);
      });
    }
  }

  private http(name: string, { retryPolicy = {}, authentication, uri, method }: any): void {
    this.members(name, retryPolicy, ['type', 'count', 'interval', 'minimumInterval', 'maximumInterval'], 'retryPolicy');
    if (!['GET', 'PUT', 'POST', 'PATCH', 'DELETE'].includes(method)) this.say(name, `method '${method}' is not taken`);
    if (retryPolicy.count !== undefined && !(retryPolicy.count >= 1 && retryPolicy.count <= 90)) this.say(name, 'a policy retries 1 to 90 times');
    if (typeof uri !== 'string' || !/^(@|https:\/\/)/.test(uri)) this.say(name, `the address '${uri}' is none`);
    this.members(name, authentication ?? {}, ['type', 'audience', 'identity'], 'authentication');
    if (authentication?.type !== 'ManagedServiceIdentity' || !authentication.audience || !authentication.identity) this.say(name, 'it does not say as whom it calls, and for whom');
  }

  private reference(place: Place, call: Extract<Node, { readonly kind: 'call' }>, isUntil: boolean): void {
    const { name, around } = place;
    const loops = [...around.filter(({ body }) => body.type === 'Foreach' || body.type === 'Until'), ...(isUntil ? [place] : [])].map((each) => each.name);
    if (call.name === 'variables' && !this.variables.has(literal(call) ?? '')) this.say(name, `there is no variable '${literal(call)}'`);
    if (call.name === 'item' && !['Query', 'Select'].includes(place.body.type) && !around.some(({ body }) => body.type === 'Foreach')) this.say(name, 'item() is not inside a loop');
    if (['items', 'iterationIndexes'].includes(call.name) && !loops.includes(literal(call) ?? '')) this.say(name, `'${literal(call)}' is no loop around it`);
    if (!['outputs', 'body', 'actions', 'result'].includes(call.name)) return;
    const other = this.places.get(literal(call) ?? '');
    if (other === undefined) {
      this.say(name, `it reads action '${literal(call)}', which is not there`);
    } else if (!this.isUpstream(place, other, isUntil)) {
      this.say(name, `it reads action '${other.name}', which does not come before it`);
    } else if (call.name === 'result' && blocksOf(other.body).length === 0) {
      this.say(name, `'${other.name}' is no scope`);
    }
  }

  /**
   * Whether an action has ended, or been skipped, when another one begins. Those in a loop over a list cannot be read
   * from outside.
   */
  private isUpstream(place: Place, other: Place, isUntil: boolean): boolean {
    const chain = [...place.around, place];
    const shared = chain.filter((each) => other.around.includes(each)).length;
    const mine = chain[shared];
    const theirs = [...other.around, other][shared];
    const inLoop = other.around.slice(shared).some(({ body }) => body.type === 'Foreach');
    if (inLoop) return false;
    // All that the loop does comes before its own condition.
    if (mine === undefined) return isUntil;
    if (theirs === undefined || mine === theirs) return false;
    return mine.block === theirs.block && this.runsAfter(mine, theirs.name);
  }

  private runsAfter({ body, block }: Place, other: string): boolean {
    const before = Object.keys(body.runAfter ?? {});
    return before.some((each) => each === other || (each in block && this.runsAfter(this.places.get(each)!, other)));
  }

  private expressions(name: string, value: unknown, look: (call: Extract<Node, { readonly kind: 'call' }>) => void): void {
    for (const text of textsIn(value)) {
      if (text.length > 8192 && text.includes('@')) this.say(name, 'an expression has more than 8192 characters');
      let nodes: Node[] = [];
      try {
        nodes = nodesOf(parseText(text));
      } catch (error) {
        this.say(name, (error as Error).message);
      }
      for (const call of nodes.flatMap(callsIn)) {
        const known = LIBRARY[call.name];
        const [least, most] = known === undefined ? RUN_FUNCTIONS[call.name] ?? [0, -1] : [known.least, known.most];
        if (most < 0) this.say(name, `there is no function '${call.name}'`);
        else if (call.args.length < least || call.args.length > most) this.say(name, `'${call.name}' does not take ${call.args.length} arguments`);
        look(call);
      }
    }
  }

  private members(name: string, object: object, known: readonly string[], what: string): void {
    for (const member of Object.keys(object ?? {})) if (!known.includes(member)) this.say(name, `its ${what} has no member '${member}'`);
  }

  private say(name: string, problem: string): void {
    this.problems.push(`${name}: ${problem}`);
  }
}

function literal({ args: [first] }: Extract<Node, { readonly kind: 'call' }>): string | undefined {
  return first?.kind === 'literal' && typeof first.value === 'string' ? first.value : undefined;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return [...Object.values(value).flatMap(textsIn), ...Object.keys(value).filter((key) => key.includes('@'))];
}
