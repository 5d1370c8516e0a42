import { DriftPlan } from './drift-plan';
import { Routine } from '../base/workflow';
import { post, steps } from '../base/workflow-steps';

/** The numbers of drift.json as metrics. */
export function publishRoutine(plan: DriftPlan): Routine {
  const { metrics } = plan;
  return {
    params: ['drift'],
    steps: steps({
      share: { call: 'point', args: { type: metrics.driftShare, value: '${drift.driftShare}' }, result: 'share' },
      rows: { call: 'point', args: { type: metrics.rows, value: '${drift.rows}' }, result: 'rows' },
      first: { assign: [{ series: ['${rows}'] }, { none: {} }] },
      // With too few rows drift is not judged: 0 would end an incident that nobody has measured the end of.
      is_judged: {
        switch: [
          {
            condition: '${not("reason" in drift)}',
            steps: steps({ judged: { assign: [{ series: '${list.concat(series, share)}' }] } }),
          },
        ],
      },
      prediction: {
        switch: [
          {
            condition: '${"prediction" in drift}',
            steps: steps({
              drifted: { assign: [{ drifted: '${if(drift.prediction.drifted, 1, 0)}' }] },
              answers: {
                call: 'point',
                args: { type: metrics.predictionDrift, value: '${drifted}' },
                result: 'answers',
              },
              keep: { assign: [{ series: '${list.concat(series, answers)}' }] },
            }),
          },
        ],
      },
      ...(plan.labels === undefined
        ? {}
        : { quality: eachOf('quality', metrics.quality, 'metric', 'drift.quality[name]') }),
      ...(plan.featureMetrics
        ? { features: eachOf('features', metrics.featureDrift, 'feature', 'drift.features[name].score') }
        : {}),
      write: { call: 'write', args: { series: '${series}' } },
    }),
  };
}

/** One series for each entry of a map in drift.json. A request takes 200 series. */
function eachOf(part: string, type: string, label: string, value: string): { readonly [key: string]: unknown } {
  return {
    for: {
      value: 'name',
      in: `\${keys(default(map.get(drift, "${part}"), none))}`,
      steps: steps({
        [`${part}_one`]: {
          call: 'point',
          args: { type, value: `\${${value}}`, label, entry: '${name}' },
          result: 'one',
        },
        [`${part}_keep`]: { assign: [{ series: '${list.concat(series, one)}' }] },
        [`${part}_many`]: {
          switch: [
            {
              condition: '${len(series) == 200}',
              steps: steps({
                [`${part}_write`]: { call: 'write', args: { series: '${series}' } },
                [`${part}_rest`]: { assign: [{ series: [] }] },
              }),
            },
          ],
        },
      }),
    },
  };
}

/** @see https://cloud.google.com/monitoring/api/ref_v3/rest/v3/TimeSeries */
export function pointRoutine({ endpointId, modelName, projectId }: DriftPlan): Routine {
  return {
    params: ['type', 'value', { label: '' }, { entry: '' }],
    steps: steps({
      labels: { assign: [{ labels: { endpoint: endpointId, model: modelName } }] },
      more: { switch: [{ condition: '${label != ""}', steps: steps({ add: { assign: [{ 'labels[label]': '${entry}' }] } }) }] },
      series: {
        assign: [{
          series: {
            metric: { type: '${type}', labels: '${labels}' },
            resource: { type: 'global', labels: { project_id: projectId } },
            metricKind: 'GAUGE',
            valueType: 'DOUBLE',
            points: [{ interval: { endTime: '${time.format(sys.now())}' }, value: { doubleValue: '${value}' } }],
          },
        }],
      },
      answer: { return: '${series}' },
    }),
  };
}

export function writeRoutine({ projectId }: DriftPlan): Routine {
  return {
    params: ['series'],
    steps: steps({
      is_any: { switch: [{ condition: '${len(series) == 0}', return: null }] },
      write: post({
        url: `https://monitoring.googleapis.com/v3/projects/${projectId}/timeSeries`,
        body: { timeSeries: '${series}' },
      }),
    }),
  };
}
