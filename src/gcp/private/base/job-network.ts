import { Construct } from 'constructs';
import { Token } from '../../../core/private/tokens';
import { refuse, Speaker } from '../../../core/private/validation';
import { GoogleProject } from '../../google-project';
import { INetwork } from '../../private-network-props';

/**
 * The network as jobs of Vertex AI name it: by the number of its project.
 *
 * @see https://cloud.google.com/vertex-ai/docs/training/using-private-ip
 */
export function peeredNetwork(scope: Construct, who: Speaker, network: INetwork): string {
  const project = GoogleProject.of(scope);
  const owner = Token.isUnresolved(network.networkId) ? project.projectId : network.networkId.split('/')[1];
  if (/^\d+$/.test(owner)) return network.networkId;
  if (owner !== project.projectId) {
    refuse(
      who,
      'network.networkId',
      network.networkId,
      'a network of this project, or one that is named by the number of its project',
    );
  }
  return `projects/${project.projectNumber}/global/networks/${network.networkName}`;
}
