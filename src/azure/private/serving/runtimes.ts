import { ONLINE_RUNTIME } from './online-runtime';
import { ServingRuntime } from './runtime';

/** The runtime of each mode. */
export const RUNTIMES: { readonly [mode: string]: ServingRuntime } = {
  'real-time': ONLINE_RUNTIME,
};
