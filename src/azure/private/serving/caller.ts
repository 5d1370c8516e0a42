import { Construct } from 'constructs';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { customRole, grantRole } from '../base/grants';
import { resourceGroupOf } from '../base/resource-group-of';

/**
 * Allows calling an online endpoint, and nothing else: the smallest of Azure's own roles with this operation may also
 * deploy.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-authenticate-online-endpoint
 */
export function grantScore(scope: Construct, endpointId: string, principal: IPrincipal): Grant {
  const role = customRole(resourceGroupOf(scope) as unknown as Construct, 'Caller', {
    title: 'Calls models',
    actions: ['Microsoft.MachineLearningServices/workspaces/onlineEndpoints/read'],
    dataActions: ['Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action'],
  }, endpointId);
  return grantRole(scope, principal, 'score', { scope: endpointId, role, description: 'Sends requests to the model' });
}
