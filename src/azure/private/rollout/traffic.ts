import { RolloutPlace, Wanted } from './place';
import { Actions, compose, delay, increment, setVariable, Text } from '../base/workflow-actions';
import { after, ENDED, fail, FAILED, LoopLimits, until, when } from '../base/workflow-control';
import { bodyOf, errorOf, ex, Expression, Operand, text, variable } from '../base/workflow-expressions';


/** How long it is tried, and what is done besides. */
export interface BringOptions extends LoopLimits {
  /** Done at the first try that failed, before the others. */
  readonly onFirstFault?: Actions;
  /**
   * Whether it can never be: asked after each try that failed, by actions that may set the variable `state` to `gone`.
   */
  readonly unless?: Actions;
}

/** Variables of `bring`. */
export const BRING_VARIABLES = { state: '', tries: 0, why: '' };

/**
 * Looks at the endpoint and writes it until it has the wanted shares: a look that fails says nothing, and a request
 * whose answer is lost is followed by a look. Fails where the time is over, and then `why` says why.
 */
export function bring(name: string, place: RolloutPlace, wanted: Wanted, what: Text, options: BringOptions): Actions {
  const { onFirstFault = {}, unless = {}, ...limits } = options;
  const [get, put, decide] = [`${name}_look`, `${name}_write`, `${name}_decide`];
  const answer = bodyOf(get);
  return {
    [`${name}_begins`]: setVariable('state', ''),
    [`${name}_from`]: setVariable('tries', -1),
    [`${name}_unknown`]: setVariable('why', 'it was still being changed'),
    [name]: until(ex`contains(createArray('there', 'gone'), ${variable('state')})`, limits, {
      [`${name}_counts`]: increment('tries'),
      [`${name}_pauses`]: when(ex`greater(${variable('tries')}, 0)`, {
        [`${name}_pause`]: delay(ex`min(600, max(15, mul(${variable('tries')}, 2)))`),
      }),
      [get]: place.readEndpoint(),
      [decide]: when(
        place.isBrought(answer, wanted),
        { [`${name}_there`]: setVariable('state', 'there') },
        {
          [`${name}_rest`]: when(place.isAtRest(answer), { [put]: place.writeEndpoint(answer, wanted) }),
        },
      ),
      [`${name}_fault`]: after({ [get]: FAILED }, setVariable('why', errorOf(get))),
      [`${name}_refused`]: after({ [decide]: FAILED }, setVariable('why', errorOf(put))),
      [`${name}_faulty`]: after(
        {
          [`${name}_fault`]: ['Succeeded', 'Skipped'],
          [`${name}_refused`]: ['Succeeded', 'Skipped'],
          [get]: ENDED,
          [decide]: [...ENDED, 'Skipped'],
        },
        when(
          ex`not(or(equals(${variable('state')}, 'there'), equals(${variable('why')}, 'it was still being changed')))`,
          {
            ...(Object.keys(onFirstFault).length === 0
              ? {}
              : {
                [`${name}_first_fault`]: when(ex`not(${variable('isTold')})`, {
                  ...onFirstFault,
                  [`${name}_told`]: setVariable('isTold', true),
                }),
              }),
            ...unless,
          },
        ),
      ),
    }),
    [`${name}_ended`]: after(
      { [name]: ENDED },
      when(
        ex`equals(${variable('state')}, 'there')`,
        { [`${name}_done`]: compose('the traffic is as wanted') },
        fail(`${name}_fails`, text`${what}: ${variable('why')}`),
      ),
    ),
  };
}

/** An object whose keys are expressions. */
export function objectOf(entries: readonly (readonly [Operand, Operand])[]): Expression {
  return entries.reduce<Expression>(
    (object, [key, value]) => ex`setProperty(${object}, ${key}, ${value})`,
    ex`json('{}')`,
  );
}

/** Whether all of some conditions hold. */
export function all(conditions: readonly Expression[]): Expression {
  return new Expression(`and(${conditions.map(({ code }) => code).join(', ')})`);
}
