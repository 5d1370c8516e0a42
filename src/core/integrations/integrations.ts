import { Integration } from './integration';

/** The systems that a team uses beside the cloud. */
export interface IntegrationsIntent {
  /** The systems, each once. */
  readonly use: Integration[];
}
