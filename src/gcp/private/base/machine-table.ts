/** What a machine of Vertex AI is asked to do; not every type does everything. */
export type MachineUse = 'training' | 'hosting';

/** Machines that carry a model of GPU of their own; vCPUs and memory in GB as Compute Engine counts them. */
export interface AcceleratedRow {
  readonly machineType: string;
  readonly vcpus: number;
  readonly memoryGiB: number;
  readonly gpuCount: number;
  /** Given as spot or flex-start machines only, never on demand. */
  readonly neverOnDemand?: boolean;
  /** Regions with a zone that has it, where those of its GPU have not all. */
  readonly regions?: readonly string[];
}

/** A model of GPU on Google Cloud. */
export interface GpuModel {
  /** Id of the accelerator as `Accelerator` has it, or the chip's own name for those that the vocabulary lacks. */
  readonly gpu: string;
  /** `AcceleratorType` of the API. */
  readonly acceleratorType: string;
  /** Part of the names of quotas, `nvidia_l4_gpus`. */
  readonly quota: string;
  /** Whether Dynamic Workload Scheduler queues for it (`FLEX_START`). */
  readonly flexStart: boolean;
  /** Regions with a zone that has it; undefined where the vendor's list is not kept here, and nothing is checked. */
  readonly regions?: readonly string[];
  /** Machines with it; those of N1 are put together instead, see `N1_GPUS`. */
  readonly machines: readonly AcceleratedRow[];
}

/**
 * The GPUs, the smallest first.
 *
 * A region with a zone that has the machine can still lack it for Vertex AI, or lack the quota: a region that is
 * missing here has none at all.
 *
 * @see https://cloud.google.com/compute/docs/gpus/gpu-regions-zones
 * @see https://cloud.google.com/compute/docs/accelerator-optimized-machines
 * @see https://cloud.google.com/vertex-ai/docs/training/configure-compute
 * @see https://cloud.google.com/vertex-ai/docs/predictions/configure-compute
 * @see https://cloud.google.com/vertex-ai/docs/training/schedule-jobs-dws (flex-start)
 */
