import { newBatch } from './batch';
import { ServingRuntime } from './runtime';
import { refuseBecause, speakerFor } from '../../../core/private/validation';

/** Batch predictions by command jobs: no endpoint, runs by schedule. */
export const BATCH_RUNTIME: ServingRuntime = {
  make(scope, parts) {
    const { id, name } = newBatch(scope, parts);
    return { endpointId: '', endpointName: '', workflowId: id, workflowName: name };
  },

  grantInvoke(endpoint) {
    return refuseBecause(
      speakerFor('serving endpoint', endpoint),
      'grantInvoke: there is no endpoint in batch mode: put files below the input prefix',
    );
  },
};
