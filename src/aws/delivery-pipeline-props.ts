import { Environment, Stage } from 'aws-cdk-lib';
import { DeliveryEngine } from './delivery-engine';
import { DeliveryPipelineIntent, DeliveryStageSpec } from '../core/delivery-pipeline';

/** Makes the stacks of one stage, the same for each of them. */
export interface IStackFactory {
  /**
   * Called once for each stage, in order.
   *
   * @param scope the stage that the stacks belong to; its account and region are those of `environments`
   * @param stage its name and whether it needs an approval
   */
  createStacks(scope: Stage, stage: DeliveryStageSpec): void;
}

/** Properties of a `DeliveryPipeline` on AWS. */
export interface DeliveryPipelineProps extends DeliveryPipelineIntent {
  /**
   * Engine of the delivery.
   *
   * @default DeliveryEngine.gitHubActions()
   */
  readonly engine?: DeliveryEngine;
  /**
   * Makes the stacks that are delivered, as a `Stage` of the app for each stage of the delivery, under its name.
   *
   * @default - the stacks that the app has anyway are delivered to every stage: each should then have an account of its
   *   own
   */
  readonly stacks?: IStackFactory;
  /**
   * Account and region of the stages, by the name of the stage. Another account must be bootstrapped with `--trust` of
   * the one that this is in.
   *
   * @default - the account and region that this is in; with GitHub Actions the account of the role in the stage's
   *   variables, where a parameter of the stack says which stage the account is
   */
  readonly environments?: { [stage: string]: Environment };
  /**
   * Qualifier that the environments were bootstrapped with.
   *
   * @default - that of the app (context `@aws-cdk/core:bootstrapQualifier`), or else `hnb659fds`
   */
  readonly bootstrapQualifier?: string;
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
   * The CDK command line.
   *
   * @default 'npx cdk'
   */
  readonly cdkCommand?: string;
}