export const GPUS: readonly GpuModel[] = [
  {
    gpu: 'nvidia-t4',
    acceleratorType: 'NVIDIA_TESLA_T4',
    quota: 'nvidia_t4_gpus',
    flexStart: false,
    regions: list(
      'asia-east1 asia-east2 asia-northeast1 asia-northeast3 asia-south1 asia-southeast1 asia-southeast2 australia-southeast1 ' +
        'europe-central2 europe-west1 europe-west2 europe-west3 europe-west4 me-west1 northamerica-northeast1 southamerica-east1 ' +
        'us-central1 us-east1 us-east4 us-west1 us-west2 us-west3 us-west4',
    ),
    machines: [],
  },
  {
    gpu: 'nvidia-v100',
    acceleratorType: 'NVIDIA_TESLA_V100',
    quota: 'nvidia_v100_gpus',
    flexStart: false,
    regions: list('asia-east1 europe-west4 us-central1 us-east1 us-west1'),
    machines: [],
  },
  {
    gpu: 'nvidia-l4',
    acceleratorType: 'NVIDIA_L4',
    quota: 'nvidia_l4_gpus',
    flexStart: true,
    regions: list(
      'asia-east1 asia-northeast1 asia-northeast3 asia-south1 asia-southeast1 europe-west1 europe-west2 europe-west3 europe-west4 ' +
        'europe-west6 me-central2 northamerica-northeast2 us-central1 us-east1 us-east4 us-west1 us-west4',
    ),
    machines: [
      row('g2-standard-4', 4, 16, 1),
      row('g2-standard-8', 8, 32, 1),
      row('g2-standard-12', 12, 48, 1),
      row('g2-standard-16', 16, 64, 1),
      row('g2-standard-32', 32, 128, 1),
      row('g2-standard-24', 24, 96, 2),
      row('g2-standard-48', 48, 192, 4),
      row('g2-standard-96', 96, 384, 8),
    ],
  },
  {
    gpu: 'nvidia-rtx-pro-6000',
    acceleratorType: 'NVIDIA_RTX_PRO_6000',
    quota: 'nvidia_rtx_pro_6000_gpus',
    flexStart: false,
    machines: [
      row('g4-standard-48', 48, 180, 1),
      row('g4-standard-96', 96, 360, 2),
      row('g4-standard-192', 192, 720, 4),
      row('g4-standard-384', 384, 1440, 8),
    ],
  },
  {
    gpu: 'nvidia-a100',
    acceleratorType: 'NVIDIA_TESLA_A100',
    quota: 'nvidia_a100_gpus',
    flexStart: true,
    regions: list(
      'asia-northeast1 asia-northeast3 asia-southeast1 europe-west4 me-west1 us-central1 us-east1 us-west1 us-west3 us-west4',
    ),
    machines: [
      row('a2-highgpu-1g', 12, 85, 1),
      row('a2-highgpu-2g', 24, 170, 2),
      row('a2-highgpu-4g', 48, 340, 4),
      row('a2-highgpu-8g', 96, 680, 8),
      { ...row('a2-megagpu-16g', 96, 1360, 16), regions: list('asia-southeast1 europe-west4 us-central1') },
    ],
  },
  {
    gpu: 'nvidia-a100-80gb',
    acceleratorType: 'NVIDIA_A100_80GB',
    quota: 'nvidia_a100_80gb_gpus',
    flexStart: true,
    regions: list('asia-southeast1 europe-west4 us-central1 us-east4 us-east5'),
    machines: [
      row('a2-ultragpu-1g', 12, 170, 1),
      row('a2-ultragpu-2g', 24, 340, 2),
      row('a2-ultragpu-4g', 48, 680, 4),
      row('a2-ultragpu-8g', 96, 1360, 8),
    ],
  },
  {
    gpu: 'nvidia-h100',
    acceleratorType: 'NVIDIA_H100_80GB',
    quota: 'nvidia_h100_gpus',
    flexStart: true,
    regions: list(
      'asia-east1 asia-northeast1 asia-south1 asia-south2 asia-southeast1 australia-southeast1 europe-north1 europe-west1 europe-west3 ' +
        'europe-west4 europe-west8 europe-west9 us-central1 us-east4 us-east5 us-west1 us-west4',
    ),
    machines: [
      { ...row('a3-highgpu-1g', 26, 234, 1), neverOnDemand: true },
      { ...row('a3-highgpu-2g', 52, 468, 2), neverOnDemand: true },
      { ...row('a3-highgpu-4g', 104, 936, 4), neverOnDemand: true },
      row('a3-highgpu-8g', 208, 1872, 8),
    ],
  },
  {
    gpu: 'nvidia-h100-mega',
    acceleratorType: 'NVIDIA_H100_MEGA_80GB',
    quota: 'nvidia_h100_mega_gpus',
    flexStart: true,
    machines: [row('a3-megagpu-8g', 208, 1872, 8)],
  },
  {
    gpu: 'nvidia-h200',
    acceleratorType: 'NVIDIA_H200_141GB',
    quota: 'nvidia_h200_gpus',
    flexStart: true,
    regions: list('asia-south1 asia-south2 europe-west1 europe-west4 us-central1 us-east4 us-east5 us-south1 us-west1'),
    machines: [row('a3-ultragpu-8g', 224, 2952, 8)],
  },
  {
    gpu: 'nvidia-b200',
    acceleratorType: 'NVIDIA_B200',
    quota: 'nvidia_b200_gpus',
    flexStart: true,
    regions: list(
      'asia-northeast1 asia-southeast1 europe-north1 europe-west4 us-central1 us-east1 us-east4 us-south1 us-west2 us-west3',
    ),
    machines: [row('a4-highgpu-8g', 224, 3968, 8)],
  },
];

/**
 * GPUs that are put into machines of the N1 series: how many of them, and how many vCPUs each of them can serve.
 *
 * @see https://cloud.google.com/vertex-ai/docs/training/configure-compute#gpu-compatibility-table
 */
export const N1_GPUS: { readonly [gpu: string]: { readonly counts: readonly number[]; readonly vcpusEach: number } } = {
  'nvidia-t4': { counts: [1, 2, 4], vcpusEach: 24 },
  'nvidia-v100': { counts: [1, 2, 4, 8], vcpusEach: 12 },
};

/**
 * Machines without accelerators: memory in proportion to the vCPUs, and the vCPUs of each use. Those that are not
 * `picked` are there to be named.
 *
 * @see https://cloud.google.com/vertex-ai/docs/training/configure-compute#machine-types
 * @see https://cloud.google.com/vertex-ai/docs/predictions/configure-compute#machine-types
 */
