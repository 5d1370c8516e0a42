import { GoogleProject, PrivateNetwork, PrivateNetworkProps } from '../../src/gcp';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized, TerraformConfig } from '../support/terraform';

const config = (props: PrivateNetworkProps = {}): TerraformConfig => {
  const stack = googleStack();
  new PrivateNetwork(stack, 'Net', props);
  return synthesized(stack);
};

describe('the network', () => {
  test('has no route but to Google', () => {
    const all = config();
    expect(onlyResource(all, 'google_compute_network')).toMatchObject({ auto_create_subnetworks: false, delete_default_routes_on_create: true });
    expect(onlyResource(all, 'google_compute_route')).toMatchObject({ dest_range: '199.36.153.8/30', next_hop_gateway: 'default-internet-gateway' });
  });

  test('lets nothing out but to Google\'s APIs and to private addresses', () => {
    const rules = resourcesOf(config(), 'google_compute_firewall').filter(({ direction }) => direction === 'EGRESS')
      .sort((a, b) => a.priority - b.priority).map(({ priority, destination_ranges: to, allow, deny }) => ({ priority, to, allow, deny }));
    expect(rules).toEqual([
      { priority: 1000, to: ['199.36.153.8/30'], allow: [{ protocol: 'tcp', ports: ['443'] }], deny: undefined },
      { priority: 1000, to: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], allow: [{ protocol: 'tcp' }, { protocol: 'udp' }], deny: undefined },
      { priority: 65534, to: ['0.0.0.0/0'], allow: undefined, deny: [{ protocol: 'all' }] },
    ]);
    expect(resourcesOf(config(), 'google_compute_firewall').every(({ log_config: log }) => log.metadata === 'INCLUDE_ALL_METADATA')).toBe(true);
  });

  test('has one subnetwork, whose traffic is logged and which reaches Google without public addresses', () => {
    expect(onlyResource(config(), 'google_compute_subnetwork')).toMatchObject({
      region: 'europe-west4', ip_cidr_range: '10.64.0.0/20', private_ip_google_access: true, log_config: { metadata: 'INCLUDE_ALL_METADATA' },
    });
    expect(onlyResource(config({ subnetworkCidr: '10.8.0.0/22' }), 'google_compute_subnetwork').ip_cidr_range).toBe('10.8.0.0/22');
  });

  test('gives addresses to managed services', () => {
    const all = config({ servicesAddress: '10.80.0.0' });
    expect(onlyResource(all, 'google_compute_global_address')).toMatchObject({ purpose: 'VPC_PEERING', address_type: 'INTERNAL', address: '10.80.0.0', prefix_length: 16 });
    expect(onlyResource(config(), 'google_compute_global_address').address).toBeUndefined();
    expect(onlyResource(all, 'google_service_networking_connection')).toMatchObject({
      service: 'servicenetworking.googleapis.com', deletion_policy: 'ABANDON', update_on_creation_fail: true, reserved_peering_ranges: [expect.stringContaining('google_compute_global_address.Net_Services')],
    });
  });

  test('answers for Google\'s names itself, with the addresses that the route is for', () => {
    const all = config();
    const zones = resourcesOf(all, 'google_dns_managed_zone');
    expect(zones.map(({ dns_name: name }) => name).sort()).toEqual([
      'gcr.io.', 'googleapis.com.', 'notebooks.cloud.google.com.', 'notebooks.googleusercontent.com.', 'pkg.dev.', 'run.app.',
    ]);
    expect(zones.every(({ visibility, name }) => visibility === 'private' && name.length <= 63)).toBe(true);
    expect(resourceAt(all, 'google_dns_record_set', 'Net_DnsApisAddress')).toMatchObject({ name: 'googleapis.com.', type: 'A', rrdatas: ['199.36.153.8', '199.36.153.9', '199.36.153.10', '199.36.153.11'] });
    expect(resourceAt(all, 'google_dns_record_set', 'Net_DnsApisNames')).toMatchObject({ name: '*.googleapis.com.', type: 'CNAME', rrdatas: ['googleapis.com.'] });
  });

  test('says what it is', () => {
    const stack = googleStack();
    const network = new PrivateNetwork(stack, 'N'.repeat(80));
    expect([network.networkId, network.networkName, network.subnetworkId].every((each) => each.includes('TfToken'))).toBe(true);
    expect(network.privateServices.addresses).toHaveLength(1);
    for (const type of ['google_compute_network', 'google_compute_subnetwork', 'google_compute_firewall', 'google_dns_managed_zone', 'google_compute_global_address', 'google_compute_route']) {
      expect(resourcesOf(synthesized(stack), type).every(({ name }) => name.length <= 63)).toBe(true);
    }
  });
});

describe('a network of yours', () => {
  const own = { networkId: 'projects/net/global/networks/shared', subnetworkId: 'projects/net/regions/europe-west4/subnetworks/ml' };

  test('is taken as it is', () => {
    const network = PrivateNetwork.fromAttributes(own);
    expect([network.networkName, network.privateServices.addresses]).toEqual(['shared', []]);
    const stack = googleStack({ network });
    expect(GoogleProject.of(stack).network.subnetworkId).toBe(own.subnetworkId);
  });

  test('is refused where it is none', () => {
    expect(() => PrivateNetwork.fromAttributes({ ...own, networkId: 'shared' })).toThrow("network 'shared': networkId must be projects/<id>/global/networks/<name>, got 'shared'");
    expect(() => PrivateNetwork.fromAttributes({ ...own, subnetworkId: 'ml' })).toThrow(
      "network 'projects/net/global/networks/shared': subnetworkId must be projects/<id>/regions/<region>/subnetworks/<name>, got 'ml'");
  });
});

test.each<[PrivateNetworkProps, string]>([
  [{ subnetworkCidr: '10.0.0.0' }, "subnetworkCidr must be a range like 10.64.0.0/20, /10 to /26, got '10.0.0.0'"],
  [{ subnetworkCidr: '10.0.0.0/27' }, "subnetworkCidr must be a range like 10.64.0.0/20, /10 to /26, got '10.0.0.0/27'"],
  [{ subnetworkCidr: '10.0.300.0/20' }, "subnetworkCidr must be a range like 10.64.0.0/20, /10 to /26, got '10.0.300.0/20'"],
  [{ servicesAddress: '10.80.0.0/16' }, "servicesAddress must be an address like 10.80.0.0, got '10.80.0.0/16'"],
  [{ servicesAddress: '10.80.0.256' }, "servicesAddress must be an address like 10.80.0.0, got '10.80.0.256'"],
])('refuses %j', (props, message) => {
  expect(() => config(props)).toThrow(`private network 'Stack/Net': ${message}`);
});
