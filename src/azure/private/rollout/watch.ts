import { RolloutPlace, Wanted } from './place';
import { AnswerLimits } from '../../../core/private/resolve/limits';
import { Actions, append, arm, compose, delay, increment, setVariable, Text } from '../base/workflow-actions';
import { after, ENDED, FAILED, until, when } from '../base/workflow-control';
import { bodyOf, codeOf, ex, Expression, NOW, outputsOf, text, variable } from '../base/workflow-expressions';
import { VERSION_TAGS } from '../registry/version-tags';

/**
 * With fewer answers a share of errors says nothing: the version counts as healthy, and the run's last message says how
 * few there were.
 */
const FEWEST_ANSWERS = 20;
/** Metrics come so much later: a version is watched so much longer. */
const DELAY_SECONDS = 180;
/** A version that could not be looked at in the end is looked at so much longer. */
const BLIND_SECONDS = 1800;
/** Time in which the endpoint must have taken a change of its traffic. */
const MOVE_SECONDS = 3600;

/** One step: what the candidate gets, and how long it is watched. */
export interface TrafficStep {
  /** Share of the requests that it answers, in percent. */
  readonly share: number;
  /** Share of the requests that it gets copies of, in percent; answers come from the live version then. */
  readonly mirror: number;
  readonly minutes: number;
}

/** Variables of the watch. */
export const WATCH_VARIABLES = { step: 0, stepAt: '', movedAt: '', blind: '', verdict: '', seen: '', watched: [] };

/** What the watch needs to know, as expressions. */
export interface Watched {
  readonly place: RolloutPlace;
  /** The steps of this run, of those that are listed. */
  readonly steps: Expression;
  readonly listed: { readonly [name: string]: readonly TrafficStep[] };
  readonly limits: AnswerLimits;
  readonly champion: Expression;
  readonly candidate: Expression;
  /** ARM id of the version. */
  readonly versionId: Text;
}

/**
 * Gives the candidate one share after the other and watches it with each: in each turn the endpoint is looked at,
 * written where it has other shares, and else the candidate's numbers are read. `verdict` is `good` in the end, or
 * `bad`, and then `why` says why.
 *
 * Failures of the server are answers 5xx, 408 (the container took too long) and 424, with which Azure Machine Learning
 * passes on what a container answered, unless that was the caller's fault.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints#http-status-codes
 */