export const PLAIN: readonly {
  readonly family: string;
  readonly gibPerVcpu: number;
  readonly sizes: { readonly [use in MachineUse]: readonly number[] };
  readonly picked?: boolean;
}[] = [
  { family: 'e2-standard', gibPerVcpu: 4, sizes: { training: [4, 8, 16, 32], hosting: [2, 4, 8, 16, 32] }, picked: true },
  { family: 'e2-highmem', gibPerVcpu: 8, sizes: { training: [2, 4, 8, 16], hosting: [2, 4, 8, 16] }, picked: true },
  { family: 'e2-highcpu', gibPerVcpu: 1, sizes: { training: [16, 32], hosting: [2, 4, 8, 16, 32] }, picked: true },
  { family: 'n2-standard', gibPerVcpu: 4, sizes: { training: [4, 8, 16, 32, 48, 64, 80], hosting: [2, 4, 8, 16, 32, 48, 64, 80] }, picked: true },
  { family: 'n2-highmem', gibPerVcpu: 8, sizes: { training: [2, 4, 8, 16, 32, 48, 64, 80], hosting: [2, 4, 8, 16, 32, 48, 64, 80] }, picked: true },
  { family: 'n2-highcpu', gibPerVcpu: 1, sizes: { training: [16, 32, 48, 64, 80], hosting: [2, 4, 8, 16, 32, 48, 64, 80] } },
  { family: 'n1-standard', gibPerVcpu: 3.75, sizes: { training: [4, 8, 16, 32, 64, 96], hosting: [2, 4, 8, 16, 32] } },
  { family: 'n1-highmem', gibPerVcpu: 6.5, sizes: { training: [2, 4, 8, 16, 32, 64, 96], hosting: [2, 4, 8, 16, 32] } },
  { family: 'n1-highcpu', gibPerVcpu: 0.9, sizes: { training: [16, 32, 64, 96], hosting: [4, 8, 16, 32] } },
  { family: 'c2-standard', gibPerVcpu: 4, sizes: { training: [4, 8, 16, 30, 60], hosting: [4, 8, 16, 30, 60] } },
];

/** A machine with TPU chips. */
export interface TpuRow {
  readonly machineType: string;
  readonly vcpus: number;
  readonly memoryGiB: number;
  /** How the chips of a slice are laid out, for all slices that the machine can be part of. */
  readonly topologies: readonly string[];
}

/** A generation of TPUs. */
export interface TpuModel {
  readonly generation: string;
  readonly quota: string;
  readonly regions: readonly string[];
  readonly machines: readonly TpuRow[];
}

/**
 * TPUs, named by their machine type and the topology of the slice.
 *
 * @see https://cloud.google.com/vertex-ai/docs/training/training-with-tpu-vm
 * @see https://cloud.google.com/tpu/docs/regions-zones
 */
export const TPUS: readonly TpuModel[] = [
  {
    generation: 'v5e',
    quota: 'tpu_v5e',
    regions: list('europe-west4 us-central1 us-south1 us-west1 us-west4'),
    machines: [
      { machineType: 'ct5lp-hightpu-1t', vcpus: 24, memoryGiB: 48, topologies: ['1x1'] },
      { machineType: 'ct5lp-hightpu-4t', vcpus: 112, memoryGiB: 192, topologies: list('2x2 2x4 4x4 4x8 8x8 8x16 16x16') },
      { machineType: 'ct5lp-hightpu-8t', vcpus: 224, memoryGiB: 384, topologies: ['2x4'] },
    ],
  },
  {
    generation: 'v6e',
    quota: 'tpu_v6e',
    regions: list('asia-northeast1 europe-west4 us-central1 us-east1 us-east5 us-south1'),
    machines: [
      { machineType: 'ct6e-standard-1t', vcpus: 44, memoryGiB: 176, topologies: ['1x1'] },
      { machineType: 'ct6e-standard-4t', vcpus: 180, memoryGiB: 720, topologies: list('2x2 2x4 4x4 4x8 8x8 8x16 16x16') },
      { machineType: 'ct6e-standard-8t', vcpus: 180, memoryGiB: 1440, topologies: ['2x4'] },
    ],
  },
];

function row(machineType: string, vcpus: number, memoryGiB: number, gpuCount: number): AcceleratedRow {
  return { machineType, vcpus, memoryGiB, gpuCount };
}

function list(words: string): readonly string[] {
  return words.split(' ');
}
