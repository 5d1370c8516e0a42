/** What a SageMaker instance type is asked to do; not every type does everything. */
export type InstanceUse = 'training' | 'hosting' | 'processing' | 'transform';

/** What is known of one SageMaker instance type. */
export interface InstanceFacts {
  /** `ml.g5.xlarge`. */
  readonly instanceType: string;
  readonly vcpus: number;
  readonly memoryGiB: number;
  /** Id of the accelerator as `Accelerator` has it, or the chip's own name for those that the vocabulary lacks. */
  readonly gpu?: string;
  readonly gpuCount: number;
  /** NVMe instance storage in GB; 0 where the type has EBS volumes only. */
  readonly localGb: number;
  readonly efa: boolean;
  readonly uses: readonly InstanceUse[];
}

type GpuRow = [size: string, vcpus: number, memoryGiB: number, gpuCount: number, localGb: number, efa?: 'efa'];

/**
 * Letters of the uses: T training, P processing, H hosting, X transform, as the enums of the API list them.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingClusterConfig.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformResources.html
 */
export const USES: Record<string, InstanceUse> = { T: 'training', P: 'processing', H: 'hosting', X: 'transform' };

/**
 * Machines with accelerators, the smallest first.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html (vCPU, memory, accelerators, instance storage)
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html#efa-instance-types
 */
export const ACCELERATED: [family: string, gpu: string, uses: string, rows: GpuRow[]][] = [
  ['g4dn', 'nvidia-t4', 'TPHX', [
    ['xlarge', 4, 16, 1, 125],
    ['2xlarge', 8, 32, 1, 225],
    ['4xlarge', 16, 64, 1, 225],
    ['8xlarge', 32, 128, 1, 900, 'efa'],
    ['12xlarge', 48, 192, 4, 900, 'efa'],
    ['16xlarge', 64, 256, 1, 900, 'efa'],
  ]],
  ['g5', 'nvidia-a10g', 'TPHX', [
    ['xlarge', 4, 16, 1, 250],
    ['2xlarge', 8, 32, 1, 450],
    ['4xlarge', 16, 64, 1, 600],
    ['8xlarge', 32, 128, 1, 900, 'efa'],
    ['12xlarge', 48, 192, 4, 3800, 'efa'],
    ['16xlarge', 64, 256, 1, 1900, 'efa'],
    ['24xlarge', 96, 384, 4, 3800, 'efa'],
    ['48xlarge', 192, 768, 8, 7600, 'efa'],
  ]],
  ['g6', 'nvidia-l4', 'TPHX', [
    ['xlarge', 4, 16, 1, 250],
    ['2xlarge', 8, 32, 1, 450],
    ['4xlarge', 16, 64, 1, 600],
    ['8xlarge', 32, 128, 1, 900, 'efa'],
    ['12xlarge', 48, 192, 4, 3760, 'efa'],
    ['16xlarge', 64, 256, 1, 1880, 'efa'],
    ['24xlarge', 96, 384, 4, 3760, 'efa'],
    ['48xlarge', 192, 768, 8, 7520, 'efa'],
  ]],
  ['g6e', 'nvidia-l40s', 'TPHX', [
    ['xlarge', 4, 32, 1, 250],
    ['2xlarge', 8, 64, 1, 450],
    ['4xlarge', 16, 128, 1, 600],
    ['8xlarge', 32, 256, 1, 900, 'efa'],
    ['12xlarge', 48, 384, 4, 3800, 'efa'],
    ['16xlarge', 64, 512, 1, 1900, 'efa'],
    ['24xlarge', 96, 768, 4, 3800, 'efa'],
    ['48xlarge', 192, 1536, 8, 7600, 'efa'],
  ]],
  ['g7e', 'nvidia-rtx-pro-6000', 'TPH', [
    ['2xlarge', 8, 64, 1, 1900],
    ['4xlarge', 16, 128, 1, 1900],
    ['8xlarge', 32, 256, 1, 1900, 'efa'],
    ['12xlarge', 48, 512, 2, 3800, 'efa'],
    ['24xlarge', 96, 1024, 4, 7600, 'efa'],
    ['48xlarge', 192, 2048, 8, 15200, 'efa'],
  ]],
  ['p3', 'nvidia-v100', 'TPHX', [
    ['2xlarge', 8, 61, 1, 0],
    ['8xlarge', 32, 244, 4, 0],
    ['16xlarge', 64, 488, 8, 0],
  ]],
  ['p3dn', 'nvidia-v100-32gb', 'T', [['24xlarge', 96, 768, 8, 1800, 'efa']]],
  ['p4d', 'nvidia-a100', 'TH', [['24xlarge', 96, 1152, 8, 8000, 'efa']]],
  ['p4de', 'nvidia-a100-80gb', 'TH', [['24xlarge', 96, 1152, 8, 8000, 'efa']]],
  ['p5', 'nvidia-h100', 'TPH', [['4xlarge', 16, 256, 1, 3800, 'efa']]],
  ['p5', 'nvidia-h100', 'TH', [['48xlarge', 192, 2048, 8, 30400, 'efa']]],
  ['p5e', 'nvidia-h200', 'TH', [['48xlarge', 192, 2048, 8, 30400, 'efa']]],
  ['p5en', 'nvidia-h200', 'TH', [['48xlarge', 192, 2048, 8, 30400, 'efa']]],
  ['p6-b200', 'nvidia-b200', 'TH', [['48xlarge', 192, 2048, 8, 30400, 'efa']]],
  ['p6-b300', 'nvidia-b300', 'TH', [['48xlarge', 192, 4096, 8, 30400, 'efa']]],
  ['trn1', 'aws-trainium', 'THX', [
    ['2xlarge', 8, 32, 1, 474],
    ['32xlarge', 128, 512, 16, 7600, 'efa'],
  ]],
  ['trn1n', 'aws-trainium', 'TH', [['32xlarge', 128, 512, 16, 7600, 'efa']]],
  ['trn2', 'aws-trainium2', 'TH', [['48xlarge', 192, 2048, 16, 7600, 'efa']]],
  ['inf2', 'aws-inferentia2', 'HX', [
    ['xlarge', 4, 16, 1, 0],
    ['8xlarge', 32, 128, 1, 0],
    ['24xlarge', 96, 384, 6, 0],
    ['48xlarge', 192, 768, 12, 0],
  ]],
];

