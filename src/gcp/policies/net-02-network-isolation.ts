import { Part, partsOf } from '../../terraform/policy/parts';
import { isRuntime, one, ResourceView } from '../../terraform/policy/resource-view';
import { NOT_APPLICABLE, Rule, undecided, unless, Verdict, worst } from '../../terraform/policy/rule';
import { customJobsOf, definitionOf, isServiceTemplate, WORKFLOW } from '../private/policy/workflow-calls';

/** Where a service of Cloud Run says how it reaches the world. */
const TEMPLATES: Readonly<Record<string, (resource: ResourceView) => Part | undefined>> = {
  google_cloud_run_v2_job: ({ attributes }) => one(one(attributes.template)?.template),
  google_cloud_run_v2_service: ({ attributes }) => one(attributes.template),
};

/**
 * Jobs and services send all traffic through a network of the project, where routes and firewalls say what they reach;
 * it has no gateway out.
 */
export const networkIsolation: Rule = {
  policy: 'MLOPS-NET-02',
  types: [WORKFLOW, ...Object.keys(TEMPLATES), 'google_compute_router_nat'],
  fix: 'give jobs a network, services vpc_access with egress ALL_TRAFFIC, and the network no NAT',
  check(resource) {
    if (resource.type === 'google_compute_router_nat') return unless(['machines of the network reach the internet']);
    if (resource.type !== WORKFLOW) {
      const egress = one(TEMPLATES[resource.type](resource)?.vpc_access)?.egress;
      return unless(egress === 'ALL_TRAFFIC' ? [] : [`vpc_access.egress is ${egress ?? 'missing'}`]);
    }
    const definition = definitionOf(resource);
    if (definition === undefined) return undecided('the definition is not known at synthesis');
    const services = partsOf(definition, isServiceTemplate)
      .map(({ vpcAccess }) => vpcAccess?.egress)
      .map((egress) =>
        unless(egress === 'ALL_TRAFFIC' ? [] : [`vpcAccess.egress of a service is ${egress ?? 'missing'}`]),
      );
    return worst([...services, checkJobs(customJobsOf(definition))]);
  },
};

function checkJobs(jobs: readonly Part[]): Verdict {
  if (jobs.length === 0) return NOT_APPLICABLE;
  const open = jobs.filter(
    ({ network, pscInterfaceConfig }) => network === undefined && pscInterfaceConfig === undefined,
  );
  if (open.length > 0) {
    return unless([`${open.length} of ${jobs.length} custom jobs have neither network nor pscInterfaceConfig`]);
  }
  return jobs.every(({ network }) => isRuntime(network) && !String(network).includes('${terraform}'))
    ? undecided('decided at run time')
    : unless([]);
}
