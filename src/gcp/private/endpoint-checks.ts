import { refuseBecause, Speaker } from '../../core/private/validation';
import { Challenger } from '../../core/rollout';
import { Serving } from '../../core/serving';

/** The choices of a user that may not fit together. */
export interface EndpointChoices {
  readonly challenger?: Challenger;
}

/** Refuses what the mode, or Google Cloud, cannot do. */
export function checkChoices(who: Speaker, serving: Serving, choices: EndpointChoices): void {
  if (choices.challenger?.kind === 'shadow') {
    refuseBecause(who, 'challenger shadow is refused on gcp: Vertex AI copies no traffic, use Challenger.abTest with a small share, or predict captured requests with a batch endpoint');
  }
  void serving;
}
