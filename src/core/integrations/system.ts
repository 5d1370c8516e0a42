/** The uses that the field puts a system to. */
export type Purpose =
  | 'experiment tracking'
  | 'data versioning'
  | 'feature store'
  | 'orchestration'
  | 'serving'
  | 'monitoring'
  | 'CI/CD';

/** State of a system's own project or product. */
export type SystemStatus =
  | { readonly kind: 'active' }
  /** Its licence must be acknowledged first. */
  | { readonly kind: 'gated'; readonly reason: string }
  /** It works, and nobody mends it: that must be acknowledged first. */
  | { readonly kind: 'unmaintained'; readonly since: string; readonly reason: string; readonly replacement: string }
  /** It is gone: asking for it is an error that says what happened and what replaces it. */
  | { readonly kind: 'retired'; readonly since: string; readonly reason: string; readonly replacement: string };

/** How a cloud offers a system: `how` names the resource types that carry it, or why not and what to do instead. */
export interface CloudAnswer {
  readonly as: 'managed' | 'hosted' | 'connected' | 'refused';
  readonly how: string;
}

/**
 * A system that teams use beside the cloud: facts as data, without a word of any cloud's API.
 *
 * Texts may hold placeholders in braces, which the cloud that hosts or connects the system fills: see `Placeholders`.
 */
export interface System {
  /** Id of the system, which constructs below `Integrations` carry: `weights-and-biases`. */
  readonly id: string;
  /** Name as its makers write it. */
  readonly title: string;
  readonly purposes: readonly Purpose[];
  readonly status: SystemStatus;
  /** SPDX identifier, or the name of the terms. */
  readonly licence: string;
  /** Version that the facts were read of, and that is hosted. */
  readonly version: string;
  /** Day when the facts were read. */
  readonly readOn: string;
  readonly home: string;
  readonly client: ClientFacts;
  /** The server, where a stack can host one. */
  readonly server?: ServerFacts;
  readonly clouds: { readonly [cloud in CloudName]: CloudAnswer };
  /** Facts that differ on a cloud; they are laid over the others, variables by name. */
  readonly onCloud?: { readonly [cloud in CloudName]?: CloudFacts };
}

export type CloudName = 'aws' | 'gcp' | 'azure';

export interface CloudFacts {
  readonly client?: Partial<ClientFacts>;
  readonly server?: Partial<ServerFacts>;
}

/** What whoever runs the user's code needs to reach a system. */
export interface ClientFacts {
  /** Plain environment variables. */
  readonly variables: { readonly [name: string]: string };
  /** Variables that hold a secret of the server that the stack hosts, by the name of the secret in `ServerFacts.secrets`. */
  readonly serverSecrets?: { readonly [variable: string]: string };
  /** Files, by path relative to the home folder. */
  readonly files?: { readonly [path: string]: string };
  /** Requirements for pip, which the workload's image must contain. */
  readonly packages: readonly string[];
  /** Whether clients themselves read and write the place of the system in the lake, `{store}`. */
  readonly store?: boolean;
  /** Address of the system where it is one address for everybody. */
  readonly endpoint?: string;
  /** Domains of the service that its makers run: only the internet leads there. */
  readonly serviceDomains?: readonly string[];
}

/** One container image with a database and a place in the lake. */
export interface ServerFacts {
  /** Repository with its registry, `docker.io/prefecthq/prefect`. */
  readonly repository: string;
  readonly tag: string;
  readonly port: number;
  /** Path that answers 200 once the server serves. */
  readonly healthPath: string;
  /** Path that clients put behind the address, `/api`. */
  readonly clientPath?: string;
  /** Program and arguments; empty for the entry point of the image. */
  readonly command: readonly string[];
  /** Commands before the server at each start, such as the migration of the database; they can be run again. */
  readonly before?: readonly (readonly string[])[];
  /** What another container of the image does at the times of a schedule, with the variables of the server. */
  readonly task?: Pick<ServerFacts, 'before' | 'command'>;
  /** Plain environment variables. */
  readonly variables: { readonly [name: string]: string };
  /**
   * Variables put together from the secrets of the container when it starts: `{database.password}` and
   * `{secret.<name>}` are filled by its shell, so that no secret stands in a template.
   */
  readonly secretVariables?: { readonly [name: string]: string };
  /** Secrets that the stack makes once and keeps, by name. */
  readonly secrets?: readonly string[];
  /** Database of its own, PostgreSQL or MySQL. */
  readonly database?: 'postgresql' | 'mysql';
  /** Whether it keeps files in the lake, under `integrations/<id>/`; `{store}` is the place. */
  readonly store?: boolean;
  readonly cpu: number;
  readonly memoryGiB: number;
  /** Whether it may stop while nobody asks: it answers requests alone and does nothing on its own. */
  readonly scalesToZero: boolean;
}

/**
 * Values of the placeholders of a system's texts, on one cloud.
 *
 * | placeholder | value |
 * |---|---|
 * | `{endpoint}` | address of the system, with `https://` or `http://`, without a slash at the end |
 * | `{host}` | host of `{endpoint}` |
 * | `{region}` | region of the stack |
 * | `{store}` | place of the system in the lake: `s3://…`, `gs://…`, `abfss://…` |
 * | `{store.account}`, `{store.container}`, `{store.path}` | its parts on Azure |
 * | `{database.host}`, `{database.port}`, `{database.name}`, `{database.user}` | the database; the password is a secret |
 * | `{feast.configuration}`, `{feast.definitions}` | files of Feast, which name the stores of the cloud |
 * | `{<option>}` | an option that the user gave, `{entity}` |
 */
export interface Placeholders {
  readonly [name: string]: string;
}
