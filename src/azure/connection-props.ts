import { IConstruct } from 'constructs';
import { Grant } from './grant';
import { IPrincipal } from './principal';

/**
 * A system as its clients see it: `Integrations` offers one for each, and everything that runs the user's code takes
 * them as `connections`.
 *
 * Jobs and endpoints of Azure Machine Learning and container apps get the place of a secret as
 * `MLOPS_SECRET_<VARIABLE>_REF`: `mlops_runtime` reads it when the container starts, with the container's own identity,
 * and sets `<VARIABLE>`. The image needs the extra `mlops-runtime[azure]` for that.
 */
export interface IConnection extends IConstruct {
  /** Id of the system: `weights-and-biases`. */
  readonly id: string;
  /** Plain environment variables of a client. */
  readonly environment: { [name: string]: string };
  /** Places of secrets by the variable that they become, `https://<vault>.vault.azure.net/secrets/<name>`. */
  readonly secretReferences: { [variable: string]: string };
  /** Domains that only the internet leads to, of a service that its makers run; empty for a server of one's own. */
  readonly internetDomains: string[];
  /** ARM id of the workspace of Prometheus that the connection writes to; a monitoring stack puts its rules there. */
  readonly metricsWorkspaceId?: string;
  /** Whether the network of the stack alone leads to it: a server that the stack hosts. */
  readonly isInNetwork?: boolean;
  /** Allows reading the secrets of a client, and reading and writing what it keeps in the lake; nothing else. */
  grantUse(principal: IPrincipal): Grant;
}
