import { BATCH_RUNTIME } from './batch-runtime';
import { CONTAINER_APP_RUNTIME } from './container-app-runtime';
import { ONLINE_RUNTIME } from './online-runtime';
import { ServingRuntime } from './runtime';

/** The runtime of each mode. */
export const RUNTIMES: { readonly [mode: string]: ServingRuntime } = {
  'real-time': ONLINE_RUNTIME,
  'serverless': CONTAINER_APP_RUNTIME,
  'batch': BATCH_RUNTIME,
};
