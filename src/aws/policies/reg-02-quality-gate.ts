import { NOT_APPLICABLE, Rule, undecided, unless } from '../private/policy/rule';
import { requestsOf } from '../private/policy/sagemaker-requests';

/** A pipeline registers behind a condition only. */
export const qualityGate: Rule = {
  policy: 'MLOPS-REG-02',
  types: ['AWS::SageMaker::Pipeline', 'AWS::StepFunctions::StateMachine'],
  fix: 'give the training pipeline qualityGates',
  check(resource) {
    const requests = requestsOf(resource);
    if (requests === undefined) return undecided('the definition is not known at synthesis');
    const registrations = requests.filter(({ api }) => api === 'CreateModelPackage');
    if (registrations.length === 0) return NOT_APPLICABLE;
    if (resource.type === 'AWS::StepFunctions::StateMachine') {
      return undecided('what stands before the registration is not read from a state machine');
    }
    return unless(
      registrations.filter(({ gated }) => !gated).map(({ where }) => `${where}: no condition stands before it`),
    );
  },
};
