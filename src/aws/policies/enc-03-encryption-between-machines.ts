import { COMPLIANT, NOT_APPLICABLE, Rule, undecided, Verdict, violation, worst } from '../private/policy/rule';
import { at, isRuntime, REQUESTING_TYPES, requestsOf, SageMakerRequest } from '../private/policy/sagemaker-requests';

/** How many machines a job has, and whether they encrypt what they send each other. */
const JOBS: Readonly<Record<string, (request: SageMakerRequest['request']) => { count: unknown; encrypted: unknown }>> =
  {
    CreateTrainingJob: (r) => ({
      count:
        r.ResourceConfig?.InstanceCount ??
        (r.ResourceConfig?.InstanceGroups ?? []).reduce((sum: number, group: any) => sum + group.InstanceCount, 0),
      encrypted: r.EnableInterContainerTrafficEncryption,
    }),
    CreateProcessingJob: (r) => ({
      count: r.ProcessingResources?.ClusterConfig?.InstanceCount,
      encrypted: r.NetworkConfig?.EnableInterContainerTrafficEncryption,
    }),
  };

/** A job on more than one machine has inter-container traffic encryption. */
export const trafficBetweenMachines: Rule = {
  policy: 'MLOPS-ENC-03',
  types: REQUESTING_TYPES,
  fix: 'set EnableInterContainerTrafficEncryption on jobs with more than one instance',
  check(resource) {
    const requests = requestsOf(resource);
    return requests === undefined
      ? undecided('the definition is not known at synthesis')
      : worst(requests.map(checkRequest));
  },
};

function checkRequest(call: SageMakerRequest): Verdict {
  const job = JOBS[call.api]?.(call.request);
  if (job !== undefined && call.unknown) return undecided(at(call, 'put together at run time'));
  if (job === undefined || job.count === undefined || Number(job.count) <= 1) return NOT_APPLICABLE;
  if (job.encrypted === true) return COMPLIANT;
  if (isRuntime(job.encrypted) || isRuntime(job.count)) return undecided(at(call, 'decided at run time'));
  return violation(at(call, `${job.count} instances without EnableInterContainerTrafficEncryption`));
}
