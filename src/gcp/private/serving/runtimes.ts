import { BATCH_RUNTIME } from './batch-runtime';
import { CLOUD_RUN_RUNTIME } from './cloud-run-runtime';
import { ServingRuntime } from './runtime';
import { VERTEX_RUNTIME } from './vertex-runtime';

/** The runtime of each mode. */
export const RUNTIMES: { readonly [mode: string]: ServingRuntime } = {
  'real-time': VERTEX_RUNTIME,
  'serverless': CLOUD_RUN_RUNTIME,
  'batch': BATCH_RUNTIME,
};
