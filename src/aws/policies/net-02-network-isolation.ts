import { listed } from '../private/policy/iam-statements';
import { waysOut } from '../private/policy/internet-routes';
import { Landscape, Properties, ResourceView } from '../private/policy/resource-view';
import { COMPLIANT, NOT_APPLICABLE, Rule, undecided, Verdict, violation, worst } from '../private/policy/rule';
import { at, isRuntime, REQUESTING_TYPES, requestsOf, SageMakerRequest } from '../private/policy/sagemaker-requests';

type Request = SageMakerRequest['request'];

/** Where a call says that the container is isolated, and in which network it is otherwise. */
const CALLS: Readonly<Record<string, (request: Request) => { isolated: unknown; network: unknown }>> = {
  CreateModel: (r) => ({ isolated: r.EnableNetworkIsolation, network: r.VpcConfig }),
  CreateTrainingJob: (r) => ({ isolated: r.EnableNetworkIsolation, network: r.VpcConfig }),
  CreateProcessingJob: (r) => ({
    isolated: r.NetworkConfig?.EnableNetworkIsolation,
    network: r.NetworkConfig?.VpcConfig,
  }),
};

/**
 * A container is isolated from every network, or it is in a VPC of the account whose routes, as far as the app makes
 * them, do not lead out.
 */
export const networkIsolation: Rule = {
  policy: 'MLOPS-NET-02',
  types: REQUESTING_TYPES,
  fix: 'set EnableNetworkIsolation, or give the job a VPC without a route to the internet',
  check(resource, around) {
    const requests = requestsOf(resource);
    return requests === undefined
      ? undecided('the definition is not known at synthesis')
      : worst(requests.map((each) => checkRequest(each, resource, around)));
  },
};

function checkRequest(request: SageMakerRequest, resource: ResourceView, around: Landscape): Verdict {
  const call = CALLS[request.api]?.(request.request);
  if (call === undefined) return NOT_APPLICABLE;
  if (request.unknown) return undecided(at(request, 'put together at run time'));
  if (call.isolated === true) return COMPLIANT;
  if (hasSubnets(call.network)) {
    const open = waysOut(listed((call.network as Properties).Subnets), resource, around).length > 0;
    if (!open) return COMPLIANT;
    if (isRuntime(call.isolated)) return undecided(at(request, 'decided at run time'));
    return violation(at(request, 'a subnet has a route to the internet, and EnableNetworkIsolation is off'));
  }
  if (isRuntime(call.isolated) || isRuntime(call.network)) return undecided(at(request, 'decided at run time'));
  return violation(at(request, 'neither EnableNetworkIsolation nor VpcConfig'));
}

function hasSubnets(network: any): boolean {
  return network?.Subnets !== undefined && listed(network.Subnets).length > 0;
}
