import { listed } from '../private/policy/iam-statements';
import { NOT_APPLICABLE, Rule, undecided, unless, Verdict, violation, worst } from '../private/policy/rule';
import { at, isRuntime, REQUESTING_TYPES, requestsOf, SageMakerRequest } from '../private/policy/sagemaker-requests';

/** An endpoint on instances captures requests and answers; a serverless one cannot. */
export const dataCapture: Rule = {
  policy: 'MLOPS-SRV-01',
  types: REQUESTING_TYPES,
  fix: 'set capture on the endpoint',
  check(resource) {
    const requests = requestsOf(resource);
    return requests === undefined
      ? undecided('the definition is not known at synthesis')
      : worst(requests.map(checkRequest));
  },
};

function checkRequest(call: SageMakerRequest): Verdict {
  const { api, request } = call;
  if (api !== 'CreateEndpointConfig') return NOT_APPLICABLE;
  if (call.unknown) return undecided(at(call, 'put together at run time'));
  if ((request.ProductionVariants ?? []).some((each: any) => each.ServerlessConfig !== undefined)) {
    return NOT_APPLICABLE;
  }
  const {
    EnableCapture: enabled,
    InitialSamplingPercentage: share,
    CaptureOptions: options,
  } = request.DataCaptureConfig ?? {};
  if (isRuntime(enabled) || isRuntime(request.DataCaptureConfig)) return undecided(at(call, 'decided at run time'));
  if (enabled !== true) return violation(at(call, 'DataCaptureConfig.EnableCapture is off'));
  const modes = listed(options).map((each: any) => each.CaptureMode);
  const missing =
    options === undefined || modes.includes('InputAndOutput')
      ? []
      : ['Input', 'Output'].filter((each) => !modes.includes(each) && !modes.some(isRuntime));
  return unless([
    ...(share === 0 ? [at(call, 'DataCaptureConfig.InitialSamplingPercentage is 0')] : []),
    ...missing.map((each) => at(call, `DataCaptureConfig.CaptureOptions has no ${each}`)),
  ]);
}
