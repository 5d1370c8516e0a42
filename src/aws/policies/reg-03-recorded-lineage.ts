import { NOT_APPLICABLE, Rule, undecided, unless } from '../private/policy/rule';
import { at, REQUESTING_TYPES, requestsOf } from '../private/policy/sagemaker-requests';

/** A registered version carries its scores: model metrics, or the metadata that says where they are. */
export const recordedLineage: Rule = {
  policy: 'MLOPS-REG-03',
  types: REQUESTING_TYPES,
  fix: 'register with CustomerMetadataProperties (evaluation, pipelineExecution) or ModelMetrics',
  check(resource) {
    const requests = requestsOf(resource);
    if (requests === undefined) return undecided('the definition is not known at synthesis');
    const registrations = requests.filter(({ api }) => api === 'CreateModelPackage');
    if (registrations.length === 0) return NOT_APPLICABLE;
    const findings = registrations
      .filter(({ unknown }) => !unknown)
      .filter(
        ({ request }) =>
          request.ModelMetrics === undefined && request.CustomerMetadataProperties?.evaluation === undefined,
      )
      .map((each) => at(each, 'neither ModelMetrics nor CustomerMetadataProperties.evaluation'));
    if (findings.length === 0 && registrations.some(({ unknown }) => unknown)) {
      return undecided('put together at run time');
    }
    return unless(findings);
  },
};
