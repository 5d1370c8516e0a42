import { Action, Actions, Text } from '../base/workflow-actions';
import { Expression, Operand } from '../base/workflow-expressions';

/** How the requests are shared, and what the endpoint says of it. */
export interface Wanted {
  /** Names of deployments with their percentages; together 100. */
  readonly traffic: readonly (readonly [Expression, Operand])[];
  /** Name of the deployment that gets copies, and of how many requests. */
  readonly mirror?: readonly [Expression, Operand];
  /** Names of deployments, or empty. */
  readonly live: Operand;
  readonly rollout?: Operand;
  readonly challenger?: Operand;
  /** When the version that is live from now on was approved; as it was without. */
  readonly approvedAt?: Operand;
}

/** A version, and what it gets. */
export interface Deployment {
  readonly name: Expression;
  /** ARM id of the version of the model. */
  readonly versionId: Text;
  readonly image: Expression;
  /** Variables of the version's own. */
  readonly variables: { readonly [name: string]: string };
  readonly capacity: Expression;
  readonly tags: readonly (readonly [string, Operand])[];
  readonly environmentVersion: Expression;
  /** The endpoint as it was found: a deployment has its tags, by which costs are told apart. */
  readonly endpoint: Expression;
}

/** What a run looks at while it watches a version. */
export interface Looks {
  /** Calls and numbers: `Watch_deployment`, `Answers_counted`, `Answers_failed`, `Latency`. */
  readonly actions: Actions;
  /** Whether the version's deployment is broken, and what it says of itself. */
  readonly isDown: Expression;
  readonly state: Expression;
  /** What `Latency` is, before the milliseconds: `99 % within` and `99 % of the answers took up to`. */
  readonly within: string;
  readonly latencyIs: string;
}

/** Where versions serve: what a rollout asks of it. An answer is that of the latest `readEndpoint`. */
export interface RolloutPlace {
  readonly endpointName: string;
  /** What versions get there, as one word: it stands in the names of deployments. */
  readonly settings: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly readEndpoint: () => Action;
  /** Whether the endpoint says what is wanted, and nothing is being changed. */
  readonly isBrought: (answer: Expression, wanted: Wanted) => Expression;
  /** Whether the endpoint can be changed. */
  readonly isAtRest: (answer: Expression) => Expression;
  /** Writes traffic and tags, in one request. */
  readonly writeEndpoint: (answer: Expression, wanted: Wanted) => Action;
  /** Share of the requests that a deployment answers. */
  readonly shareOf: (answer: Expression, name: Expression) => Expression;
  /** Whether a deployment gets neither requests nor copies of them. */
  readonly isIdle: (answer: Expression, name: Expression) => Expression;
  /** Lists what is deployed, as `value`. */
  readonly listDeployments: () => Action;
  /**
   * Of `item()` of that list: whether it counts (all without), whether a rollout made it, its name, and what it serves.
   */
  readonly isThere?: Expression;
  readonly isOwn: Expression;
  readonly nameOfItem: Expression;
  readonly factsOfItem: (answer: Expression) => {
    readonly version: Expression;
    readonly approvedAt: Expression;
    readonly capacity: Expression;
  };
  /** The name that the list has for a deployment. */
  readonly listedName: (name: Expression) => Expression;
  /** Brings a version there without requests. */
  readonly deploy: (deployment: Deployment) => Actions;
  readonly removeDeployment: (name: Expression) => Action;
  /** What is said where one could not be removed. */
  readonly leftover: string;
  /** Scales the live version; nothing where its deployment says so itself. */
  readonly scaleLive?: (live: Expression) => Actions;
  readonly watch: (candidate: Expression) => Looks;
  /** What the workflow's identity must be allowed, and where. */
  readonly access: readonly PlaceAccess[];
}

/** Operations at a scope, which a role of the stack's own allows. */
export interface PlaceAccess {
  readonly id: string;
  readonly purpose: string;
  readonly title: string;
  readonly scope: string;
  readonly operations: readonly string[];
  readonly description: string;
}
