import { QualityGate } from '../../../core/quality-gate';
import { compose, filter, select } from '../base/workflow-actions';
import { Fragment } from '../base/workflow-control';
import { ex, Expression, listOf } from '../base/workflow-expressions';

/** The evaluation's metrics as tags, `metric.auc`: an object, after `metricTags`. */
export const METRICS = new Expression('outputs(\'Metric_tags\')');

/** The evaluation's metrics as MLflow takes them: a list of keys and values, after `metricTags`. */
export const METRIC_LIST = new Expression('body(\'Metric_list\')');

/**
 * Metrics of an evaluation in the forms in which they are kept. The language has no way through the names of an object;
 * those of metrics are letters, digits and `_`, and their values finite numbers, so that the text of the object can be
 * cut at its commas.
 */
export function metricTags(evaluation: Expression): Fragment['actions'] {
  const name = ex`replace(trim(first(split(item(), ':'))), '"', '')`;
  const value = ex`trim(last(split(item(), ':')))`;
  // Milliseconds since 1970, as MLflow counts.
  const now = ex`div(sub(ticks(utcNow()), 621355968000000000), 10000)`;
  return {
    Metrics: compose(ex`string(coalesce(${evaluation}?['metrics'], json('{}')))`),
    Metric_texts: filter(
      ex`split(replace(replace(outputs('Metrics'), '{', ''), '}', ''), ',')`,
      ex`contains(item(), ':')`,
    ),
    Metric_list: select(ex`body('Metric_texts')`, { key: name, value: ex`float(${value})`, timestamp: now, step: 0 }),
    Metric_pairs: select(ex`body('Metric_texts')`, ex`concat('"metric.', ${name}, '":"', ${value}, '"')`),
    Metric_tags: compose(ex`json(concat('{', join(body('Metric_pairs'), ','), '}'))`),
  };
}

/**
 * The gates that do not hold, in words, as `outputs('Missed')`; a metric that the evaluation lacks does not hold
 * either.
 */
export function gates(wanted: readonly QualityGate[], evaluation: Expression): Fragment['actions'] {
  return {
    Gates: compose(listOf(...wanted.map((gate) => missed(gate, evaluation)))),
    Gates_missed: filter(ex`outputs('Gates')`, ex`not(empty(item()))`),
    Missed: compose(ex`body('Gates_missed')`),
  };
}

/** What is wrong, or an empty text. */
function missed({ metric, threshold, higherIsBetter }: QualityGate, evaluation: Expression): Expression {
  const metrics = ex`coalesce(${evaluation}?['metrics'], json('{}'))`;
  const value = ex`coalesce(${metrics}?[${metric}], 0)`;
  // A number as the language reads it: floats have a point or an exponent.
  const limit = ex`float(${String(threshold)})`;
  const wrong = higherIsBetter ? ex`less(float(${value}), ${limit})` : ex`greater(float(${value}), ${limit})`;
  const said = ex`concat(${`${metric} is `}, string(${value}), ${`, want at ${higherIsBetter ? 'least' : 'most'} ${threshold}`})`;
  return ex`if(not(contains(${metrics}, ${metric})), ${`evaluation.json has no metric ${metric}`}, if(${wrong}, ${said}, ''))`;
}
