import { newBatch } from './batch';
import { ServingRuntime } from './runtime';
import { refuseBecause, speakerFor } from '../../../core/private/validation';
import { Serving } from '../../../core/serving';
import { VertexBatchServingOptions } from '../../vertex-serving-props';

/** Batch predictions of Vertex AI: no endpoint, runs by schedule. */
export const BATCH_RUNTIME: ServingRuntime = {
  make(scope, { who, choices, served, props, runsAs, mayUse }) {
    const { options } = choices.serving as Serving & { readonly options: VertexBatchServingOptions };
    return {
      endpointId: '',
      workflow: newBatch(scope, who, { options, native: props, served, data: props.data, runtime: runsAs, mayUse }),
    };
  },

  grantInvoke(endpoint) {
    return refuseBecause(
      speakerFor('serving endpoint', endpoint),
      'grantInvoke: there is no endpoint in batch mode: put files below the input prefix',
    );
  },

  metricFilter(endpoint) {
    return refuseBecause(
      speakerFor('serving endpoint', endpoint),
      'metricFilter: there is no endpoint in batch mode: watch the workflow',
    );
  },
};
