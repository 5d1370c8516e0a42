import { OnlinePlace } from './online-place';
import { Actions, arm } from '../base/workflow-actions';
import { attempt, insist } from '../base/workflow-control';
import { Expression, text } from '../base/workflow-expressions';

const AUTOSCALE = 'Microsoft.Insights/autoscaleSettings' as const;

/**
 * Scales the live deployment: one setting for the endpoint, which is written for whichever deployment is live. Where
 * the service does not take another target for it, it is made anew.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/how-to-autoscale-endpoints
 */
export function scaleLive(place: OnlinePlace, live: Expression): Actions {
  const setting = { type: AUTOSCALE, id: place.autoscaleId };
  const body = {
    location: place.location,
    properties: place.autoscale(text`${place.endpointId}/deployments/${live}`, place.endpointId, live),
  };
  return attempt('Scale', insist('Set_scale', arm.put({ ...setting, body })), {
    ...insist('Unset_scale', arm.delete(setting)),
    ...insist('New_scale', arm.put({ ...setting, body })),
  });
}
