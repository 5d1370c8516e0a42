import { requireKnownText } from '../../../core/private/known-values';
import { refuse, requireMatch, Speaker } from '../../../core/private/validation';

/**
 * A public address or range that a storage account's rules take.
 *
 * @see https://learn.microsoft.com/azure/storage/common/storage-network-security#restrictions-and-considerations
 */
export function requireIpRange(who: Speaker, prop: string, range: string): void {
  requireKnownText(who, prop, range);
  requireMatch(
    who,
    prop,
    range,
    new RegExp(`^${BYTE}(\\.${BYTE}){3}(/([0-9]|[12]\\d|30))?$`),
    'addresses or ranges up to /30 like 203.0.113.7 or 203.0.113.0/24',
  );
  if (PRIVATE.test(range)) {
    refuse(who, prop, range, 'public: private ones come in through privateEndpoints or allowedSubnetIds');
  }
}

/** ARM id of a subnet. */
export function requireSubnetId(who: Speaker, prop: string, subnetId: string): void {
  requireMatch(who, prop, subnetId, SUBNET_ID, 'ARM ids of subnets');
}

const BYTE = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';

const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;

const SUBNET_ID =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]+\/subnets\/[^/]+$/i;
