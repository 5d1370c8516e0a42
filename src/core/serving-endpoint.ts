import { Challenger, Rollout } from './rollout';
import { Serving } from './serving';

/** Capture of requests and responses. */
export interface CaptureSpec {
  /**
   * Share of the requests that is recorded, in percent, 1 to 100; 0 records nothing, and what was recorded stays.
   *
   * @default 100
   */
  readonly samplingPercent?: number;
}

/** How a model is served and how a new version takes over. */
export interface ServingEndpointIntent {
  /**
   * The mode.
   *
   * @default Serving.realTime()
   */
  readonly serving?: Serving;
  /**
   * How a new version takes over.
   *
   * @default Rollout.allAtOnce()
   */
  readonly rollout?: Rollout;
  /**
   * Recording of requests and answers into the data lake; drift detection reads it.
   *
   * @default - the level decides: from level 1 on for real-time endpoints; an endpoint of your own stack records
   *   nothing
   */
  readonly capture?: CaptureSpec;
  /**
   * A second version beside the live one, for comparison.
   *
   * @default - none: an approved version takes over
   */
  readonly challenger?: Challenger;
}
