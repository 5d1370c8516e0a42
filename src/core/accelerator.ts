import { MlopsError } from './private/errors';
import { show } from './private/validation';

/**
 * A GPU model, by the name its maker sells it under; each cloud maps it to machines that carry it.
 *
 * A cloud that has no machine with the model refuses it and names those it has.
 */
export class Accelerator {
  /**
   * NVIDIA T4, 16 GB: the smallest, for inference and light training.
   *
   * @see https://www.nvidia.com/en-us/data-center/tesla-t4/
   */
  public static readonly NVIDIA_T4 = new Accelerator('nvidia-t4', 16);
  /** NVIDIA V100, 16 GB, of the Volta generation. @see https://www.nvidia.com/en-gb/data-center/tesla-v100/ */
  public static readonly NVIDIA_V100 = new Accelerator('nvidia-v100', 16);
  /** NVIDIA A10G (A10 on Azure), 24 GB. @see https://www.nvidia.com/en-us/data-center/products/a10-gpu/ */
  public static readonly NVIDIA_A10G = new Accelerator('nvidia-a10g', 24);
  /** NVIDIA L4, 24 GB, of the Ada generation. @see https://www.nvidia.com/en-us/data-center/l4/ */
  public static readonly NVIDIA_L4 = new Accelerator('nvidia-l4', 24);
  /** NVIDIA L40S, 48 GB. @see https://www.nvidia.com/en-us/data-center/l40s/ */
  public static readonly NVIDIA_L40S = new Accelerator('nvidia-l40s', 48);
  /** NVIDIA A100 with 40 GB. @see https://www.nvidia.com/en-us/data-center/a100/ */
  public static readonly NVIDIA_A100 = new Accelerator('nvidia-a100', 40);
  /** NVIDIA A100 with 80 GB. @see https://www.nvidia.com/en-us/data-center/a100/ */
  public static readonly NVIDIA_A100_80GB = new Accelerator('nvidia-a100-80gb', 80);
  /** NVIDIA H100, 80 GB. @see https://www.nvidia.com/en-us/data-center/h100/ */
  public static readonly NVIDIA_H100 = new Accelerator('nvidia-h100', 80);
  /** NVIDIA H200, 141 GB. @see https://www.nvidia.com/en-us/data-center/h200/ */
  public static readonly NVIDIA_H200 = new Accelerator('nvidia-h200', 141);
  /** NVIDIA B200, 180 GB as clouds offer it. @see https://www.nvidia.com/en-us/data-center/dgx-b200/ */
  public static readonly NVIDIA_B200 = new Accelerator('nvidia-b200', 180);
  /**
   * NVIDIA RTX PRO 6000 Blackwell Server Edition, 96 GB.
   *
   * @see https://www.nvidia.com/en-us/data-center/rtx-pro-6000-blackwell-server-edition/
   */
  public static readonly NVIDIA_RTX_PRO_6000 = new Accelerator('nvidia-rtx-pro-6000', 96);

  /**
   * An accelerator that has no name here: one that a cloud's table of machines knows and the vocabulary does not,
   * `nvidia-b300` or `aws-trainium2` on AWS. A cloud without a machine for the id refuses it and lists those it has.
   *
   * @param id Lower-case letters, digits and hyphens, as in the errors and tables of the clouds.
   * @param memoryGb Memory of one accelerator, in GB as its maker counts them.
   *
   * @example
   * import { Accelerator, TrainingSpec } from 'mlops-constructs';
   *
   * const training: TrainingSpec = { compute: { accelerator: Accelerator.of('nvidia-b300', 288), acceleratorCount: 8 } };
   */
  public static of(id: string, memoryGb: number): Accelerator {
    if (typeof id !== 'string' || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
      throw new MlopsError(
        'Invalid accelerator',
        `accelerator: id must be lower-case letters, digits and hyphens, got ${show(id)}`,
      );
    }
    if (!(memoryGb > 0)) {
      throw new MlopsError('Invalid accelerator', `accelerator '${id}': memoryGb must be more than 0, got ${memoryGb}`);
    }
    return new Accelerator(id, memoryGb);
  }

  private constructor(
    /** The lower-case name that tables and errors use, `nvidia-t4`. */
    public readonly id: string,
    /** Memory of one GPU, in GB as its maker counts them. */
    public readonly memoryGb: number,
  ) {}

  /** The id, so that an accelerator reads well in an error. */
  public toString(): string {
    return this.id;
  }
}
