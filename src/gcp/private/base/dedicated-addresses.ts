import { IConstruct } from 'constructs';
import { holdersInProject, holdInProject } from './project-holders';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { warn } from '../../../terraform/annotations';

/**
 * A dedicated public address of Vertex AI does not take part in VPC Service Controls. An enforced perimeter beside one
 * is refused, a dry run is warned of, whichever of the two is made first.
 *
 * @see https://cloud.google.com/vertex-ai/docs/predictions/choose-endpoint-type
 */
export function noteDedicatedAddress(who: Speaker, endpoint: IConstruct): void {
  holdInProject(endpoint, 'dedicated address');
  const [enforced] = holdersInProject(endpoint, 'enforced perimeter');
  const [dryRun] = holdersInProject(endpoint, 'dry run of a perimeter');
  if (enforced !== undefined) {
    refuseBecause(
      who,
      `access is a dedicated address, and '${enforced.node.path}' draws a perimeter around the project: ${WAY_OUT}`,
    );
  }
  if (dryRun !== undefined) {
    warnOf(
      endpoint,
      who,
      `access is a dedicated address, and '${dryRun.node.path}' tries a perimeter around the project: ${WAY_OUT}`,
    );
  }
}

/** The same from the side of the perimeter, which around Vertex AI alone concerns its endpoints. */
export function notePerimeter(who: Speaker, guardrails: IConstruct, enforced: boolean): void {
  holdInProject(guardrails, enforced ? 'enforced perimeter' : 'dry run of a perimeter');
  const [endpoint] = holdersInProject(guardrails, 'dedicated address');
  if (endpoint === undefined) return;
  const sentence = `servicePerimeter is around the project of '${endpoint.node.path}', whose access is a dedicated address: ${WAY_OUT}`;
  if (enforced) refuseBecause(who, sentence);
  warnOf(guardrails, who, sentence);
}

function warnOf(on: IConstruct, who: Speaker, sentence: string): void {
  warn(on, `${who.what} '${who.name}': ${sentence}`);
}

const WAY_OUT =
  'VPC Service Controls do not support such addresses, so give the endpoint access: EndpointAccess.shared() or EndpointAccess.privateServiceConnect(…)';
