import { refreshStates, versionStates } from './approved-version';
import { lookStates } from './concurrency';
import { componentStates, endpointStates } from './create-or-update';
import { makeStates } from './model-and-config';
import { endStates, failureStates } from './outcomes';
import { scalingStates } from './scaling';
import { refreshes, RolloutSpec } from './spec';
import { targetOf } from './target';
import { MAX_MINUTES, watchStates } from './watch';
import { StateMachineDefinition } from '../base/state-language';

/**
 * Brings an approved model version to the endpoint and proves that it is the one that answers.
 *
 * Started by the event of an approval, or by hand with `{"modelPackageArn": "…"}` (any version, so also a rollback), with
 * `{}` (the newest approved version again), and with `"promote": true` (takes the place of the live version although a
 * challenger is configured). With `"ignoreAlarms": true` it goes out all at once and without a way back: the alarms of a live version that is broken
 * ring already, and SageMaker would turn back whatever replaces it. An event that names no version, that of an updated stack, brings what the template says now (another network,
 * another machine) to the version that is live, whichever that is, and does nothing where it is live already.
 *
 * - The newest approved version wins: a rollout started by an event looks, each time before it touches the endpoint, whether a
 *   newer version has been approved meanwhile, and then leaves the endpoint to that one. So approvals may come in any order, at
 *   the same time and more than once. A rollout started by hand does what it is told.
 * - Names follow from the version and the settings: a repeated call, or a repeated event, finds what it has made before.
 *   A rollout by hand has names of its own.
 * - SageMaker goes back to the old config without a word when an alarm goes off or the new containers do not come up: the
 *   endpoint is `InService`, on the old config. Only the comparison with the wanted config tells.
 * - On failure what serves stays; the new config and model are deleted unless they serve or are being worked on; scaling that
 *   had been taken off comes back.
 */
export function rolloutDefinition(spec: RolloutSpec): StateMachineDefinition {
  const target = targetOf(spec);
  const maxMinutes = spec.maxMinutes ?? MAX_MINUTES;
  return {
    Comment: `Rolls out approved model versions to ${spec.inferenceComponent ? 'a component of the endpoint' : 'the endpoint'}`,
    QueryLanguage: 'JSONata',
    StartAt: 'ReadInput',
    // The margin lets the machine clean up and notify after its own deadline.
    TimeoutSeconds: maxMinutes * 60 + 1800,
    States: {
      ...versionStates(spec, maxMinutes),
      ...(refreshes(spec) ? refreshStates(spec, target) : {}),
      ...lookStates(spec, target),
      ...makeStates(spec),
      ...(spec.inferenceComponent ? componentStates(spec, spec.inferenceComponent) : endpointStates(spec)),
      ...watchStates(spec, target),
      ...scalingStates(spec),
      ...endStates(spec),
      ...failureStates(spec, target),
    },
  };
}
