import { MonitorActionGroup } from '@cdktf/provider-azurerm/lib/monitor-action-group';
import { Construct } from 'constructs';
import { literal } from '../../../terraform/text';
import { AlertEventHub } from '../../monitoring-stack-props';
import { azureName } from '../base/names';
import { resourceGroupOf } from '../base/resource-group-of';

/** Who gets the alerts: an action group, which is there without anybody in it too, so that it can be added to. Mails cost nothing worth naming. */
export function newActionGroup(scope: Construct, id: string, emails: readonly string[], hub: AlertEventHub | undefined): MonitorActionGroup {
  const group = resourceGroupOf(scope);
  group._register('Microsoft.Insights');
  return new MonitorActionGroup(scope, id, {
    name: azureName(scope, 'actionGroup', id),
    resourceGroupName: group.resourceGroupName,
    // Twelve characters, which messages begin with.
    shortName: 'mlops',
    emailReceiver: emails.map((emailAddress, index) => ({ name: `email-${index + 1}`, emailAddress: literal(emailAddress), useCommonAlertSchema: true })),
    eventHubReceiver: hub === undefined ? [] : [{
      name: 'programs',
      eventHubNamespace: hub.namespaceName,
      eventHubName: hub.eventHubName,
      subscriptionId: hub.subscriptionId ?? group.subscriptionId,
      useCommonAlertSchema: true,
    }],
  });
}
