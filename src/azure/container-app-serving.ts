import { ContainerAppServingOptions } from './container-app-serving-props';
import { Serving } from '../core/serving';

/** `Serving.serverless` in the words of Container Apps. */
export class ContainerAppServing extends Serving {
  /** Answers at once from a container app, with a GPU if need be, and costs nothing while idle. */
  public static app(options: ContainerAppServingOptions = {}): Serving {
    return new ContainerAppServing(options);
  }

  public readonly mode = 'serverless';
  private constructor(
    /** Options of the mode. */
    public readonly options: ContainerAppServingOptions,
  ) {
    super();
  }
}
