import { isTrue, one } from '../../terraform/policy/resource-view';
import { Rule, unless } from '../../terraform/policy/rule';

/** A Vertex AI endpoint writes requests and answers into BigQuery. */
export const dataCapture: Rule = {
  policy: 'MLOPS-SRV-01',
  types: ['google_vertex_ai_endpoint'],
  fix: 'set capture on the endpoint',
  check({ attributes }) {
    const { enabled, sampling_rate: share } = one(attributes.predict_request_response_logging_config) ?? {};
    if (!isTrue(enabled)) return unless(['predict_request_response_logging_config is not enabled']);
    return unless(Number(share) === 0 ? ['predict_request_response_logging_config.sampling_rate is 0'] : []);
  },
};
