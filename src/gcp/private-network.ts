import { ComputeFirewall } from '@cdktf/provider-google/lib/compute-firewall';
import { ComputeGlobalAddress } from '@cdktf/provider-google/lib/compute-global-address';
import { ComputeNetwork } from '@cdktf/provider-google/lib/compute-network';
import { ComputeRoute } from '@cdktf/provider-google/lib/compute-route';
import { ComputeSubnetwork } from '@cdktf/provider-google/lib/compute-subnetwork';
import { DnsManagedZone } from '@cdktf/provider-google/lib/dns-managed-zone';
import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set';
import { ServiceNetworkingConnection } from '@cdktf/provider-google/lib/service-networking-connection';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Grant } from './grant';
import { after } from './private/base/ordering';
import { ProjectContext, projectOf } from './private/base/project-of';
import { INetwork, NetworkAttributes, PrivateNetworkProps } from './private-network-props';
import { requireTexts } from '../core/private/texts';
import { requireMatch, Speaker, speakerFor } from '../core/private/validation';
import { stableName } from '../terraform/names';

/**
 * A network whose machines reach Google's APIs and private addresses and nothing else: no default route, egress denied
 * but to `private.googleapis.com`, whose addresses the network's own DNS zones answer with, and to private ranges.
 * Managed services get addresses through private services access.
 *
 * Endpoints of Vertex AI with a name of their own (`*.prediction.vertexai.goog`) are not among what that address
 * answers: for callers in this network give an endpoint `EndpointAccess.shared()` or
 * `EndpointAccess.privateServiceConnect()`.
 *
 * Children: `Network`, `Subnetwork`, `Services`, `Connection`, `ToGoogle` the route, `AllowGoogle`, `AllowPrivate` and
 * `DenyEgress` the rules of the firewall, and a zone for each domain: `DnsApis`, `DnsRegistry` …. Costs: logs by
 * volume, each of the six zones 0.20 USD a month.
 *
 * @see https://cloud.google.com/vpc/docs/configure-private-google-access
 */
export class PrivateNetwork extends Construct implements INetwork {
  /** A network of yours; it must have private services access and private Google access. */
  public static fromAttributes(attributes: NetworkAttributes): INetwork {
    const who: Speaker = { what: 'network', name: attributes.networkId };
    requireMatch(
      who,
      'networkId',
      attributes.networkId,
      /^projects\/[^/]+\/global\/networks\/[^/]+$/,
      'projects/<id>/global/networks/<name>',
    );
    requireMatch(
      who,
      'subnetworkId',
      attributes.subnetworkId,
      /^projects\/[^/]+\/regions\/[^/]+\/subnetworks\/[^/]+$/,
      'projects/<id>/regions/<region>/subnetworks/<name>',
    );
    requireTexts(who, attributes, { networkId: 'text', subnetworkId: 'text' });
    return { ...attributes, networkName: attributes.networkId.split('/').pop()!, privateServices: new Grant([]) };
  }

  public readonly networkId: string;
  public readonly networkName: string;
  public readonly subnetworkId: string;
  public readonly privateServices: Grant;

  public constructor(scope: Construct, id: string, props: PrivateNetworkProps = {}) {
    super(scope, id);
    const who: Speaker = speakerFor('private network', scope, id);
    requireMatch(
      who,
      'subnetworkCidr',
      props.subnetworkCidr,
      new RegExp(`^${ADDRESS}/(1\\d|2[0-6])$`),
      'a range like 10.64.0.0/20, /10 to /26',
    );
    requireMatch(
      who,
      'servicesAddress',
      props.servicesAddress,
      new RegExp(`^${ADDRESS}$`),
      'an address like 10.80.0.0',
    );
    const project = projectOf(this);
    const api = project._api('compute', 'dns', 'servicenetworking');
    const name = stableName(this, undefined, { maxLength: 50, separator: '-' });

    const network = new ComputeNetwork(this, 'Network', {
      name,
      project: project.projectId,
      autoCreateSubnetworks: false,
      deleteDefaultRoutesOnCreate: true,
      routingMode: 'REGIONAL',
      dependsOn: after(api),
    });
    const subnetwork = new ComputeSubnetwork(this, 'Subnetwork', {
      name,
      project: project.projectId,
      region: project.region,
      network: network.id,
      ipCidrRange: props.subnetworkCidr ?? '10.64.0.0/20',
      privateIpGoogleAccess: true,
      logConfig: { aggregationInterval: 'INTERVAL_10_MIN', flowSampling: 0.5, metadata: 'INCLUDE_ALL_METADATA' },
    });
    const services = new ComputeGlobalAddress(this, 'Services', {
      name: `${name}-services`,
      project: project.projectId,
      network: network.id,
      purpose: 'VPC_PEERING',
      addressType: 'INTERNAL',
      address: props.servicesAddress,
      prefixLength: 16,
    });
    const connection = new ServiceNetworkingConnection(this, 'Connection', {
      network: network.id,
      service: 'servicenetworking.googleapis.com',
      reservedPeeringRanges: [services.name],
      // A connection that a database still used a moment ago cannot be deleted: it goes with the network.
      deletionPolicy: 'ABANDON',
      // What an abandoned one of the same name has left behind.
      updateOnCreationFail: true,
      dependsOn: after(api),
    });
    this.closeTheRest(project, network, name, api);

    this.networkId = network.id;
    this.networkName = network.name;
    this.subnetworkId = subnetwork.id;
    this.privateServices = new Grant([connection.fqn]);
  }

