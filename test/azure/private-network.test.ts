import { AzureResourceGroup } from '../../src/azure/azure-resource-group';
import { ArmRenderer } from '../../src/azure/azure-resource-group-props';
import { PRIVATE_ZONES, privateEndpoint } from '../../src/azure/private/base/private-endpoint';
import { PrivateNetwork } from '../../src/azure/private-network';
import { NetworkAttributes, PrivateNetworkProps } from '../../src/azure/private-network-props';
import { azureStack, onlyResource, resourcesOf, SUBSCRIPTION, synthesized } from '../support/azure';

const made = (props: PrivateNetworkProps = {}, use: (network: PrivateNetwork) => unknown = () => {}) => {
  const stack = azureStack();
  use(new PrivateNetwork(stack, 'Network', props));
  return synthesized(stack);
};

test('nothing comes in from the internet, and nothing has a way out by itself', () => {
  const config = made();
  expect(onlyResource(config, 'azurerm_virtual_network').address_space).toEqual(['10.64.0.0/20']);
  expect(onlyResource(config, 'azurerm_subnet')).toMatchObject({
    name: 'endpoints', address_prefixes: ['10.64.0.0/23'], default_outbound_access_enabled: false, private_endpoint_network_policies: 'Enabled',
  });
  expect(onlyResource(config, 'azurerm_network_security_group').security_rule).toEqual([expect.objectContaining({ direction: 'Inbound', access: 'Deny', source_address_prefix: 'Internet' })]);
  expect(resourcesOf(config, 'azurerm_subnet_network_security_group_association')).toHaveLength(1);
});

test('the subnet of serverless endpoints is made once, when it is asked for, and delegated', () => {
  const config = made({ addressSpace: '10.0.0.0/16' }, (network) => [network.containerAppsSubnetId, network.containerAppsSubnetId]);
  const subnets = resourcesOf(config, 'azurerm_subnet');
  expect(subnets).toHaveLength(2);
  const [containerApps] = subnets.filter(({ name }) => name === 'containerapps');
  expect(containerApps).toMatchObject({ address_prefixes: ['10.0.32.0/19'], delegation: [{ service_delegation: { name: 'Microsoft.App/environments' } }] });
});

test('a service gets a private address, with zones that are made once', () => {
  const config = made({}, (network) => {
    for (const id of ['One', 'Two']) {
      privateEndpoint(network, id, { network, targetId: `/subscriptions/${SUBSCRIPTION}/x/${id}`, subresource: 'amlworkspace', zones: PRIVATE_ZONES.amlworkspace });
    }
  });
  expect(resourcesOf(config, 'azurerm_private_dns_zone').map(({ name }) => name).sort()).toEqual(['privatelink.api.azureml.ms', 'privatelink.notebooks.azure.net']);
  expect(resourcesOf(config, 'azurerm_private_dns_zone_virtual_network_link')).toHaveLength(2);
  for (const each of resourcesOf(config, 'azurerm_private_endpoint')) {
    expect(each.private_service_connection).toMatchObject({ subresource_names: ['amlworkspace'], is_manual_connection: false });
    expect(each.private_dns_zone_group.private_dns_zone_ids).toHaveLength(2);
  }
});

test('a stack makes one only when something asks for it', () => {
  const stack = azureStack({ armRenderer: ArmRenderer.AZAPI });
  expect(synthesized(stack).resource.azurerm_virtual_network).toBeUndefined();
  expect(AzureResourceGroup.of(stack).network).toBe(AzureResourceGroup.of(stack).network);
  expect(resourcesOf(synthesized(stack), 'azurerm_virtual_network')).toHaveLength(1);
});

test.each(['10.64.0.0', '10.64.0.0/25', '10.64.0.0/15', '300.1.1.0/20'])('the range %s is refused', (addressSpace) => {
  expect(() => made({ addressSpace })).toThrow(/private network 'Stack\/Network': addressSpace must be a range like 10\.64\.0\.0\/20, \/16 to \/24/);
});

test('a range begins with its first address', () => {
  expect(() => made({ addressSpace: '10.0.1.0/20' })).toThrow(new Error(
    "private network 'Stack/Network': addressSpace must be the first address of its range, like 10.64.0.0/20, got '10.0.1.0/20'"));
});

describe('a network of one\'s own', () => {
  const networkId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub`;
  const attributes: NetworkAttributes = { networkId, subnetId: `${networkId}/subnets/endpoints` };

  test('leaves zones that its own DNS knows alone', () => {
    const zoneId = `/subscriptions/${SUBSCRIPTION}/resourceGroups/hub/providers/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net`;
    const network = PrivateNetwork.fromAttributes({ ...attributes, privateDnsZoneIds: { 'privatelink.blob.core.windows.net': zoneId } });
    const stack = azureStack({ network });
    privateEndpoint(stack, 'Blob', { network, targetId: 'blob', subresource: 'blob', zones: PRIVATE_ZONES.blob });
    privateEndpoint(stack, 'Queue', { network, targetId: 'queue', subresource: 'queue', zones: PRIVATE_ZONES.queue });
    const groups = resourcesOf(synthesized(stack), 'azurerm_private_endpoint').map(({ private_dns_zone_group: group }) => group?.private_dns_zone_ids);
    expect(groups).toEqual([[zoneId], undefined]);
  });

  test('says what a serverless endpoint needs', () => {
    expect(() => PrivateNetwork.fromAttributes(attributes).containerAppsSubnetId).toThrow(/a serverless endpoint needs containerAppsSubnetId/);
  });

  test.each([
    ['networkId', { networkId: 'hub' }],
    ['subnetId', { subnetId: 'endpoints' }],
    ['containerAppsSubnetId', { containerAppsSubnetId: 'apps' }],
    ['privateDnsZoneIds.x', { privateDnsZoneIds: { x: 'zone' } }],
  ])('with a wrong %s is refused', (prop, wrong) => {
    expect(() => PrivateNetwork.fromAttributes({ ...attributes, ...wrong })).toThrow(`${prop} must be the ARM id of a`);
  });
});
