import { at, isRuntime, REQUESTING_TYPES, requestsOf, SageMakerRequest } from '../private/definitions';
import { COMPLIANT, NOT_APPLICABLE, Rule, undecided, Verdict, violation, worst } from '../private/policy-rule';
import { listed } from '../private/statements';

type Request = SageMakerRequest['request'];

/** Where a call says that the container is isolated, and in which network it is otherwise. */
const CALLS: Readonly<Record<string, (request: Request) => { isolated: unknown; network: unknown }>> = {
  CreateModel: (r) => ({ isolated: r.EnableNetworkIsolation, network: r.VpcConfig }),
  CreateTrainingJob: (r) => ({ isolated: r.EnableNetworkIsolation, network: r.VpcConfig }),
  CreateProcessingJob: (r) => ({ isolated: r.NetworkConfig?.EnableNetworkIsolation, network: r.NetworkConfig?.VpcConfig }),
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

function checkRequest(request: SageMakerRequest): Verdict {
  const call = CALLS[request.api]?.(request.request);
  if (call === undefined) return NOT_APPLICABLE;
  if (request.unknown) return undecided(at(request, 'put together at run time'));
  if (call.isolated === true || hasSubnets(call.network)) return COMPLIANT;
  if (isRuntime(call.isolated) || isRuntime(call.network)) return undecided(at(request, 'decided at run time'));
  return violation(at(request, 'neither EnableNetworkIsolation nor VpcConfig'));
}

function hasSubnets(network: any): boolean {
  return network?.Subnets !== undefined && listed(network.Subnets).length > 0;
}
