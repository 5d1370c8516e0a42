import { NetworkSecurityGroup } from '@cdktf/provider-azurerm/lib/network-security-group';
import { PrivateDnsZone } from '@cdktf/provider-azurerm/lib/private-dns-zone';
import { PrivateDnsZoneVirtualNetworkLink } from '@cdktf/provider-azurerm/lib/private-dns-zone-virtual-network-link';
import { Subnet } from '@cdktf/provider-azurerm/lib/subnet';
import { SubnetNetworkSecurityGroupAssociation } from '@cdktf/provider-azurerm/lib/subnet-network-security-group-association';
import { VirtualNetwork } from '@cdktf/provider-azurerm/lib/virtual-network';
import { Construct } from 'constructs';
import { Grant } from './grant';
import { once } from '../terraform/once';
import { azureName } from './private/base/names';
import { after } from './private/base/ordering';
import { requireProps } from './private/base/require-props';
import { ResourceGroupContext, resourceGroupOf } from './private/base/resource-group-of';
import { INetwork, NetworkAttributes, PrivateNetworkProps } from './private-network-props';
import { requireKnownText } from '../core/private/known-values';
import { refuse, refuseBecause, requireMatch, Speaker, speakerFor } from '../core/private/validation';

/**
 * A virtual network for private endpoints: nothing comes in from the internet, and a zone of private DNS for each
 * service answers with the addresses of the endpoints. Subnets have no way out of their own
 * (`default_outbound_access_enabled` is false).
 *
 * Children: `Network`, `Endpoints` and its rules, `ContainerApps` where a serverless endpoint asks for it, and a zone
 * for each service, `Dns-…`. Costs: each zone 0.50 USD a month, each private endpoint in it about 7.30 USD and 0.01 USD
 * a GB.
 *
 * @see https://learn.microsoft.com/azure/private-link/private-endpoint-overview
 */
export class PrivateNetwork extends Construct implements INetwork {
  /** A network of yours. */
  public static fromAttributes(attributes: NetworkAttributes): INetwork {
    const who: Speaker = { what: 'network', name: attributes.networkId };
    requireMatch(who, 'networkId', attributes.networkId, NETWORK_ID, 'the ARM id of a virtual network');
    for (const prop of ['subnetId', 'containerAppsSubnetId'] as const) {
      requireMatch(who, prop, attributes[prop], SUBNET_ID, 'the ARM id of a subnet');
    }
    const { networkId, subnetId, containerAppsSubnetId, privateDnsZoneIds = {} } = attributes;
    for (const [zone, zoneId] of Object.entries(privateDnsZoneIds)) {
      requireMatch(
        who,
        `privateDnsZoneIds.${zone}`,
        zoneId,
        /\/providers\/Microsoft\.Network\/privateDnsZones\/[^/]+$/i,
        'the ARM id of a private DNS zone',
      );
    }
    return {
      networkId,
      subnetId,
      get containerAppsSubnetId() {
        return (
          containerAppsSubnetId ??
          refuseBecause(
            who,
            'a serverless endpoint needs containerAppsSubnetId, a subnet that is delegated to Microsoft.App/environments',
          )
        );
      },
      privateDnsZoneId: (zone) => privateDnsZoneIds[zone],
      ready: new Grant([]),
    };
  }

  public readonly networkId: string;
  public readonly subnetId: string;
  public readonly ready: Grant;
  private readonly name: string;
  private readonly group: ResourceGroupContext;
  private readonly network: VirtualNetwork;
  private readonly addressSpace: string;

