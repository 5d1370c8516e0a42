import { isRuntime, REQUESTING_TYPES, requestsOf, SageMakerRequest } from '../private/definitions';
import { COMPLIANT, NOT_APPLICABLE, Rule, undecided, Verdict, violation, worst } from '../private/policy-rule';

/** An endpoint on instances captures requests and answers; a serverless one cannot. */
export const dataCapture: Rule = {
  policy: 'MLOPS-SRV-01',
  types: REQUESTING_TYPES,
  fix: 'set capture on the endpoint',
  check(resource) {
    const requests = requestsOf(resource);
    return requests === undefined ? undecided('the definition is not known at synthesis') : worst(requests.map(checkRequest));
  },
};

function checkRequest({ api, request, where }: SageMakerRequest): Verdict {
  if (api !== 'CreateEndpointConfig') return NOT_APPLICABLE;
  if ((request.ProductionVariants ?? []).some((each: any) => each.ServerlessConfig !== undefined)) return NOT_APPLICABLE;
  const enabled = request.DataCaptureConfig?.EnableCapture;
  if (enabled === true) return COMPLIANT;
  if (isRuntime(enabled)) return undecided(`${where}: decided at run time`);
  return violation(`${where === '' ? '' : `${where}: `}DataCaptureConfig.EnableCapture is off`);
}
