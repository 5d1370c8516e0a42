import { Grant } from './grant';
import { IPrincipal } from './principal';

/**
 * A system that is connected to whatever runs the user's code: `Integrations` makes one for each, and so may a class of
 * yours.
 *
 * It holds no secret. Where a service takes a secret by reference (Cloud Run) the variable is one; elsewhere the
 * workload gets `MLOPS_SECRET_<VARIABLE>_REF` and its runtime fetches the value at start, with its own identity.
 */
export interface IConnection {
  /** Id of the system, `weights-and-biases`; errors name it. */
  readonly id: string;
  /** Plain variables, by name. */
  readonly environment: { [name: string]: string };
  /** Versions of secrets by the variable that they become, `projects/<id>/secrets/<name>/versions/latest`. */
  readonly secretReferences: { [variable: string]: string };
  /**
   * From where the system answers; undefined where that is not known: any place is then taken to reach it.
   */
  readonly reach?: ConnectionReach;
  /** Allows what the connection needs: reading its secrets and files, calling its service. */
  grantUse(principal: IPrincipal): Grant;
}

/** From where a connected system answers. */
export enum ConnectionReach {
  /** On the internet alone: a place in the private network reaches it where that network has a way out. */
  INTERNET = 'internet',
  /** In the networks of the project alone: jobs and endpoints of Vertex AI, which run in Google's network, do not reach it. */
  NETWORK = 'network',
}
