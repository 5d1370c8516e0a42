import { Grant } from './grant';

/** A network for private resources. */
export interface INetwork {
  /** Id of the network, `projects/<id>/global/networks/<name>`. */
  readonly networkId: string;
  /** Name of the network alone. */
  readonly networkName: string;
  /** Id of the subnetwork in the project's region; it has private Google access. */
  readonly subnetworkId: string;
  /**
   * Dependencies of managed services: must exist before they (Cloud SQL, Vertex AI) get private addresses in the
   * network.
   */
  readonly privateServices: Grant;
  /** Whether its machines reach the internet; undefined for no. Systems of others are connected to it only then. */
  readonly internetEgress?: boolean;
}

/** A network that exists. */
export interface NetworkAttributes {
  /** Id of the network, `projects/<id>/global/networks/<name>`. */
  readonly networkId: string;
  /** Id of the subnetwork, `projects/<id>/regions/<region>/subnetworks/<name>`. */
  readonly subnetworkId: string;
  /**
   * Whether its machines reach the internet, through a NAT or a proxy of yours.
   *
   * @default false
   */
  readonly internetEgress?: boolean;
}

/** A network without a path to the internet. */
export interface PrivateNetworkProps {
  /**
   * Addresses of the subnetwork.
   *
   * @default '10.64.0.0/20'
   */
  readonly subnetworkCidr?: string;
  /**
   * First address of the /16 that managed services take theirs from.
   *
   * @default - Google picks a free one
   */
  readonly servicesAddress?: string;
}
