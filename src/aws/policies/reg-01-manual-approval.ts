import { NOT_APPLICABLE, Rule, undecided, unless } from '../private/policy/rule';
import { at, isRuntime, REQUESTING_TYPES, requestsOf } from '../private/policy/sagemaker-requests';

/** Whatever registers a version leaves its approval to a person. */
export const manualApproval: Rule = {
  policy: 'MLOPS-REG-01',
  types: REQUESTING_TYPES,
  fix: 'use Approval.manual()',
  check(resource) {
    const requests = requestsOf(resource);
    if (requests === undefined) return undecided('the definition is not known at synthesis');
    const registrations = requests.filter(({ api }) => api === 'CreateModelPackage' || api === 'UpdateModelPackage');
    if (registrations.length === 0) return NOT_APPLICABLE;
    const findings = registrations
      .filter(({ request }) => request.ModelApprovalStatus === 'Approved')
      .map((each) => at(each, 'registers as Approved'));
    if (
      findings.length === 0 &&
      registrations.some(({ request, unknown }) => unknown || isRuntime(request.ModelApprovalStatus))
    ) {
      return undecided('decided at run time');
    }
    return unless(findings);
  },
};
