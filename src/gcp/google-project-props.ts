import { INetwork } from './private-network-props';

/** Where a stack is deployed to. */
export interface GoogleProjectProps {
  /**
   * Id of the project, `my-project`; it exists, has billing, and its Service Usage and Resource Manager APIs are on.
   */
  readonly projectId: string;
  /** Region of everything, `europe-west4`; tables of machines and GPUs are read for it. */
  readonly region: string;
  /**
   * Number of the project, which Google's own service agents are named by.
   *
   * @default - asked of the project at every plan
   */
  readonly projectNumber?: string;
  /**
   * Network of notebooks, databases and private calls.
   *
   * @default - a network of the stack's own without a path to the internet, made when a construct needs it
   */
  readonly network?: INetwork;
  /**
   * Range of versions of the provider hashicorp/google, and of google-beta where it is needed.
   *
   * @default '~> 6.50'
   */
  readonly providerVersion?: string;
  /**
   * Time to wait after APIs were switched on and before they are used, in seconds, 0 to 600: Google says that they are
   * on before they answer.
   *
   * @default 60
   */
  readonly apiSettleSeconds?: number;
  /**
   * Which set of names this is, 1 to 999, where a stack is applied again after it was destroyed. Google keeps the names of
   * workload identity pools, custom roles, log buckets and databases taken for days to weeks, and that of a key ring for
   * ever; a higher number gives these other names. A change of it on a stack that is there replaces them: change it only
   * between `terraform destroy` and the next apply.
   *
   * @default 1
   */
  readonly nameGeneration?: number;
}