  private closeTheRest(
    project: ProjectContext,
    network: ComputeNetwork,
    name: string,
    api: ITerraformDependable,
  ): void {
    const shared = { project: project.projectId, network: network.id };
    new ComputeRoute(this, 'ToGoogle', {
      ...shared,
      name: `${name}-google`,
      destRange: GOOGLE_RANGE,
      nextHopGateway: 'default-internet-gateway',
      priority: 1000,
    });
    new ComputeFirewall(this, 'AllowGoogle', {
      ...shared,
      name: `${name}-google`,
      direction: 'EGRESS',
      priority: 1000,
      destinationRanges: [GOOGLE_RANGE],
      allow: [{ protocol: 'tcp', ports: ['443'] }],
      logConfig: { metadata: 'INCLUDE_ALL_METADATA' },
    });
    new ComputeFirewall(this, 'AllowPrivate', {
      ...shared,
      name: `${name}-private`,
      direction: 'EGRESS',
      priority: 1000,
      destinationRanges: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
      allow: [{ protocol: 'tcp' }, { protocol: 'udp' }],
      logConfig: { metadata: 'INCLUDE_ALL_METADATA' },
    });
    new ComputeFirewall(this, 'DenyEgress', {
      ...shared,
      name: `${name}-deny`,
      direction: 'EGRESS',
      priority: 65534,
      destinationRanges: ['0.0.0.0/0'],
      deny: [{ protocol: 'all' }],
      logConfig: { metadata: 'INCLUDE_ALL_METADATA' },
    });
    for (const [id, domain] of Object.entries(GOOGLE_DOMAINS)) {
      const zone = new DnsManagedZone(this, `Dns${id}`, {
        project: project.projectId,
        name: `${name}-${id.toLowerCase()}`,
        dnsName: domain,
        visibility: 'private',
        description: `${domain} without the internet`,
        privateVisibilityConfig: { networks: [{ networkUrl: network.id }] },
        dependsOn: after(api),
      });
      new DnsRecordSet(this, `Dns${id}Address`, {
        project: project.projectId,
        managedZone: zone.name,
        name: domain,
        type: 'A',
        ttl: 300,
        rrdatas: GOOGLE_ADDRESSES,
      });
      new DnsRecordSet(this, `Dns${id}Names`, {
        project: project.projectId,
        managedZone: zone.name,
        name: `*.${domain}`,
        type: 'CNAME',
        ttl: 300,
        rrdatas: [domain],
      });
    }
  }
}

const BYTE = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';

const ADDRESS = `${BYTE}(\\.${BYTE}){3}`;

/** private.googleapis.com. @see https://cloud.google.com/vpc/docs/configure-private-google-access#domain-options */
const GOOGLE_RANGE = '199.36.153.8/30';

const GOOGLE_ADDRESSES = ['199.36.153.8', '199.36.153.9', '199.36.153.10', '199.36.153.11'];

/** The APIs, and what notebooks and image pulls need beside them. */
const GOOGLE_DOMAINS: { readonly [id: string]: string } = {
  Apis: 'googleapis.com.',
  Registry: 'pkg.dev.',
  Containers: 'gcr.io.',
  Run: 'run.app.',
  Notebooks: 'notebooks.googleusercontent.com.',
  Notebook: 'notebooks.cloud.google.com.',
};
