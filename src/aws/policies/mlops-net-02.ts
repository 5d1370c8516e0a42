import { isRuntime, REQUESTING_TYPES, requestsOf, SageMakerRequest } from '../private/definitions';
import { COMPLIANT, NOT_APPLICABLE, Rule, undecided, Verdict, violation, worst } from '../private/policy-rule';

type Request = SageMakerRequest['request'];

/** Where a call says that the container is isolated, and in which network it is otherwise. */
const CALLS: Readonly<Record<string, (request: Request) => { isolated: unknown; network: unknown }>> = {
  CreateModel: (r) => ({ isolated: r.EnableNetworkIsolation, network: r.VpcConfig }),
  CreateTrainingJob: (r) => ({ isolated: r.EnableNetworkIsolation, network: r.VpcConfig }),
  CreateProcessingJob: (r) => ({ isolated: r.NetworkConfig?.EnableNetworkIsolation, network: r.NetworkConfig?.VpcConfig }),
  CreateHyperParameterTuningJob: (r) => ({
    isolated: r.TrainingJobDefinition?.EnableNetworkIsolation, network: r.TrainingJobDefinition?.VpcConfig,
  }),
};

/**
 * A container is isolated from every network, or it is in a VPC of the account, where routes and endpoints say what it reaches.
 */
export const networkIsolation: Rule = {
  policy: 'MLOPS-NET-02',
  types: REQUESTING_TYPES,
  fix: 'set EnableNetworkIsolation, or give the job a VPC without a route to the internet',
  check(resource) {
    const requests = requestsOf(resource);
    return requests === undefined ? undecided('the definition is not known at synthesis') : worst(requests.map(checkRequest));
  },
};

function checkRequest({ api, request, where }: SageMakerRequest): Verdict {
  const call = CALLS[api]?.(request);
  if (call === undefined) return NOT_APPLICABLE;
  if (call.isolated === true || call.network !== undefined) return COMPLIANT;
  if (isRuntime(call.isolated)) return undecided(`${where}: decided at run time`);
  return violation(`${where === '' ? '' : `${where}: `}neither EnableNetworkIsolation nor VpcConfig`);
}
