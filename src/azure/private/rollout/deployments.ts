import { RolloutPlace } from './place';
import { Actions, append, compose, delay, filter, setVariable } from '../base/workflow-actions';
import { after, ENDED, FAILED, forEach, until, when } from '../base/workflow-control';
import { bodyOf, errorOf, ex, Expression, text, variable } from '../base/workflow-expressions';

/** Deployments that a person would have to delete otherwise; each is billed as long as it is there. */
const REMOVE_LIMITS = { count: 120, timeout: 'PT2H' };

/**
 * Deletes what rollouts have deployed and what has neither requests nor copies of them, but for some. What cannot be
 * deleted is noted: it is billed. What people have deployed themselves stays.
 */
export function removeIdle(name: string, place: RolloutPlace, kept: readonly Expression[]): Actions {
  const [look, list, idle] = [`${name}_look`, `${name}_list`, `${name}_idle`];
  const isKept = kept.map((each) => ex`not(equals(${place.nameOfItem}, ${each}))`.code).join(', ');
  return {
    [`${name}_begins`]: setVariable('state', ''),
    [`${name}_unknown`]: setVariable('why', 'it is still there'),
    [name]: until(ex`equals(${variable('state')}, 'clear')`, REMOVE_LIMITS, {
      [look]: place.readEndpoint(),
      [list]: place.listDeployments(),
      [idle]: filter(ex`coalesce(${bodyOf(list)}?['value'], json('[]'))`,
        new Expression(`and(${place.isOwn.code}, ${isKept}, ${place.isIdle(bodyOf(look), place.nameOfItem).code})`)),
      [`${name}_is_clear`]: when(ex`empty(body(${idle}))`, { [`${name}_clear`]: setVariable('state', 'clear') }, {
        [`${name}_each`]: forEach(ex`body(${idle})`, {
          [`${name}_delete`]: place.removeDeployment(place.nameOfItem),
          [`${name}_kept`]: after({ [`${name}_delete`]: FAILED }, setVariable('why', errorOf(`${name}_delete`))),
          [`${name}_deleted`]: after({ [`${name}_delete`]: ENDED, [`${name}_kept`]: ['Succeeded', 'Skipped'] }, compose('it was asked for')),
        }),
        [`${name}_pause`]: delay(30),
      }),
      [`${name}_vain`]: after({ [`${name}_is_clear`]: ['Failed', 'TimedOut', 'Skipped'] }, setVariable('why', text`${errorOf(look)}; ${errorOf(list)}`)),
      [`${name}_waits`]: after({ [`${name}_vain`]: ['Succeeded'] }, delay(30)),
      [`${name}_turn`]: after({ [`${name}_is_clear`]: [...ENDED, 'Skipped'], [`${name}_waits`]: [...ENDED, 'Skipped'] }, compose('the turn is over')),
    }),
    [`${name}_ended`]: after({ [name]: ENDED }, when(ex`not(equals(${variable('state')}, 'clear'))`, {
      [`${name}_noted`]: append('notes', text`${place.leftover}, which is tried again within a day: ${variable('why')}`),
    })),
  };
}
