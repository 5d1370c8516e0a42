import { apiVersionOf, ArmType } from './api-versions';
import { ex, Expression, joined, listOf, NOW, Operand, Template, text } from './workflow-expressions';
import { CAREFUL, PATIENT } from './workflow-retry';

/** How an action ended, for those that run after it. */
export type Status = 'Succeeded' | 'Failed' | 'TimedOut' | 'Skipped';

/** An action; without `runAfter` it runs after the one before it succeeded. */
export interface Action {
  readonly type: string;
  readonly runAfter?: { readonly [action: string]: readonly Status[] };
  readonly [member: string]: unknown;
}

/** Actions by their names, in the order in which they run. */
export interface Actions {
  readonly [name: string]: Action;
}

/** Text that may be an expression. */
export type Text = string | Template | Expression;

/** A call of an API with the workflow's own identity. */
export interface Call {
  readonly body?: unknown;
  readonly query?: { readonly [name: string]: unknown };
  readonly headers?: { readonly [name: string]: unknown };
  /**
   * Keeps what is sent or answered out of the run's history; whoever uses an answer that is kept out is kept out too.
   */
  readonly secret?: readonly ('inputs' | 'outputs')[];
  /** Sends it once: it would make a second one. */
  readonly once?: boolean;
}

interface Request extends Call {
  readonly retryPolicy?: object;
  readonly method: string;
  readonly uri: Text;
  readonly audience: string;
}

/** The audience of ARM's tokens; Azure ML's own addresses take them too. */
export const ARM_AUDIENCE = 'https://management.azure.com/';
const MONITOR_AUDIENCE = 'https://monitoring.azure.com/';

/** The name of a resource below another one, as text or expression. */
export interface ArmCall extends Call {
  readonly type: ArmType;
  /** ARM id, from `/subscriptions/` on. */
  readonly id: Text;
  /** What is asked of it: `cancel`. */
  readonly operation?: string;
}

/** Calls of Azure Resource Manager. */
export const arm = {
  /** Reads. */
  get: (call: ArmCall): Action => armRequest('GET', call),
  /** Makes or changes what the id names: a second request leaves it as it is. */
  put: (call: ArmCall): Action => armRequest('PUT', call),
  /** Changes the members that are given. */
  patch: (call: ArmCall): Action => armRequest('PATCH', call),
  /** Asks a resource for an operation. */
  post: (call: ArmCall): Action => armRequest('POST', call),
  /** Deletes; what is gone is answered 204 or 404. */
  delete: (call: ArmCall): Action => armRequest('DELETE', call),
};

function armRequest(method: string, { type, id, operation, query, ...call }: ArmCall): Action {
  return http({
    ...call,
    method,
    uri: text`https://management.azure.com${id}${operation === undefined ? '' : `/${operation}`}`,
    query: { 'api-version': apiVersionOf(type), ...query },
    audience: ARM_AUDIENCE,
  });
}

/**
 * The text of a value as JSON, as one expression: objects are put together by functions, so that no text in them is
 * read as an expression.
 */
export function jsonText(value: unknown): Expression {
  return value instanceof Expression ? ex`string(${value})` : ex`string(${objectOf(value)})`;
}

/** An object as one expression. */
function objectOf(value: unknown): Expression {
  if (value instanceof Expression) return value;
  if (value instanceof Template || typeof value === 'string') return joined(value, '');
  if (Array.isArray(value)) {
    return value.length === 0
      ? ex`json('[]')`
      : new Expression(`createArray(${value.map((each) => objectOf(each).code).join(', ')})`);
  }
  if (value === null || typeof value !== 'object') return ex`${value as Operand}`;
  return Object.entries(value).filter(([, each]) => each !== undefined)
    .reduce((object, [key, each]) => ex`setProperty(${object}, ${key}, ${objectOf(each)})`, ex`json('{}')`);
}

/** Values of a metric over a time. */
export interface MetricQuery {
  /** ARM id of what has the metric. */
  readonly resourceId: Text;
  readonly names: readonly string[];
  /** `Total`, `Average`, `Maximum`, `Count`. */
  readonly aggregation: string;
  /** Minutes that are looked back. */
  readonly minutes: Operand;
  /** ISO 8601, `PT1M`. */
  readonly interval: string;
  /** `deployment eq 'v3'`. */
  readonly where?: Text;
}