export function watchSteps({ place, steps, listed, limits, champion, candidate, versionId }: Watched): Actions {
  const current = ex`outputs('Steps')[${variable('step')}]`;
  const share = ex`${current}?['share']`;
  const mirror = ex`${current}?['mirror']`;
  const since = (name: string) => ex`div(sub(ticks(${NOW}), ticks(${variable(name)})), 10000000)`;
  const endpoint = bodyOf('Watch_endpoint');
  // A candidate has requests or copies, never both; where it has all requests the live one has none.
  const wanted: Wanted = {
    traffic: [
      [champion, ex`sub(100, ${share})`],
      [candidate, share],
    ],
    live: champion,
    rollout: candidate,
  };
  const mirrored: Wanted = { ...wanted, mirror: [candidate, mirror] };
  const hasMirror = ex`greater(${mirror}, 0)`;
  const bad = (name: string, why: Text): Actions => ({
    [`${name}_why`]: setVariable('why', why),
    [`${name}_ends`]: setVariable('verdict', 'bad'),
  });
  const looks = place.watch(candidate);
  const [counted, failed, latency] = ['Answers_counted', 'Answers_failed', 'Latency'].map(outputsOf);
  // Expressions evaluate all their parts.
  const sinceMoved = ex`div(sub(ticks(${NOW}), ticks(if(empty(${variable('movedAt')}), ${NOW}, ${variable('movedAt')}))), 10000000)`;
  const over = ex`add(mul(${current}?['minutes'], 60), ${DELAY_SECONDS})`;
  return {
    ...Object.fromEntries(Object.entries(listed).map(([name, each]) => [name, compose(each)])),
    Steps: compose(steps),
    Step_begins: setVariable('stepAt', NOW),
    Watch: until(
      ex`not(empty(${variable('verdict')}))`,
      { count: turnsOf(Object.values(listed)), timeout: 'P30D' },
      {
        Watch_endpoint: place.readEndpoint(),
        Watch_traffic: when(
          ex`if(${hasMirror}, ${place.isBrought(endpoint, mirrored)}, ${place.isBrought(endpoint, wanted)})`,
          {
            Watch_moved: when(
              ex`empty(${variable('movedAt')})`,
              { Watch_since: setVariable('movedAt', NOW) },
              {
                ...looks.actions,
                Watch_version: arm.get({
                  type: 'Microsoft.MachineLearningServices/workspaces/models/versions',
                  id: versionId,
                }),
                Watch_sees: setVariable('blind', ''),
                Seen: setVariable(
                  'seen',
                  text`${whole(counted)} answers, ${whole(failed)} failed, ${looks.within} ${whole(latency)} ms`,
                ),
                Is_down: when(looks.isDown, bad('Is_down', text`its deployment is ${looks.state}`)),
                Is_rejected: when(
                  ex`equals(coalesce(${bodyOf('Watch_version')}?['properties']?['tags']?[${VERSION_TAGS.approval}], ''), 'rejected')`,
                  bad('Is_rejected', 'it was rejected meanwhile'),
                ),
                Fails_often: when(
                  ex`and(greaterOrEquals(${counted}, ${FEWEST_ANSWERS}), greater(mul(${failed}, 100), mul(${limits.maxErrorPercent}, ${counted})))`,
                  bad(
                    'Fails_often',
                    text`${whole(failed)} of ${whole(counted)} answers failed, more than ${limits.maxErrorPercent} %`,
                  ),
                ),
                Is_slow: when(
                  ex`and(greaterOrEquals(${counted}, ${FEWEST_ANSWERS}), greater(${latency}, ${limits.maxLatencyP99Ms}))`,
                  bad('Is_slow', text`${looks.latencyIs} ${whole(latency)} ms, more than ${limits.maxLatencyP99Ms} ms`),
                ),
              },
            ),
          },
          {
            Watch_rest: when(place.isAtRest(endpoint), {
              Watch_mirrors: when(
                hasMirror,
                { Watch_mirror: place.writeEndpoint(endpoint, mirrored) },
                {
                  Watch_shift: place.writeEndpoint(endpoint, wanted),
                },
              ),
            }),
          },
        ),
        Watch_unseen: after({ Watch_endpoint: FAILED }, compose('the endpoint could not be read')),
        Watch_failed: after(
          { Watch_traffic: FAILED, Watch_unseen: ['Succeeded', 'Skipped'] },
          compose('a part of the look failed'),
        ),
        Watch_blind: after(
          { Watch_unseen: ['Succeeded', 'Skipped'], Watch_failed: ['Succeeded', 'Skipped'] },
          when(ex`or(not(equals(outputs('Watch_unseen'), null)), not(equals(outputs('Watch_failed'), null)))`, {
            Watch_blinded: setVariable('blind', codesOf(LOOKS)),
          }),
        ),
        Is_stuck: when(
          ex`and(empty(${variable('verdict')}), empty(${variable('movedAt')}), greater(${since('stepAt')}, ${MOVE_SECONDS}))`,
          bad('Is_stuck', text`the traffic could not be moved within an hour (${variable('blind')})`),
        ),
        Watched_seconds: compose(
          ex`if(or(not(empty(${variable('verdict')})), empty(${variable('movedAt')})), 0, ${sinceMoved})`,
        ),
        Is_over: when(ex`greaterOrEquals(outputs('Watched_seconds'), ${over})`, {
          Is_seen: when(
            ex`empty(${variable('blind')})`,
            {
              Step_noted: append(
                'watched',
                text`${ex`if(${hasMirror}, concat('copies of ', string(${mirror})), string(${share}))`} %: ${variable('seen')}${ex`if(less(outputs('Answers_counted'), ${FEWEST_ANSWERS}), ' (too few to judge)', '')`}`,
              ),
              Step_over: increment('step'),
              Steps_over: setVariable(
                'verdict',
                ex`if(greaterOrEquals(${variable('step')}, length(outputs('Steps'))), 'good', '')`,
              ),
              Next_step: setVariable('stepAt', NOW),
              Next_moves: setVariable('movedAt', ''),
            },
            {
              Stays_blind: when(
                ex`greater(outputs('Watched_seconds'), add(${over}, ${BLIND_SECONDS}))`,
                bad('Stays_blind', text`nothing is known of its answers (${variable('blind')})`),
              ),
            },
          ),
        }),
        Watch_pause: when(ex`empty(${variable('verdict')})`, { Watch_waits: delay(60) }),
      },
    ),
    Watch_over: after(
      { Watch: ENDED },
      when(ex`empty(${variable('verdict')})`, bad('Watch_endless', text`its watch did not end (${variable('blind')})`)),
    ),
  };
}

/** What a turn asks for; what could not be had is told by its status codes. */
const LOOKS = [
  'Watch_endpoint',
  'Watch_mirror',
  'Watch_shift',
  'Watch_deployment',
  'Watch_version',
  'Answers',
  'Latencies',
];

function whole(number: Expression): Expression {
  return ex`formatNumber(${number}, '0')`;
}

function codesOf(calls: readonly string[]): Text {
  return text`status codes ${new Expression(`concat(${calls.map((call) => ex`if(equals(${codeOf(call)}, null), '', concat(${`${call} `}, string(${codeOf(call)}), ' '))`.code).join(', ')})`)}`;
}

/** A turn takes a minute, and a step as many minutes as it may take at the most. */
function turnsOf(lists: readonly (readonly TrafficStep[])[]): number {
  const minutes = lists.map((steps) =>
    steps.reduce((sum, step) => sum + step.minutes + (DELAY_SECONDS + BLIND_SECONDS + MOVE_SECONDS) / 60, 0),
  );
  return Math.min(5000, Math.ceil(Math.max(...minutes) * 1.5));
}

