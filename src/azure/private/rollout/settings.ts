import { RolloutPlace } from './place';
import { TrafficStep } from './watch';
import { AnswerLimits } from '../../../core/private/resolve/limits';

/** What a rollout needs to know at synthesis. */
export interface RolloutSettings {
  readonly place: RolloutPlace;
  /** ARM id of the model; versions are `/versions/<version>` below it. */
  readonly modelContainerId: string;
  readonly modelName: string;
  /** The version that the stack names; undefined where approvals do. */
  readonly declaredVersion?: string;
  /** Registers that version first, where the stack has files instead. */
  readonly artifact?: DeclaredVersion;
  /** Image of versions whose tags name none. */
  readonly defaultImage?: string;
  readonly steps: readonly TrafficStep[];
  /** What an approved version gets beside the live one; undefined where it takes over. */
  readonly challenger?: TrafficStep;
  readonly limits: AnswerLimits;
}

/** A version that the stack declares by its files. */
export interface DeclaredVersion {
  readonly modelUri: string;
  readonly image: string;
  readonly variables: { readonly [name: string]: string };
}
