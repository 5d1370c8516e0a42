import { CONNECTED } from './answers';
import { System } from '../system';

/**
 * Weights & Biases: the service at wandb.ai, or a server of one's own that exists.
 *
 * @see https://docs.wandb.ai/models/track/environment-variables
 */
export const WEIGHTS_AND_BIASES: System = {
  id: 'weights-and-biases',
  title: 'Weights & Biases',
  purposes: ['experiment tracking'],
  status: { kind: 'active' },
  licence: 'MIT (client), commercial (server)',
  version: '0.22.3',
  readOn: '2026-11-30',
  home: 'https://wandb.ai',
  client: {
    endpoint: 'https://api.wandb.ai',
    serviceDomains: ['wandb.ai'],
    variables: { WANDB_BASE_URL: '{endpoint}', WANDB_ENTITY: '{entity}', WANDB_PROJECT: '{project}' },
    packages: ['wandb>=0.22,<1'],
  },
  clouds: CONNECTED,
};