  public constructor(scope: Construct, id: string, props: PrivateNetworkProps = {}) {
    super(scope, id);
    const who: Speaker = speakerFor('private network', scope, id);
    requireProps(who, 'PrivateNetworkProps', props);
    requireKnownText(who, 'addressSpace', props.addressSpace);
    requireMatch(
      who,
      'addressSpace',
      props.addressSpace,
      new RegExp(`^${BYTE}(\\.${BYTE}){3}/(1[6-9]|2[0-4])$`),
      'a range like 10.64.0.0/20, /16 to /24',
    );
    this.addressSpace = props.addressSpace ?? '10.64.0.0/20';
    if (firstOf(this.addressSpace) % sizeOf(this.addressSpace) !== 0) {
      refuse(who, 'addressSpace', props.addressSpace, 'the first address of its range, like 10.64.0.0/20');
    }
    this.group = resourceGroupOf(this);
    this.group._register('Microsoft.Network');
    this.name = azureName(this, 'network');
    this.network = new VirtualNetwork(this, 'Network', {
      name: this.name,
      location: this.group.location,
      resourceGroupName: this.group.resourceGroupName,
      addressSpace: [this.addressSpace],
    });
    this.networkId = this.network.id;
    this.subnetId = this.subnet('Endpoints', 0).id;
    this.ready = new Grant([this.network.fqn]);
  }

  public get containerAppsSubnetId(): string {
    const known = this.node.tryFindChild('ContainerApps') as Subnet | undefined;
    return (known ?? this.subnet('ContainerApps', 1, 'Microsoft.App/environments')).id;
  }

  public privateDnsZoneId(zone: string): string | undefined {
    const resourceGroupName = this.group.resourceGroupName;
    const made = once(this, `Dns-${zone}`, (id) => {
      const dns = new PrivateDnsZone(this, id, { name: zone, resourceGroupName });
      new PrivateDnsZoneVirtualNetworkLink(this, `${id}-Link`, {
        name: this.name,
        privateDnsZoneName: dns.name,
        resourceGroupName,
        virtualNetworkId: this.networkId,
        registrationEnabled: false,
      });
      return dns;
    });
    return made.id;
  }

  /** The nth part of the network, with rules of its own and no way in from the internet. */
  private subnet(id: string, index: number, delegatedTo?: string): Subnet {
    const { location, resourceGroupName } = this.group;
    const rules = new NetworkSecurityGroup(this, `${id}Rules`, {
      name: `${this.name}-${id.toLowerCase()}`,
      location,
      resourceGroupName,
      securityRule: [{
        name: 'deny-internet-inbound',
        description: 'Nothing comes in from the internet',
        priority: 4000,
        direction: 'Inbound',
        access: 'Deny',
        protocol: '*',
        sourceAddressPrefix: 'Internet',
        sourcePortRange: '*',
        destinationAddressPrefix: '*',
        destinationPortRange: '*',
      }],
    });
    const subnet = new Subnet(this, id, {
      name: id.toLowerCase(),
      resourceGroupName,
      virtualNetworkName: this.network.name,
      addressPrefixes: [partOf(this.addressSpace, index)],
      defaultOutboundAccessEnabled: false,
      // Rules of the group hold for private endpoints, too.
      privateEndpointNetworkPolicies: 'Enabled',
      delegation:
        delegatedTo === undefined
          ? undefined
          : [
            {
              name: 'service',
              serviceDelegation: {
                name: delegatedTo,
                actions: ['Microsoft.Network/virtualNetworks/subnets/join/action'],
              },
            },
          ],
    });
    new SubnetNetworkSecurityGroupAssociation(this, `${id}Guard`, {
      subnetId: subnet.id,
      networkSecurityGroupId: rules.id,
      dependsOn: after(rules),
    });
    return subnet;
  }
}

const BYTE = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';

const NETWORK_ID =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]+$/i;

const SUBNET_ID =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]+\/subnets\/[^/]+$/i;

/** An eighth of the range, by number. */
function partOf(range: string, index: number): string {
  const bits = range.split('/')[1];
  const first = firstOf(range) + index * sizeOf(range) / 8;
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${bytes.join('.')}/${Number(bits) + 3}`;
}

/** The address of a range, as a number. */
function firstOf(range: string): number {
  return range.split('/')[0].split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

/** How many addresses a range has. */
function sizeOf(range: string): number {
  return 2 ** (32 - Number(range.split('/')[1]));
}
