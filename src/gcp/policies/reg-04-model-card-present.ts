import { COMPLIANT, NOT_APPLICABLE, PresenceRule, violation } from '../../terraform/policy/rule';
import { callsOf, definitionOf, WORKFLOW } from '../private/policy/workflow-calls';

/** Where models are registered, a card says what they are for. */
export const modelCardPresent: PresenceRule = {
  policy: 'MLOPS-REG-04',
  fix: 'give the guardrails a modelCard',
  checkAll(around) {
    const registers = around.has('google_artifact_registry_repository')
      || around.ofType(WORKFLOW).some((each) => callsOf(definitionOf(each), /models:upload\b/).length > 0);
    if (!registers) return NOT_APPLICABLE;
    const card = around
      .ofType('google_storage_bucket_object')
      .some(({ attributes }) => /(^|\/)model-card\.json$/.test(String(attributes.name)));
    return card ? COMPLIANT : violation('no object model-card.json');
  },
};
