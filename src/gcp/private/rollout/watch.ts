import { AnswerLimits } from '../../../core/private/resolve/limits';
import { Routine, Step } from '../base/workflow';
import { get, log, MESSAGE_OF_ERROR, sleep, steps, unlessMissing } from '../base/workflow-steps';

/** Where the numbers are. */
export interface WatchedMetrics {
  readonly projectId: string;
  /** Filters of the count of answers of all versions; those that exist are added up. */
  readonly responses: readonly string[];
  /** Filters of the latencies of all versions, in milliseconds. */
  readonly latencies: readonly string[];
  /** Label that tells one version's from another's. */
  readonly versionLabel: string;
  /** Label of the answers' HTTP codes, `503` or `5xx`. */
  readonly codeLabel: string;
  /** Time until an answer can be seen: a version is watched so much longer. */
  readonly delaySeconds: number;
}

/**
 * With fewer answers a share of errors says nothing: the version counts as healthy, and the log says how few there
 * were.
 */
const FEWEST_ANSWERS = 20;

/**
 * Watches what a version answers within so many minutes, and as much longer as numbers come late; raises
 * `{unhealthy: true, message}` as soon as it fails too often or answers too slowly. A version that could not be looked
 * at in the end is not taken for healthy. Where the endpoint may be torn down, the rollout gives way to that as well.
 *
 * @see https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list
 */
export function watch(limits: AnswerLimits, { delaySeconds }: WatchedMetrics, givesWay: boolean): Routine {
  const { maxErrorPercent, maxLatencyP99Ms } = limits;
  return {
    params: ['deployed_id', 'minutes', 'share'],
    steps: steps({
      begin: { assign: [{ since: '${sys.now()}' }, { blind: '' }] },
      pause: sleep(60),
      look: {
        try: {
          steps: steps({
            ...(givesWay ? { way: { call: 'give_way' } } : {}),
            measure_it: { call: 'measure', args: { deployed_id: '${deployed_id}', since: '${since}' }, result: 'seen' },
            sees: { assign: [{ blind: '' }] },
          }),
        },
        except: {
          as: 'error',
          steps: steps({
            // What the service itself raises has tags: that look was in vain, and another follows. The endpoint's
            // teardown has none.
            way_given: { switch: [{ condition: '${not("tags" in error)}', raise: '${error}' }] },
            not_seen: { assign: [{ blind: `\${${MESSAGE_OF_ERROR}}` }], next: 'over' },
          }),
        },
      },
      few: { switch: [{ condition: `\${seen.answers < ${FEWEST_ANSWERS}}`, next: 'over' }] },
      judge: {
        switch: [
          {
            condition: `\${seen.errors * 100 > ${maxErrorPercent} * seen.answers}`,
            raise: {
              unhealthy: true,
              message: `\${string(seen.errors) + " of " + string(seen.answers) + " answers failed, more than ${maxErrorPercent} %"}`,
            },
          },
          {
            condition: `\${seen.latency > ${maxLatencyP99Ms}}`,
            raise: {
              unhealthy: true,
              message: `\${"99 % of the answers took up to " + string(int(seen.latency)) + " ms, more than ${maxLatencyP99Ms} ms"}`,
            },
          },
        ],
      },
      over: { switch: [{ condition: `\${sys.now() - since < minutes * 60 + ${delaySeconds}}`, next: 'pause' }] },
      unseen: {
        switch: [
          {
            condition: '${blind != ""}',
            raise: { message: '${"nothing is known of the new version\'s answers: " + blind}' },
          },
        ],
      },
      tell: log('INFO', {
        mlops: 'rollout step',
        share: '${share}',
        minutes: '${minutes}',
        answers: '${seen.answers}',
        errors: '${seen.errors}',
        latencyP99Ms: '${seen.latency}',
      }),
    }),
  };
}

/**
 * Answers, failed answers and the 99th percentile of the latency of a version since a moment. A metric that the project
 * has never had is missing, and counts as none.
 */
