import { DriftPlan } from './drift-plan';
import { OWN_METRICS, writeMetric } from './own-metrics';
import { Actions } from '../base/workflow-actions';
import { fail, forEach, insist, leave, readJson, when } from '../base/workflow-control';
import { ex, Expression, text, variable } from '../base/workflow-expressions';
import { store } from '../base/workflow-storage';
import { tell } from '../base/workflow-tell';

/** A number of drift.json. */
export function ofDrift(...names: readonly string[]): Expression {
  return names.reduce((path, name) => ex`${path}?[${name}]`, variable('drift'));
}

/** Whether drift was judged: with too few rows it is not, and 0 would end an alert whose end nobody has measured. */
export const IS_JUDGED = ex`equals(${ofDrift('reason')}, null)`;

/** A run without anything to measure: it says so, and that it has run. */
export function nothingMeasured({ own }: DriftPlan, name: string, outcome: string): Actions {
  return {
    ...insist(`${name}_rows`, writeMetric(own, OWN_METRICS.rows, 0)),
    [`${name}_told`]: tell('drift', { outcome, run: variable('run') }),
    ...leave(name, outcome),
  };
}

/** The numbers of drift.json as metrics. */
export function publish({ own, qualityMetrics, featureMetrics, blobEndpoint, artifactContainer }: DriftPlan): Actions {
  return {
    ...insist('Write_rows', writeMetric(own, OWN_METRICS.rows, ofDrift('rows'))),
    Is_judged: when(IS_JUDGED, insist('Write_share', writeMetric(own, OWN_METRICS.driftShare, ofDrift('driftShare')))),
    Is_predicted: when(
      ex`not(equals(${ofDrift('prediction')}, null))`,
      insist(
        'Write_prediction',
        writeMetric(own, OWN_METRICS.predictionDrift, ex`if(equals(${ofDrift('prediction', 'drifted')}, true), 1, 0)`),
      ),
    ),
    ...Object.assign(
      {},
      ...qualityMetrics.map((metric, index): Actions => ({
        [`Has_quality_${index}`]: when(
          ex`not(equals(${ofDrift('quality', metric)}, null))`,
          insist(
            `Write_quality_${index}`,
            writeMetric(own, OWN_METRICS.quality, ofDrift('quality', metric), { metric }),
          ),
        ),
      })),
    ),
    ...(featureMetrics
      ? {
        ...readJson(
          'Read_features',
          store.read({
            endpoint: blobEndpoint,
            container: artifactContainer,
            name: text`drift/${variable('run')}/features.json`,
          }),
          'features',
          fail(
            'No_features',
            'the monitor verb wrote no features.json, which featureMetrics needs: does the image have the runtime of this library?',
          ),
        ),
        Features: forEach(
          ex`coalesce(${variable('features')}?['features'], json('[]'))`,
          insist(
            'Write_feature',
            writeMetric(own, OWN_METRICS.featureDrift, ex`items('Features')?['score']`, {
              feature: text`${ex`items('Features')?['name']`}`,
            }),
          ),
        ),
      }
      : {}),
  };
}
