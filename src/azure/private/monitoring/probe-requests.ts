import { OWN_METRICS, OwnMetrics, writeMetric } from './own-metrics';
import { Pace, paces } from './service-level';
import { CountedRequests, MetricOf } from './signals';
import { ResolvedServiceLevel } from '../../../core/private/resolve/monitoring';
import { Actions, compose, metrics } from '../base/workflow-actions';
import { when } from '../base/workflow-control';
import { ex, Expression } from '../base/workflow-expressions';

/**
 * Counts requests that are metrics, and writes the shares of those that failed: no rule divides one metric by another.
 */
export function probeRequests(
  counted: CountedRequests,
  own: OwnMetrics,
  level: ResolvedServiceLevel | undefined,
): Actions {
  return {
    ...count('All', counted.all, 5),
    ...count('Failed', counted.failed, 5),
    ...count('Refused', counted.refused, 5),
    Write_requests: writeMetric(own, OWN_METRICS.requests, countOf('All', 5)),
    Is_asked: when(ex`greater(${countOf('All', 5)}, 0)`, {
      Write_server_errors: writeMetric(own, OWN_METRICS.serverErrors, percent('Failed')),
      Write_client_errors: writeMetric(own, OWN_METRICS.clientErrors, percent('Refused')),
    }),
    ...(level === undefined ? {} : Object.assign({}, ...paces(level, 5).map((pace) => burn(pace, counted, own)))),
  };
}

/** How many times too fast the budget is used up, the lesser of both windows: an alert wants both. */
function burn(
  { id, longMinutes, shortMinutes, allowed, metric }: Pace,
  counted: CountedRequests,
  own: OwnMetrics,
): Actions {
  const windows = [longMinutes, shortMinutes].filter((minutes) => minutes !== 5);
  const pace = (minutes: number) => share(minutes, 'Failed', Number((1 / allowed).toPrecision(6)));
  return {
    ...Object.assign(
      {},
      ...windows.flatMap((minutes) => [count('All', counted.all, minutes), count('Failed', counted.failed, minutes)]),
    ),
    [`Write_${id}`]: writeMetric(own, metric, ex`min(${pace(longMinutes)}, ${pace(shortMinutes)})`),
  };
}

/** Reads one number: `FULL` is the whole time as one value. */
function count(what: string, { resourceId, metric, aggregation, dimensions }: MetricOf, minutes: number): Actions {
  const clauses = Object.entries(dimensions).map(
    ([name, values]) => `(${values.map((value) => `${name} eq '${value.replace(/'/g, "''")}'`).join(' or ')})`,
  );
  const read = `Read_${what}_${minutes}`;
  return {
    [read]: metrics.read({
      resourceId,
      names: [metric],
      aggregation,
      minutes,
      interval: 'FULL',
      ...(clauses.length === 0 ? {} : { where: clauses.join(' and ') }),
    }),
    [`Count_${what}_${minutes}`]: compose(valueOf(read, aggregation)),
  };
}

function valueOf(read: string, aggregation: string): Expression {
  return ex`coalesce(last(coalesce(first(coalesce(first(coalesce(body(${read})?['value'], json('[]')))?['timeseries'], json('[]')))?['data'], json('[]')))?[${aggregation.toLowerCase()}], 0)`;
}

function countOf(what: string, minutes: number): Expression {
  return ex`outputs(${`Count_${what}_${minutes}`})`;
}

function percent(what: string): Expression {
  return share(5, what, 100);
}

/** Counts may be whole numbers, whose quotient is one too: parts of a million keep what matters. */
function share(minutes: number, what: string, of: number): Expression {
  return ex`mul(div(mul(1000000, ${countOf(what, minutes)}), max(1, ${countOf('All', minutes)})), ${Number((of / 1e6).toPrecision(6))})`;
}
