import { ENDPOINT_TAGS } from './marks';
import { OnlinePlace } from './online-place';
import { Action, Actions, arm, compose, delay, increment, setVariable, Text } from '../base/workflow-actions';
import { after, ENDED, fail, FAILED, LoopLimits, until, when } from '../base/workflow-control';
import { bodyOf, errorOf, ex, Expression, Operand, text, variable } from '../base/workflow-expressions';

const ENDPOINT = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints' as const;

/** How the requests are shared, and what the endpoint says of it. */
export interface Wanted {
  /** Names of deployments with their percentages; together 100. */
  readonly traffic: readonly (readonly [Expression, Operand])[];
  /** Name of the deployment that gets copies, and of how many requests. */
  readonly mirror?: readonly [Expression, Operand];
  /** Names of deployments, or empty. */
  readonly live: Operand;
  readonly rollout?: Operand;
  readonly challenger?: Operand;
}

/** Reads the endpoint. */
export function readEndpoint({ endpointId }: OnlinePlace): Action {
  return arm.get({ type: ENDPOINT, id: endpointId });
}

/** Whether an answer of the endpoint says what is wanted, and nothing is being changed. */
export function isBrought({ endpoint }: OnlinePlace, answer: Expression, wanted: Wanted): Expression {
  const share = (kind: string, name: Expression) => ex`coalesce(${answer}?['properties']?[${kind}]?[${name}], 0)`;
  const tag = (name: string) => ex`coalesce(${answer}?['tags']?[${name}], '')`;
  const { traffic, mirror, live, rollout = '', challenger = '' } = wanted;
  return all([
    ex`equals(${answer}?['properties']?['provisioningState'], 'Succeeded')`,
    ex`equals(${answer}?['properties']?['publicNetworkAccess'], ${endpoint.properties.publicNetworkAccess ?? 'Enabled'})`,
    ...traffic.map(([name, percent]) => ex`equals(${share('traffic', name)}, ${percent})`),
    mirror === undefined ? ex`equals(length(replace(replace(string(coalesce(${answer}?['properties']?['mirrorTraffic'], json('{}'))), '{', ''), '}', '')), 0)`
      : ex`equals(${share('mirrorTraffic', mirror[0])}, ${mirror[1]})`,
    ex`equals(${tag(ENDPOINT_TAGS.live)}, ${live})`,
    ex`equals(${tag(ENDPOINT_TAGS.rollout)}, ${rollout})`,
    ex`equals(${tag(ENDPOINT_TAGS.challenger)}, ${challenger})`,
  ]);
}

/** Whether an answer of the endpoint says that it can be changed. */
export function isAtRest(answer: Expression): Expression {
  return ex`contains(createArray('Succeeded', 'Failed', 'Canceled'), coalesce(${answer}?['properties']?['provisioningState'], ''))`;
}

/** Writes the endpoint with other shares: ARM has no request for the traffic alone. What others have tagged it with stays. */
export function writeEndpoint({ endpointId, location, endpoint }: OnlinePlace, answer: Expression, wanted: Wanted): Action {
  const { traffic, mirror, live, rollout = '', challenger = '' } = wanted;
  return arm.put({
    type: ENDPOINT,
    id: endpointId,
    body: {
      location,
      kind: endpoint.kind,
      identity: endpoint.identity,
      tags: ex`union(coalesce(${answer}?['tags'], json('{}')), ${objectOf([
        [ENDPOINT_TAGS.live, live], [ENDPOINT_TAGS.rollout, rollout], [ENDPOINT_TAGS.challenger, challenger],
      ])})`,
      properties: { ...endpoint.properties, traffic: objectOf(traffic), mirrorTraffic: objectOf(mirror === undefined ? [] : [mirror]) },
    },
  });
}

/** How long it is tried, and what is done besides. */
export interface BringOptions extends LoopLimits {
  /** Done at the first try that failed, before the others. */
  readonly onFirstFault?: Actions;
  /** Whether it can never be: asked after each try that failed, by actions that may set the variable `state` to `gone`. */
  readonly unless?: Actions;
}

/** Variables of `bring`. */
export const BRING_VARIABLES = { state: '', tries: 0, why: '' };

/**
 * Looks at the endpoint and writes it until it has the wanted shares: a look that fails says nothing, and a request whose answer is lost is followed by a
 * look. Fails where the time is over, and then `why` says why.
 */
export function bring(name: string, place: OnlinePlace, wanted: Wanted, what: Text, options: BringOptions): Actions {
  const { onFirstFault = {}, unless = {}, ...limits } = options;
  const [get, put, decide] = [`${name}_look`, `${name}_write`, `${name}_decide`];
  const answer = bodyOf(get);
  return {
    [`${name}_begins`]: setVariable('state', ''),
    [`${name}_from`]: setVariable('tries', -1),
    [`${name}_unknown`]: setVariable('why', 'it was still being changed'),
    [name]: until(ex`contains(createArray('there', 'gone'), ${variable('state')})`, limits, {
      [`${name}_counts`]: increment('tries'),
      [`${name}_pauses`]: when(ex`greater(${variable('tries')}, 0)`, { [`${name}_pause`]: delay(ex`min(600, max(15, mul(${variable('tries')}, 2)))`) }),
      [get]: readEndpoint(place),
      [decide]: when(isBrought(place, answer, wanted), { [`${name}_there`]: setVariable('state', 'there') }, {
        [`${name}_rest`]: when(isAtRest(answer), { [put]: writeEndpoint(place, answer, wanted) }),
      }),
      [`${name}_fault`]: after({ [get]: FAILED }, setVariable('why', errorOf(get))),
      [`${name}_refused`]: after({ [decide]: FAILED }, setVariable('why', errorOf(put))),
      [`${name}_faulty`]: after({ [`${name}_fault`]: ['Succeeded', 'Skipped'], [`${name}_refused`]: ['Succeeded', 'Skipped'], [get]: ENDED, [decide]: [...ENDED, 'Skipped'] },
        when(ex`not(or(equals(${variable('state')}, 'there'), equals(${variable('why')}, 'it was still being changed')))`, {
          ...(Object.keys(onFirstFault).length === 0 ? {} : { [`${name}_first_fault`]: when(ex`not(${variable('isTold')})`, { ...onFirstFault, [`${name}_told`]: setVariable('isTold', true) }) }),
          ...unless,
        })),
    }),
    [`${name}_ended`]: after({ [name]: ENDED }, when(ex`equals(${variable('state')}, 'there')`, { [`${name}_done`]: compose('the traffic is as wanted') },
      fail(`${name}_fails`, text`${what}: ${variable('why')}`))),
  };
}

/** An object whose keys are expressions. */
export function objectOf(entries: readonly (readonly [Operand, Operand])[]): Expression {
  return entries.reduce<Expression>((object, [key, value]) => ex`setProperty(${object}, ${key}, ${value})`, ex`json('{}')`);
}

function all(conditions: readonly Expression[]): Expression {
  return new Expression(`and(${conditions.map(({ code }) => code).join(', ')})`);
}
