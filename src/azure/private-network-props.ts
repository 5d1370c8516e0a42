import { Grant } from './grant';

/** A network for private endpoints and for services that are put into it. */
export interface INetwork {
  /** ARM id of the virtual network. */
  readonly networkId: string;
  /** ARM id of the subnet that private endpoints get their addresses from. */
  readonly subnetId: string;
  /**
   * ARM id of a subnet that is delegated to Container Apps (`Microsoft.App/environments`), at least a /27; asked for by
   * serverless endpoints alone.
   */
  readonly containerAppsSubnetId: string;
  /** Dependency of everything that is put into the network. */
  readonly ready: Grant;
  /**
   * ARM id of the private DNS zone of a service, `privatelink.blob.core.windows.net`, which private endpoints write
   * their addresses into; undefined where the network's own DNS does that.
   */
  privateDnsZoneId(zone: string): string | undefined;
}

/** A network that exists. */
export interface NetworkAttributes {
  /** ARM id of the virtual network. */
  readonly networkId: string;
  /** ARM id of the subnet for private endpoints, in the same region. */
  readonly subnetId: string;
  /**
   * ARM id of a subnet that is delegated to `Microsoft.App/environments`.
   *
   * @default - serverless endpoints cannot be put into the network
   */
  readonly containerAppsSubnetId?: string;
  /**
   * ARM ids of private DNS zones, by their names, `privatelink.blob.core.windows.net`.
   *
   * @default - the network's own DNS (a policy of the platform team, for instance) knows private endpoints
   */
  readonly privateDnsZoneIds?: { [zone: string]: string };
}

/** A network without a path in from the internet. */
export interface PrivateNetworkProps {
  /**
   * Addresses of the network, /16 to /24.
   *
   * @default '10.64.0.0/20' - a /23 of it for private endpoints, a /23 for Container Apps
   */
  readonly addressSpace?: string;
}
