import { listed } from '../private/policy/iam-statements';
import { COMPLIANT, NOT_APPLICABLE, Rule, undecided, Verdict, violation, worst } from '../private/policy/rule';
import { at, isRuntime, REQUESTING_TYPES, requestsOf, SageMakerRequest } from '../private/policy/sagemaker-requests';

/** Each update of an endpoint names the alarms that roll it back. */
export const rollbackAlarms: Rule = {
  policy: 'MLOPS-SRV-02',
  types: REQUESTING_TYPES,
  fix: 'give the endpoint\'s DeploymentConfig an AutoRollbackConfiguration with alarms',
  check(resource) {
    const requests = requestsOf(resource);
    return requests === undefined
      ? undecided('the definition is not known at synthesis')
      : worst(requests.map(checkRequest));
  },
};

function checkRequest(call: SageMakerRequest): Verdict {
  const { api, request } = call;
  if (api !== 'UpdateEndpoint' && api !== 'UpdateInferenceComponent') return NOT_APPLICABLE;
  const alarms = request.DeploymentConfig?.AutoRollbackConfiguration?.Alarms;
  if (call.unknown || isRuntime(request.DeploymentConfig) || isRuntime(alarms)) {
    return undecided(at(call, 'decided at run time'));
  }
  return listed(alarms).length > 0 ? COMPLIANT : violation(at(call, 'no alarm takes a bad update back'));
}
