import { DeliveryEngine } from './delivery-engine';
import { IModelRegistry } from './model-registry-props';
import { DeliveryPipelineIntent } from '../core/delivery-pipeline';

/** The workload's image, built from the commit that is delivered. */
export interface DeliveryImageSpec {
  /** Build context in the repository, `.`. */
  readonly directory: string;
  /**
   * The Dockerfile, relative to the repository's root.
   *
   * @default - `Dockerfile` of the directory
   */
  readonly dockerfile?: string;
  /**
   * Name of the image in the registry's repository.
   *
   * @default - the model's name
   */
  readonly imageName?: string;
  /**
   * The stack's Terraform variable that takes the image's address by digest.
   *
   * @default 'image'
   */
  readonly variable?: string;
}

/** How a delivery runs on Azure, without the registry, which a blueprint gives it. */
export interface DeliveryPipelineOptions extends DeliveryPipelineIntent {
  /**
   * Engine of the delivery.
   *
   * @default DeliveryEngine.gitHubActions()
   */
  readonly engine?: DeliveryEngine;
  /**
   * ARM id of the blob container of Terraform's state,
   * `…/storageAccounts/<account>/blobServices/default/containers/<name>`: deployers write it.
   *
   * @default - the container of the stack's `AzurermBackend`, in the account that the stack's variables
   *   `state_resource_group` and `state_account` name, which are made for it, because each stage has an account of its
   *   own
   */
  readonly stateContainerId?: string;
  /**
   * Builds the workload's image in the first stage and hands it to every stage by digest. GitHub Actions only; needs
   * `registry`.
   *
   * @default - the image is somebody else's: the stack's variable says which
   */
  readonly image?: DeliveryImageSpec;
  /**
   * Folder of the app in the repository; the commands run there.
   *
   * @default '.'
   */
  readonly workingDirectory?: string;
  /**
   * Major version of Node.js that runs the app.
   *
   * @default '22'
   */
  readonly nodeVersion?: string;
  /**
   * Version of Terraform that applies.
   *
   * @default '~1.11'
   */
  readonly terraformVersion?: string;
  /**
   * Installs what the app needs.
   *
   * @default 'npm ci'
   */
  readonly installCommand?: string;
  /**
   * Tests the app.
   *
   * @default 'npm test'
   */
  readonly testCommand?: string;
  /**
   * Synthesizes the app into `cdktf.out`.
   *
   * @default 'npx cdktf synth'
   */
  readonly synthCommand?: string;
}

/** Properties of a `DeliveryPipeline` on Azure. */
export interface DeliveryPipelineProps extends DeliveryPipelineOptions {
  /**
   * The registry whose repository the image is pushed to; the deployers of other stages must have the role AcrPull on
   * its container registry.
   *
   * @default - none
   */
  readonly registry?: IModelRegistry;
}
