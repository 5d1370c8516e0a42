import { Rule, unless } from '../private/policy-rule';
import { one } from '../private/policy-view';

/** A Vertex AI endpoint writes requests and answers into BigQuery. */
export const dataCapture: Rule = {
  policy: 'MLOPS-SRV-01',
  types: ['google_vertex_ai_endpoint'],
  fix: 'set capture on the endpoint',
  check: ({ attributes }) => unless(one(attributes.predict_request_response_logging_config)?.enabled === true
    ? [] : ['predict_request_response_logging_config is not enabled']),
};
