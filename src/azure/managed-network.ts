import { requireMatch, Speaker } from '../core/private/validation';

/** Further destinations of an approved-outbound network. */
export interface ApprovedOutboundOptions {
  /**
   * Names that computes reach over HTTPS, `pypi.org`, `*.example.com`. The first one makes Azure put a firewall into
   * the network, which costs by the hour.
   *
   * @default - none
   * @see https://learn.microsoft.com/azure/machine-learning/how-to-managed-network#pricing
   */
  readonly fqdns?: string[];
  /**
   * Service tags that computes reach over TCP 443, `AzureMonitor`.
   *
   * @default - those that Azure Machine Learning needs, which it adds itself
   * @see https://learn.microsoft.com/azure/virtual-network/service-tags-overview
   */
  readonly serviceTags?: string[];
}

/**
 * The network that Azure Machine Learning manages around computes and endpoints: where they can connect to.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-managed-network
 */
export class ManagedNetwork {
  /** Everything on the internet, and private services through private endpoints. */
  public static internetOutbound(): ManagedNetwork {
    return new ManagedNetwork('AllowInternetOutbound');
  }

  /**
   * Destinations that the workspace itself needs, and those that are named here. It cannot be opened to the internet
   * later.
   */
  public static approvedOutbound(options: ApprovedOutboundOptions = {}): ManagedNetwork {
    const who: Speaker = { what: 'managed network', name: 'approvedOutbound' };
    for (const fqdn of options.fqdns ?? []) {
      requireMatch(
        who,
        'fqdns',
        fqdn,
        /^(\*\.)?([a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}$/,
        'names like pypi.org or *.example.com',
      );
    }
    for (const tag of options.serviceTags ?? []) {
      requireMatch(who, 'serviceTags', tag, /^[A-Z][A-Za-z0-9]*(\.[A-Za-z0-9]+)?$/, 'service tags like AzureMonitor');
    }
    return new ManagedNetwork('AllowOnlyApprovedOutbound', options.fqdns, options.serviceTags);
  }

  /** No network of its own: computes and endpoints have addresses of Azure's. */
  public static disabled(): ManagedNetwork {
    return new ManagedNetwork('Disabled');
  }

  private constructor(
    /** As Azure Machine Learning names it: AllowInternetOutbound, AllowOnlyApprovedOutbound or Disabled. */
    public readonly isolationMode: string,
    /** @internal */
    public readonly _fqdns: string[] = [],
    /** @internal */
    public readonly _serviceTags: string[] = [],
  ) {}
}