/** A value of a metric of the user's own. */
export interface CustomMetric {
  /** Region of the resource. */
  readonly location: Text;
  /** ARM id of the resource that the metric is of. */
  readonly resourceId: Text;
  readonly namespace: string;
  readonly name: Text;
  readonly value: Expression | number;
  readonly dimensions?: { readonly [name: string]: Text };
}

/** Calls of Azure Monitor. */
export const metrics = {
  /** @see https://learn.microsoft.com/rest/api/monitor/metrics/list */
  read: ({ resourceId, names, aggregation, minutes, interval, where }: MetricQuery): Action => http({
    method: 'GET',
    uri: text`https://management.azure.com${resourceId}/providers/Microsoft.Insights/metrics`,
    query: {
      'api-version': '2023-10-01',
      'metricnames': names.join(','),
      aggregation,
      interval,
      'timespan': text`${ex`addMinutes(${NOW}, sub(0, ${minutes}))`}/${NOW}`,
      ...(where === undefined ? {} : { $filter: where }),
    },
    audience: ARM_AUDIENCE,
  }),
  /** @see https://learn.microsoft.com/azure/azure-monitor/essentials/metrics-store-custom-rest-api */
  write: ({ location, resourceId, namespace, name, value, dimensions = {} }: CustomMetric): Action => http({
    method: 'POST',
    uri: text`https://${location}.monitoring.azure.com${resourceId}/metrics`,
    headers: { 'Content-Type': 'application/json' },
    body: {
      time: NOW,
      data: {
        baseData: {
          metric: name,
          namespace,
          dimNames: Object.keys(dimensions),
          series: [{ dimValues: Object.values(dimensions), min: value, max: value, sum: value, count: 1 }],
        },
      },
    },
    audience: MONITOR_AUDIENCE,
  }),
};

/** A call of any address that takes tokens of Entra ID. */
export function http({ method, uri, body, query, headers, secret, once, audience, retryPolicy = PATIENT }: Request): Action {
  return {
    type: 'Http',
    inputs: {
      method,
      uri,
      ...(headers === undefined ? {} : { headers }),
      ...(query === undefined ? {} : { queries: query }),
      ...(body === undefined ? {} : { body }),
      authentication: { type: 'ManagedServiceIdentity', audience },
      retryPolicy: once ? CAREFUL : retryPolicy,
    },
    // Answers 202 are followed by the workflow itself, which can tell a change that failed from one that nobody has
    // seen end.
    operationOptions: 'DisableAsyncPattern',
    ...(secret === undefined ? {} : { runtimeConfiguration: { secureData: { properties: [...secret] } } }),
  };
}

/** Keeps a value for others to read. */
export function compose(value: unknown): Action {
  return { type: 'Compose', inputs: value };
}

/** Gives a variable a value. */
export function setVariable(name: string, value: unknown): Action {
  return { type: 'SetVariable', inputs: { name, value } };
}

/** Adds to a number. */
export function increment(name: string, by: number = 1): Action {
  return { type: 'IncrementVariable', inputs: { name, value: by } };
}

/** Adds a value to a list. */
export function append(name: string, value: unknown): Action {
  return { type: 'AppendToArrayVariable', inputs: { name, value } };
}

/** Waits. A number of seconds, or an expression of one. */
export function delay(seconds: number | Expression): Action {
  return { type: 'Wait', inputs: { interval: { count: seconds, unit: 'Second' } } };
}

/** The items of a list for which a condition of `item()` holds. */
export function filter(list: Expression, where: Expression): Action {
  return { type: 'Query', inputs: { from: list, where } };
}

/** A list made of another one, item by item. */
export function select(list: Expression, item: unknown): Action {
  return { type: 'Select', inputs: { from: list, select: item } };
}

/** The codes of a list, as one expression. */
export function codes(values: readonly number[]): Expression {
  return listOf(...values);
}