/**
 * Machines without accelerators: the memory is proportional to the vCPUs, which the size tells.
 *
 * A use in front of a list holds for the sizes of that list. The first three families are those that every region and a
 * new account have: only they are picked for a `ComputeSpec`.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/co.html
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/mo.html
 */
export const PLAIN: [family: string, gibPerVcpu: number, sizes: Record<string, string>, efa?: string][] = [
  ['m5', 4, { TPHX: 'large xlarge 2xlarge 4xlarge 12xlarge 24xlarge' }],
  ['c5', 2, { H: 'large', TPHX: 'xlarge 2xlarge 4xlarge 9xlarge 18xlarge' }],
  ['r5', 8, { TPH: 'large xlarge 2xlarge 4xlarge 12xlarge 24xlarge', TP: '8xlarge 16xlarge' }],
  ['m6i', 4, { TPHX: 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge' }, '32xlarge'],
  ['m7i', 4, { TPHX: 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge' }, '48xlarge'],
  ['m8i', 4, { TP: 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge' }, '48xlarge 96xlarge'],
  ['c6i', 2, { HX: 'large', TPHX: 'xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge' }, '32xlarge'],
  ['c7i', 2, { TPHX: 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge' }, '48xlarge'],
  ['c8i', 2, { TP: 'xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge' }, '48xlarge 96xlarge'],
  ['r6i', 8, { TPHX: 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge' }, '32xlarge'],
  ['r7i', 8, { TPHX: 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge' }, '48xlarge'],
  ['r8i', 8, { TP: 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge 48xlarge 96xlarge' }, '48xlarge 96xlarge'],
  ['m6g', 4, { H: 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge' }],
  ['m8g', 4, { H: 'medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge' }, '24xlarge 48xlarge'],
  ['c6g', 2, { H: 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge' }],
  ['c7g', 2, { H: 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge' }, '16xlarge'],
  ['c8g', 2, { H: 'medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge' }, '24xlarge 48xlarge'],
  ['r6g', 8, { H: 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge' }],
  ['r8g', 8, { H: 'medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge' }, '24xlarge 48xlarge'],
];

/** Families that are picked for a `ComputeSpec`. */
export const PICKED = ['m5', 'c5', 'r5'];

/**
 * Machines whose memory does not follow from their size. Those of T2 and T3 are burstable: cheap, never picked by
 * themselves, and endpoints on them cannot scale automatically.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/co.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html
 */
export const IRREGULAR: [type: string, vcpus: number, memoryGiB: number, uses: string, efa?: 'efa'][] = [
  ['t2.medium', 2, 4, 'H'], ['t2.large', 2, 8, 'H'], ['t2.xlarge', 4, 16, 'H'], ['t2.2xlarge', 8, 32, 'H'],
  ['t3.medium', 2, 4, 'TP'], ['t3.large', 2, 8, 'TP'], ['t3.xlarge', 4, 16, 'TP'], ['t3.2xlarge', 8, 32, 'TP'],
  ['c5n.xlarge', 4, 10.5, 'T'], ['c5n.2xlarge', 8, 21, 'T'], ['c5n.4xlarge', 16, 42, 'T'],
  ['c5n.9xlarge', 36, 96, 'T', 'efa'], ['c5n.18xlarge', 72, 192, 'T', 'efa'],
];

/**
 * Families whose machines have NVMe disks of their own, in which SageMaker takes no volume key: the disks encrypt
 * themselves.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html#instance-store-volumes
 */
export const NVME_FAMILIES = new Set([
  'g4dn',
  'g5',
  'g6',
  'g6e',
  'g7',
  'g7e',
  'p3dn',
  'p4d',
  'p4de',
  'p5',
  'p5e',
  'p5en',
  'p6-b200',
  'p6-b300',
  'p6e-gb200',
  'trn1',
  'trn1n',
  'trn2',
  'dl1',
  'm5d',
  'm6gd',
  'c5d',
  'c6gd',
  'r5d',
  'r6gd',
  'r7gd',
]);
