import { COMPLIANT, NOT_APPLICABLE, PresenceRule, violation } from '../private/policy/rule';

/** Where models are registered, a card says what they are for. */
export const modelCardPresent: PresenceRule = {
  policy: 'MLOPS-REG-04',
  fix: 'give the guardrails a modelCard',
  checkAll(around) {
    if (!around.has('AWS::SageMaker::ModelPackageGroup')) return NOT_APPLICABLE;
    return around.has('AWS::SageMaker::ModelCard') ? COMPLIANT : violation('no AWS::SageMaker::ModelCard');
  },
};
