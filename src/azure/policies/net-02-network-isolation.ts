import { listed } from '../../core/private/listed';
import { one, ResourceView } from '../../terraform/policy/resource-view';
import { NOT_APPLICABLE, Rule, undecided, unless, Verdict } from '../../terraform/policy/rule';
import { definitionOf, deploymentsOf, isExpression, WORKFLOW } from '../private/policy/workflow-calls';

const WORKSPACE = 'Microsoft.MachineLearningServices/workspaces';
const OUTBOUND_RULE = 'Microsoft.MachineLearningServices/workspaces/outboundRules';

/** Settings that let a resource out of the network, by type. */
const EXITS: Readonly<Record<string, (resource: ResourceView) => Verdict>> = {
  azurerm_container_app_environment: ({ attributes }) =>
    unless(attributes.infrastructure_subnet_id === undefined ? ['infrastructure_subnet_id is missing'] : []),
  azurerm_machine_learning_workspace: ({ attributes }) =>
    ofManagedNetwork('managed_network.isolation_mode', one(attributes.managed_network)?.isolation_mode),
  azurerm_machine_learning_workspace_network_outbound_rule_fqdn: ({ attributes }) =>
    ofName(attributes.destination_fqdn),
  azurerm_machine_learning_workspace_network_outbound_rule_service_tag: ({ attributes }) =>
    ofTag(attributes.service_tag),
  azurerm_nat_gateway: () => unless(['machines of the network reach the internet']),
  [OUTBOUND_RULE]: ({ attributes }) => {
    const { type: kind, destination } = attributes.properties ?? {};
    return kind === 'FQDN' ? ofName(destination) : kind === 'ServiceTag' ? ofTag(destination?.serviceTag) : unless([]);
  },
  [WORKFLOW]: (resource) => {
    const definition = definitionOf(resource);
    if (definition === undefined) return undecided('the definition is not known at synthesis');
    const deployments = deploymentsOf(definition);
    if (deployments.length === 0) return NOT_APPLICABLE;
    // Left out, the network of the workspace decides, whose own line stands in the report.
    const open = deployments
      .map(
        ({ properties, egressPublicNetworkAccess }) =>
          properties?.egressPublicNetworkAccess ?? egressPublicNetworkAccess,
      )
      .filter((egress) => egress === 'Enabled');
    return unless(open.map(() => 'egressPublicNetworkAccess of a deployment is Enabled'));
  },
  [WORKSPACE]: ({ attributes }) =>
    ofManagedNetwork('managedNetwork.isolationMode', attributes.properties?.managedNetwork?.isolationMode),
};

function ofManagedNetwork(name: string, mode: unknown): Verdict {
  if (isExpression(mode)) return undecided(`${name} is not known at synthesis`);
  return unless(mode === 'AllowOnlyApprovedOutbound' ? [] : [`${name} is ${mode ?? 'missing'}`]);
}

function ofName(fqdn: unknown): Verdict {
  return unless(/^\*\.?(\w+)?$/.test(String(fqdn)) ? [`${fqdn} is everything`] : []);
}

function ofTag(tag: unknown): Verdict {
  return unless(listed(tag).includes('Internet') ? ['the service tag Internet is everything'] : []);
}

/**
 * Jobs, notebooks and endpoints of a workspace reach what its managed network has approved; serverless endpoints are in
 * a network of the stack, where routes say what they reach, and it has no gateway out.
 */
export const networkIsolation: Rule = {
  policy: 'MLOPS-NET-02',
  types: Object.keys(EXITS),
  fix: 'give the workspace ManagedNetwork.approvedOutbound, environments of Container Apps a subnet, and the network no NAT gateway',
  check: (resource) => EXITS[resource.type](resource),
};