export function measure(metrics: WatchedMetrics): Routine {
  const pointOf = (id: string, routine: Step[]) => ({
    [id]: { for: { value: 'point', in: '${series.points}', steps: routine } },
  });
  return {
    params: ['deployed_id', 'since'],
    steps: steps({
      window: {
        assign: [
          { now: '${sys.now()}' },
          { responses_of_all: metrics.responses },
          { latencies_of_all: metrics.latencies },
          { version_is: ` AND ${metrics.versionLabel}="` },
          { quote: '"' },
          { period: '${string(int(math.max(60, now - since))) + "s"}' },
          { none: [] },
          { answers: 0 },
          { errors: 0 },
          { latency: 0 },
        ],
      },
      responses: eachSeries(
        metrics,
        'counted',
        'responses_of_all',
        {
          'aggregation.crossSeriesReducer': 'REDUCE_SUM',
          'aggregation.groupByFields': `metric.labels.${metrics.codeLabel}`,
        },
        steps(
          pointOf(
            'points',
            steps({
              answer: { assign: [{ answers: '${answers + int(point.value.int64Value)}' }] },
              failed: {
                switch: [
                  {
                    condition: `\${text.match_regex(string(series.metric.labels.${metrics.codeLabel}), "^5")}`,
                    steps: steps({ error: { assign: [{ errors: '${errors + int(point.value.int64Value)}' }] } }),
                  },
                ],
              },
            }),
          ),
        ),
      ),
      latencies: eachSeries(
        metrics,
        'timed',
        'latencies_of_all',
        { 'aggregation.crossSeriesReducer': 'REDUCE_PERCENTILE_99' },
        steps(
          pointOf(
            'times',
            steps({
              slow: { assign: [{ latency: '${math.max(latency, default(map.get(point.value, "doubleValue"), 0))}' }] },
            }),
          ),
        ),
      ),
      sum: { assign: [{ seen: { answers: '${answers}', errors: '${errors}', latency: '${latency}' } }] },
      done: { return: '${seen}' },
    }),
  };
}

/** Asks for the series of each filter of a list, and does something with each. */
function eachSeries(
  { projectId }: WatchedMetrics,
  id: string,
  filters: string,
  aggregation: object,
  routine: Step[],
): Step[string] {
  return {
    for: {
      value: 'of_all',
      in: `\${${filters}}`,
      steps: steps({
        [`none_${id}`]: { assign: [{ found: { body: {} } }] },
        [`ask_${id}`]: {
          ...get({
            url: `https://monitoring.googleapis.com/v3/projects/${projectId}/timeSeries`,
            query: {
              'filter': '${of_all + version_is + deployed_id + quote}',
              'interval.startTime': '${time.format(since)}',
              'interval.endTime': '${time.format(now)}',
              'aggregation.alignmentPeriod': '${period}',
              'aggregation.perSeriesAligner': 'ALIGN_DELTA',
              ...aggregation,
            },
            result: 'found',
          }),
          except: unlessMissing(id, 'found', { body: {} }),
        },
        [id]: { for: { value: 'series', in: '${default(map.get(found.body, "timeSeries"), none)}', steps: routine } },
      }),
    },
  };
}

/** Filter of a metric of an endpoint. @see https://cloud.google.com/monitoring/api/metrics_gcp_a_b#gcp-aiplatform */
export function endpointFilter(endpointId: string, name: string): string {
  return `metric.type="aiplatform.googleapis.com/prediction/online/${name}"`
    + ` AND resource.type="aiplatform.googleapis.com/Endpoint" AND resource.labels.endpoint_id="${endpointId}"`;
}

/**
 * Metrics of a deployed model of a Vertex AI endpoint. Private endpoints have names of their own for them; the page on
 * Private Service Connect does not say whether that is one, so both are asked there.
 *
 * @see https://cloud.google.com/vertex-ai/docs/predictions/using-private-endpoints#monitor_private_endpoints
 */
export function endpointMetrics(projectId: string, endpointId: string, isPrivate: boolean): WatchedMetrics {
  const filter = (name: string) => endpointFilter(endpointId, name);
  return {
    projectId,
    responses: [filter('response_count'), ...(isPrivate ? [filter('private/response_count')] : [])],
    latencies: [`${filter('prediction_latencies')} AND metric.labels.latency_type="total"`, ...(isPrivate ? [filter('private/prediction_latencies')] : [])],
    versionLabel: 'metric.labels.deployed_model_id',
    codeLabel: 'response_code',
    delaySeconds: isPrivate ? PRIVATE_DELAY_SECONDS : DELAY_SECONDS,
  };
}

/** Sampled each minute and visible two minutes later: a watch of one minute alone would see nothing. */
const DELAY_SECONDS = 180;
/** Private metrics are visible after six minutes. */
const PRIVATE_DELAY_SECONDS = 360;
