import { versionStates } from './approved-version';
import { lookStates } from './concurrency';
import { componentStates, endpointStates } from './create-or-update';
import { refreshStates } from './live-version';
import { makeStates } from './model-and-config';
import { cleanUpStates, endStates } from './outcomes';
import { executionSeconds, MAX_MINUTES } from './polling';
import { scalingStates } from './scaling';
import { refreshes, RolloutSpec } from './spec';
import { targetOf } from './target';
import { watchStates } from './watch';
import { StateMachineDefinition } from '../base/state-language';

/**
 * Brings an approved model version to the endpoint and proves that it is the one that answers.
 *
 * Started by the event of an approval, or by hand with `{"modelPackageArn": "…"}` (any version, so also a rollback),
 * with `{}` (the newest approved version again), and with `"promote": true` (takes the place of the live version
 * although a challenger is configured). With `"ignoreAlarms": true` it goes out all at once and without a way back: the
 * alarms of a live version that is broken fire already, and SageMaker would turn back whatever replaces it. An event
 * that names no version, that of an updated stack, brings what the template says now (another network, another machine)
 * to the version that is live, whichever that is, and does nothing where it is live already. Where nothing is live it
 * brings the newest approved version.
 *
 * - What is live decides the order: an approval of a version that is older than the live one is left, and people are
 *   told. One that is being brought is waited for, because it may be rolled back. So approvals may come in any order,
 *   at the same time and more than once. A rollout started by hand does what it is told.
 * - The approval is read each time before the endpoint is touched, and while a version comes up: one that is taken back
 *   ends the rollout.
 * - Names follow from the version and the settings: a repeated call, or a repeated event, finds what it has made
 *   before. A rollout by hand has names of its own.
 * - SageMaker rolls back to the old config without a word when an alarm fires or the new containers do not come up: the
 *   endpoint is `InService`, on the old config. Only the comparison with the wanted config tells.
 * - A call whose answer is lost may have been carried out. A look that fails is made again until the deadline, a write
 *   that fails is followed by a look, and only what the service itself refuses (status 4xx) is a failure at once.
 *   Messages say what the last look has seen.
 * - On every way out the rollout looks once more: what serves, or may serve, is not touched, models and configs that it
 *   has made and nothing uses go, and scaling that it may have taken off comes back.
 */
export function rolloutDefinition(spec: RolloutSpec): StateMachineDefinition {
  const target = targetOf(spec);
  const maxMinutes = spec.maxMinutes ?? MAX_MINUTES;
  return {
    Comment: `Rolls out approved model versions to ${spec.inferenceComponent ? 'a component of the endpoint' : 'the endpoint'}`,
    QueryLanguage: 'JSONata',
    StartAt: 'ReadInput',
    // The margin lets the machine clean up and notify after its own deadline.
    TimeoutSeconds: executionSeconds(spec),
    States: {
      ...versionStates(spec, maxMinutes),
      ...(refreshes(spec) ? refreshStates(spec, target) : {}),
      ...lookStates(spec, target),
      ...makeStates(spec),
      ...(spec.inferenceComponent ? componentStates(spec, spec.inferenceComponent) : endpointStates(spec)),
      ...watchStates(spec, target),
      ...scalingStates(spec, target),
      ...cleanUpStates(spec, target),
      ...endStates(spec, target),
    },
  };
}
