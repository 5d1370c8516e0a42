import { IConstruct } from 'constructs';
import { IConnection } from './connection-props';
import { IDataLake } from './data-lake-props';
import { IExperimentTracker } from './experiment-tracker-props';
import { NotebookMachine } from './notebook-machine';
import { RemovalPolicy } from './removal-policy';
import { IServiceAccount } from './service-account-props';
import { WorkspaceIntent } from '../core/workspace';

/** Notebooks that a product's people work in: what a blueprint needs of them. */
export interface IWorkspace extends IConstruct {
  /** The identities of all notebooks; they are granted what people need. */
  readonly serviceAccounts: IServiceAccount[];
}

/** Attributes of an existing workspace. */
export interface WorkspaceAttributes {
  /** The identities of its notebooks. */
  readonly serviceAccounts: IServiceAccount[];
}

/** Notebooks on Google Cloud, without what a blueprint connects them to. */
export interface WorkspaceOptions extends WorkspaceIntent {
  /**
   * Who a notebook belongs to, by the name in `users`: only this e-mail address can open it. It cannot change later.
   *
   * @default - a notebook has no owner; `grantOpen` allows people to open it
   */
  readonly owners?: { [user: string]: string };
  /**
   * More variables of every notebook, by name. All get `MLOPS_RAW_BUCKET`, `MLOPS_ARTIFACT_BUCKET`,
   * `MLOPS_FEATURE_DATASET`, `MLOPS_CAPTURE_DATASET`, `MLOPS_PROJECT` and `MLOPS_REGION`, and those of the tracker. No
   * secrets: who may open a notebook can read them.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
  /**
   * Folders of the lake's buckets that notebooks write, `notebook-startup/` excepted: it holds what root runs on all of
   * them. They read everything. Who writes all of `training/` can change pipeline outputs there, also after approval.
   *
   * @default ['dataset/', 'notebooks/', 'training/notebooks/']
   */
  readonly writablePrefixes?: string[];
  /**
   * The machine of every notebook. It can change later while the notebook stands still.
   *
   * @default NotebookMachine.cpu('e2-standard-4') - about 0.15 USD an hour while it runs
   */
  readonly machine?: NotebookMachine;
  /**
   * Zone of the notebooks, in the region of the stack. Not every zone has every GPU.
   *
   * @default - zone b of the region
   * @see https://cloud.google.com/compute/docs/gpus/gpu-regions-zones
   */
  readonly zone?: string;
  /**
   * Size of the disk that keeps a notebook's files, in GB, 10 to 64000; it can only grow.
   *
   * @default 100
   */
  readonly dataDiskSizeGb?: number;
  /**
   * Name of the image of the machine, `workbench-instances-v20250801`, so that every notebook has the same versions of
   * everything.
   *
   * @default - the newest of the family workbench-instances when the notebook is made
   */
  readonly vmImageName?: string;
  /**
   * Whether `pip` reaches PyPI, through a mirror in Artifact Registry: the network has no other way to it.
   *
   * @default false
   */
  readonly pythonPackages?: boolean;
  /**
   * Removal policy of the notebooks and their disks when they leave the stack, or their name leaves `users`.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Notebooks on Google Cloud: Workbench instances. */
export interface WorkspaceProps extends WorkspaceOptions {
  /** The lake that notebooks read and write, and whose key encrypts their disks. */
  readonly data: IDataLake;
  /**
   * The tracker that notebooks record their runs in: they may use it, and MLflow finds it, and its token, by variables.
   *
   * @default - none: grant its use to the service accounts yourself
   */
  readonly tracking?: IExperimentTracker;
  /**
   * Systems that the notebooks use: their variables, and the right of every notebook to read their secrets, which
   * terminals and kernels fetch when they start.
   *
   * @default - none
   */
  readonly connections?: IConnection[];
}
