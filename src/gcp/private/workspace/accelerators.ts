import { Accelerator } from '../../../core/accelerator';
import { refuse, Speaker } from '../../../core/private/validation';

/** GPUs on a machine, as Workbench takes them. */
export interface NotebookAccelerator {
  readonly machineType: string;
  readonly type: string;
  readonly count: number;
}

interface Model {
  /**
   * As Workbench names it; the list of provider 6.50.
   *
   * @see https://cloud.google.com/vertex-ai/docs/workbench/reference/rest/v2/AcceleratorConfig
   */
  readonly type: string;
  /** Machines by the number of GPUs, the smallest first. @see https://cloud.google.com/compute/docs/gpus */
  readonly machines: { readonly [count: number]: readonly string[] };
}

const N1 = ['n1-standard-4', 'n1-standard-8', 'n1-standard-16', 'n1-highmem-4', 'n1-highmem-8', 'n1-highmem-16'];
const LARGE_N1 = [
  'n1-standard-8',
  'n1-standard-16',
  'n1-standard-32',
  'n1-highmem-8',
  'n1-highmem-16',
  'n1-highmem-32',
];

const MODELS: { readonly [accelerator: string]: Model } = {
  [Accelerator.NVIDIA_T4.id]: { type: 'NVIDIA_TESLA_T4', machines: { 1: N1, 2: N1, 4: LARGE_N1 } },
  [Accelerator.NVIDIA_V100.id]: {
    type: 'NVIDIA_TESLA_V100',
    machines: {
      1: N1.filter((each) => !each.endsWith('-16')),
      2: LARGE_N1.filter((each) => !each.endsWith('-32')),
      4: LARGE_N1,
      8: LARGE_N1.filter((each) => !each.endsWith('-8')),
    },
  },
  [Accelerator.NVIDIA_L4.id]: {
    type: 'NVIDIA_L4',
    machines: {
      1: ['g2-standard-4', 'g2-standard-8', 'g2-standard-12', 'g2-standard-16', 'g2-standard-32'],
      2: ['g2-standard-24'],
      4: ['g2-standard-48'],
      8: ['g2-standard-96'],
    },
  },
  [Accelerator.NVIDIA_A100.id]: {
    type: 'NVIDIA_TESLA_A100',
    machines: { 1: ['a2-highgpu-1g'], 2: ['a2-highgpu-2g'], 4: ['a2-highgpu-4g'], 8: ['a2-highgpu-8g'] },
  },
  [Accelerator.NVIDIA_A100_80GB.id]: {
    type: 'NVIDIA_A100_80GB',
    machines: { 1: ['a2-ultragpu-1g'], 2: ['a2-ultragpu-2g'], 4: ['a2-ultragpu-4g'], 8: ['a2-ultragpu-8g'] },
  },
};

/** The machine that carries so many GPUs; an error where Workbench has none. */
export function acceleratorOf(accelerator: Accelerator, count: number, machineType?: string): NotebookAccelerator {
  const who: Speaker = { what: 'notebook machine', name: accelerator.id };
  const model =
    MODELS[accelerator.id] ?? refuse(who, 'accelerator', accelerator.id, `one of ${Object.keys(MODELS).join(', ')}`);
  const machines =
    model.machines[count] ?? refuse(who, 'count', count, `one of ${Object.keys(model.machines).join(', ')}`);
  if (machineType !== undefined && !machines.includes(machineType)) {
    refuse(who, 'machineType', machineType, `one of ${machines.join(', ')} for ${count} of ${accelerator.id}`);
  }
  return { machineType: machineType ?? machines[0], type: model.type, count };
}
