import { MachineLearningWorkspaceNetworkOutboundRuleFqdn } from '@cdktf/provider-azurerm/lib/machine-learning-workspace-network-outbound-rule-fqdn';
import {
  MachineLearningWorkspaceNetworkOutboundRulePrivateEndpoint,
} from '@cdktf/provider-azurerm/lib/machine-learning-workspace-network-outbound-rule-private-endpoint';
import { MachineLearningWorkspaceNetworkOutboundRuleServiceTag } from '@cdktf/provider-azurerm/lib/machine-learning-workspace-network-outbound-rule-service-tag';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { IDataLake } from '../../data-lake-props';
import { Grant } from '../../grant';
import { after } from '../base/ordering';

/** Where computes may connect to. */
export interface OutboundInput {
  /** AllowInternetOutbound, AllowOnlyApprovedOutbound or Disabled. */
  readonly isolationMode: string;
  readonly fqdns: readonly string[];
  readonly serviceTags: readonly string[];
}

/**
 * What computes of a managed network reach beside what the workspace needs itself: the lake through private endpoints,
 * where nothing else leads to it, and what the user names.
 *
 * Rules are made one after the other: the network takes one change at a time.
 *
 * @param approver the permission of the workspace to accept its own endpoints at the lake
 */
export function newOutboundRules(
  scope: Construct,
  workspaceId: string,
  network: OutboundInput,
  data: IDataLake,
  approver: () => Grant,
): Grant {
  const made: ITerraformDependable[] = [];
  const add = (make: (dependsOn: ITerraformDependable[]) => ITerraformDependable) => made.push(make(made.slice(-1)));
  const isApprovedOnly = network.isolationMode === 'AllowOnlyApprovedOutbound';
  if (isApprovedOnly || (data.isPrivate && network.isolationMode !== 'Disabled')) {
    const ready = after(approver());
    for (const [id, serviceResourceId, subResourceTarget] of [
      ['StoreBlob', data.storeAccountId, 'blob'],
      ['FeaturesBlob', data.featuresAccountId, 'blob'],
      ['FeaturesDfs', data.featuresAccountId, 'dfs'],
    ]) {
      add(
        (dependsOn) =>
          new MachineLearningWorkspaceNetworkOutboundRulePrivateEndpoint(scope, `Outbound-${id}`, {
            name: `lake-${id.toLowerCase()}`,
            workspaceId,
            serviceResourceId,
            subResourceTarget,
            sparkEnabled: true,
            dependsOn: [...ready, ...dependsOn],
          }),
      );
    }
  }
  for (const fqdn of network.fqdns) {
    add(
      (dependsOn) =>
        new MachineLearningWorkspaceNetworkOutboundRuleFqdn(scope, `Outbound-${fqdn}`, {
          name: `fqdn-${fqdn.replace('*', 'any').replace(/\./g, '-')}`,
          workspaceId,
          destinationFqdn: fqdn,
          dependsOn,
        }),
    );
  }
  for (const tag of network.serviceTags) {
    add(
      (dependsOn) =>
        new MachineLearningWorkspaceNetworkOutboundRuleServiceTag(scope, `Outbound-${tag}`, {
          name: `tag-${tag.replace(/\./g, '-')}`,
          workspaceId,
          serviceTag: tag,
          protocol: 'TCP',
          portRanges: '443',
          dependsOn,
        }),
    );
  }
  return new Grant(made.map(({ fqn }) => fqn));
}
