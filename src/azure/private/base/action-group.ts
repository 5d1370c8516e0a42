import { MonitorActionGroup } from '@cdktf/provider-azurerm/lib/monitor-action-group';
import { Construct } from 'constructs';
import { azureName } from './names';
import { resourceGroupOf } from './resource-group-of';
import { literal } from '../../../terraform/text';
import { AlertEventHub } from '../../monitoring-stack-props';

/** Who gets alerts. */
export interface ActionGroupInput {
  /** Begins each message: at most 12 characters. */
  readonly shortName: string;
  readonly emails: readonly string[];
  /** An event hub, for programs. */
  readonly hub?: AlertEventHub;
}

/**
 * Who gets the alerts: an action group, which is there without anybody in it too, so that it can be added to. Mails
 * cost nothing worth naming.
 */
export function newActionGroup(
  scope: Construct,
  id: string,
  { shortName, emails, hub }: ActionGroupInput,
): MonitorActionGroup {
  const group = resourceGroupOf(scope);
  group._register('Microsoft.Insights');
  return new MonitorActionGroup(scope, id, {
    name: azureName(scope, 'actionGroup', id),
    resourceGroupName: group.resourceGroupName,
    shortName,
    emailReceiver: emails.map((emailAddress, index) => ({
      name: `email-${index + 1}`,
      emailAddress: literal(emailAddress),
      useCommonAlertSchema: true,
    })),
    eventHubReceiver:
      hub === undefined
        ? []
        : [
          {
            name: 'programs',
            eventHubNamespace: hub.namespaceName,
            eventHubName: hub.eventHubName,
            subscriptionId: hub.subscriptionId ?? group.subscriptionId,
            useCommonAlertSchema: true,
          },
        ],
  });
}
