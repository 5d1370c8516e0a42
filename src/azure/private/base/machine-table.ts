/** What a machine of Azure Machine Learning is asked to do; not every size does everything. */
export type MachineUse = 'training' | 'hosting' | 'notebook';

/** One size. */
export interface SizeRow {
  readonly vmSize: string;
  readonly vcpus: number;
  readonly memoryGiB: number;
  /** GPUs that it comes with; 0 for none. */
  readonly gpuCount: number;
}

/** Sizes of one series, which share a quota. */
export interface Series {
  /** Name of the quota of the workspace's region, which counts vCPUs. */
  readonly quota: string;
  /** Id of the accelerator as `Accelerator` has it; undefined without a GPU. */
  readonly gpu?: string;
  /** What the series is offered for. */
  readonly uses: readonly MachineUse[];
  /** Whether `ComputeSpec` picks of it; the others are taken by name. */
  readonly isPicked: boolean;
  readonly sizes: readonly SizeRow[];
}

/**
 * The sizes that Azure Machine Learning is known to offer, the smaller series first.
 *
 * @see https://learn.microsoft.com/azure/machine-learning/concept-compute-target#supported-vm-series-and-sizes
 * @see https://learn.microsoft.com/azure/machine-learning/reference-managed-online-endpoints-vm-sku-list
 * @see https://learn.microsoft.com/azure/virtual-machines/sizes/overview
 */
export const SERIES: readonly Series[] = [
  plain(
    'standardDDSv4Family',
    4,
    ['training', 'notebook'],
    true,
    (vcpus) => `Standard_D${vcpus}ds_v4`,
    [2, 4, 8, 16, 32, 48, 64],
  ),
  plain(
    'standardDASv4Family',
    4,
    ['hosting'],
    true,
    (vcpus) => `Standard_D${vcpus}as_v4`,
    [2, 4, 8, 16, 32, 48, 64, 96],
  ),
  plain(
    'standardESv3Family',
    8,
    ['training', 'hosting', 'notebook'],
    true,
    (vcpus) => `Standard_E${vcpus}s_v3`,
    [2, 4, 8, 16, 32, 48],
  ),
  plain(
    'standardFSv2Family',
    2,
    ['training', 'hosting', 'notebook'],
    false,
    (vcpus) => `Standard_F${vcpus}s_v2`,
    [2, 4, 8, 16, 32, 48, 64, 72],
  ),
  plain(
    'standardDSv2Family',
    3.5,
    ['training', 'hosting', 'notebook'],
    false,
    (vcpus) => `Standard_DS${Math.log2(vcpus) + 1}_v2`,
    [1, 2, 4, 8, 16],
  ),
  plain(
    'standardDSv3Family',
    4,
    ['training', 'notebook'],
    false,
    (vcpus) => `Standard_D${vcpus}s_v3`,
    [2, 4, 8, 16, 32, 48, 64],
  ),
  gpus('nvidia-t4', 'standardNCASv3_T4Family', [
    ['Standard_NC4as_T4_v3', 4, 28, 1],
    ['Standard_NC8as_T4_v3', 8, 56, 1],
    ['Standard_NC16as_T4_v3', 16, 110, 1],
    ['Standard_NC64as_T4_v3', 64, 440, 4],
  ]),
  gpus(
    'nvidia-a10g',
    'standardNVADSA10v5Family',
    [
      ['Standard_NV36ads_A10_v5', 36, 440, 1],
      ['Standard_NV36adms_A10_v5', 36, 880, 1],
      ['Standard_NV72ads_A10_v5', 72, 880, 2],
    ],
    ['training', 'notebook'],
  ),
  gpus('nvidia-a100', 'standardNDASv4_A100Family', [['Standard_ND96asr_v4', 96, 900, 8]]),
  gpus('nvidia-a100-80gb', 'standardNCADSA100v4Family', [
    ['Standard_NC24ads_A100_v4', 24, 220, 1],
    ['Standard_NC48ads_A100_v4', 48, 440, 2],
    ['Standard_NC96ads_A100_v4', 96, 880, 4],
  ]),
  gpus('nvidia-a100-80gb', 'standardNDAMSv4_A100Family', [['Standard_ND96amsr_A100_v4', 96, 1900, 8]]),
  gpus('nvidia-h100', 'standardNCadsH100v5Family', [
    ['Standard_NC40ads_H100_v5', 40, 320, 1],
    ['Standard_NC80adis_H100_v5', 80, 640, 2],
  ]),
  gpus('nvidia-h100', 'standardNDSH100v5Family', [['Standard_ND96isr_H100_v5', 96, 1900, 8]]),
  gpus('nvidia-h200', 'standardNDISRH200V5Family', [['Standard_ND96isr_H200_v5', 96, 1850, 8]]),
];

/**
 * Sizes that Azure has retired: nothing new starts on them.
 *
 * @see https://learn.microsoft.com/azure/virtual-machines/sizes/retirement/retired-sizes-list
 */
export const RETIRED: readonly { readonly sizes: RegExp; readonly instead: string }[] = [
  { sizes: /^Standard_NC(6|12|24r?)(_Promo)?$/i, instead: 'Standard_NC4as_T4_v3' },
  { sizes: /^Standard_NC(6|12|24r?)s_v[23]$|^Standard_NC24rs_v[23]$/i, instead: 'Standard_NC24ads_A100_v4' },
  { sizes: /^Standard_ND(6|12|24r?)s$|^Standard_ND24rs$/i, instead: 'Standard_NC24ads_A100_v4' },
  { sizes: /^Standard_ND40rs_v2$/i, instead: 'Standard_ND96asr_v4' },
  { sizes: /^Standard_NV(6|12|24)(_Promo)?$|^Standard_NV(6|12|24)s_v2$|^Standard_NV(12|24|48)s_v3$|^Standard_NV(4|8|16|32)as_v4$/i, instead: 'Standard_NV36ads_A10_v5' },
  { sizes: /^Standard_H(8|16)(m|r|mr)?(_Promo)?$/i, instead: 'Standard_HB120rs_v3' },
];

function plain(
  quota: string,
  gibPerVcpu: number,
  uses: readonly MachineUse[],
  isPicked: boolean,
  nameOf: (vcpus: number) => string,
  counts: readonly number[],
): Series {
  return {
    quota,
    uses,
    isPicked,
    sizes: counts.map((vcpus) => ({ vmSize: nameOf(vcpus), vcpus, memoryGiB: vcpus * gibPerVcpu, gpuCount: 0 })),
  };
}

function gpus(
  gpu: string, quota: string, rows: readonly [vmSize: string, vcpus: number, memoryGiB: number, gpuCount: number][],
  uses: readonly MachineUse[] = ['training', 'hosting', 'notebook'],
): Series {
  return {
    quota,
    gpu,
    uses,
    isPicked: true,
    sizes: rows.map(([vmSize, vcpus, memoryGiB, gpuCount]) => ({ vmSize, vcpus, memoryGiB, gpuCount })),
  };
}
