import { COMPLIANT, NOT_APPLICABLE, PresenceRule, violation } from '../../terraform/policy/rule';
import { definitionOf, versionsOf, WORKFLOW, writesOf } from '../private/policy/workflow-calls';

/** Where models are registered, a card says what they are for. */
export const modelCardPresent: PresenceRule = {
  policy: 'MLOPS-REG-04',
  fix: 'give the guardrails a modelCard',
  checkAll(around) {
    const registers =
      around.has(
        'Microsoft.MachineLearningServices/workspaces/models',
        'Microsoft.MachineLearningServices/registries',
      ) || around.ofType(WORKFLOW).some((each) => versionsOf(definitionOf(each)).length > 0);
    if (!registers) return NOT_APPLICABLE;
    const uploaded = around
      .ofType('azurerm_storage_blob')
      .some(({ attributes }) => /(^|\/)model-card\.json$/.test(String(attributes.name)));
    const written = around
      .ofType(WORKFLOW)
      .some((each) => writesOf(definitionOf(each), /\/model-card\.json$/).length > 0);
    return uploaded || written ? COMPLIANT : violation('no blob model-card.json');
  },
};
