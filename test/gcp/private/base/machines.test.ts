import { Accelerator } from '../../../../src/core/accelerator';
import { ComputeSpec } from '../../../../src/core/compute';
import { machineFor, machineSpec, MachineUse } from '../../../../src/gcp/private/base/machines';
import { machineNamed, NamedMachine } from 'mlops-constructs/gcp/private/base/machine-named';

const who = { what: 'training pipeline', name: 'Training' };
const picked = (compute?: ComputeSpec, region = 'europe-west4', use: MachineUse = 'training') => machineFor(who, compute, region, use);
const named = (machine: NamedMachine, compute?: ComputeSpec, region = 'europe-west4', use: MachineUse = 'training') =>
  machineNamed(who, machine, compute, region, use);
const said = (sentence: string) => new Error(`training pipeline 'Training': ${sentence}`);

describe('a machine that is described', () => {
  test.each<[string, ComputeSpec | undefined, object]>([
    ['the smallest without a word', undefined, { machineType: 'e2-highmem-2' }],
    ['a GPU of both clouds', { accelerator: Accelerator.NVIDIA_RTX_PRO_6000, acceleratorCount: 2 }, { machineType: 'g4-standard-96', acceleratorType: 'NVIDIA_RTX_PRO_6000', acceleratorCount: 2 }],
    ['a GPU that the vocabulary does not name', { accelerator: Accelerator.of('nvidia-h100-mega', 80), acceleratorCount: 8 }, { machineType: 'a3-megagpu-8g', acceleratorType: 'NVIDIA_H100_MEGA_80GB', acceleratorCount: 8 }],
    ['vCPUs and memory', { vcpus: 8, memoryGiB: 30 }, { machineType: 'e2-standard-8' }],
    ['few vCPUs, much memory', { vcpus: 4, memoryGiB: 32 }, { machineType: 'e2-highmem-4' }],
    ['more than E2 has', { vcpus: 33 }, { machineType: 'n2-standard-48' }],
    ['one T4', { accelerator: Accelerator.NVIDIA_T4 }, { machineType: 'n1-highmem-2', acceleratorType: 'NVIDIA_TESLA_T4', acceleratorCount: 1 }],
    ['T4 for many vCPUs', { accelerator: Accelerator.NVIDIA_T4, acceleratorCount: 2, vcpus: 20 },
      { machineType: 'n1-highcpu-32', acceleratorType: 'NVIDIA_TESLA_T4', acceleratorCount: 2 }],
    ['one L4', { accelerator: Accelerator.NVIDIA_L4 }, { machineType: 'g2-standard-4', acceleratorType: 'NVIDIA_L4', acceleratorCount: 1 }],
    ['one L4 and memory', { accelerator: Accelerator.NVIDIA_L4, memoryGiB: 100 }, { machineType: 'g2-standard-32', acceleratorType: 'NVIDIA_L4', acceleratorCount: 1 }],
    ['eight A100', { accelerator: Accelerator.NVIDIA_A100, acceleratorCount: 8 }, { machineType: 'a2-highgpu-8g', acceleratorType: 'NVIDIA_TESLA_A100', acceleratorCount: 8 }],
    ['eight B200', { accelerator: Accelerator.NVIDIA_B200, acceleratorCount: 8 }, { machineType: 'a4-highgpu-8g', acceleratorType: 'NVIDIA_B200', acceleratorCount: 8 }],
  ])('%s', (_, compute, spec) => {
    expect(machineSpec(picked(compute))).toEqual(spec);
  });

  test('hosting has smaller ones than training', () => {
    expect(picked(undefined, 'europe-west4', 'hosting').machineType).toBe('e2-standard-2');
  });

  test('says what it takes of which quota', () => {
    expect(picked({ accelerator: Accelerator.NVIDIA_L4, acceleratorCount: 4 })).toMatchObject({ quota: 'nvidia_l4_gpus', quotaCount: 4, flexStart: true });
    expect(picked({ vcpus: 8 })).toMatchObject({ quota: 'cpus', quotaCount: 8, flexStart: false });
  });

  test('small H100 machines are never given on demand', () => {
    expect(picked({ accelerator: Accelerator.NVIDIA_H100 }).neverOnDemand).toBe(true);
    expect(picked({ accelerator: Accelerator.NVIDIA_H100, acceleratorCount: 8 }).neverOnDemand).toBe(false);
  });

  test('a region that only the deployment knows is not checked', () => {
    expect(picked({ accelerator: Accelerator.NVIDIA_L4 }, '${TfToken[TOKEN.1]}').machineType).toBe('g2-standard-4');
  });

  test.each<[ComputeSpec, string]>([
    [{ accelerator: Accelerator.NVIDIA_A10G },
      'compute.accelerator must be one that Vertex AI has for training: nvidia-t4, nvidia-v100, nvidia-l4, nvidia-rtx-pro-6000, nvidia-a100, nvidia-a100-80gb, nvidia-h100, nvidia-h100-mega, nvidia-h200, nvidia-b200, got \'nvidia-a10g\''],
    [{ accelerator: Accelerator.NVIDIA_T4, acceleratorCount: 3 }, 'compute.acceleratorCount must be 1, 2 or 4 for nvidia-t4 in training on Google Cloud, got 3'],
    [{ accelerator: Accelerator.NVIDIA_H200 }, 'compute.acceleratorCount must be 8 for nvidia-h200 in training on Google Cloud, got 1'],
    [{ acceleratorCount: 2 }, 'compute.acceleratorCount 2 has no compute.accelerator to count'],
    [{ accelerator: Accelerator.NVIDIA_L4, memoryGiB: 500 },
      'no machine for training has 1 x nvidia-l4, 2 vCPUs, 500 GiB of memory: the largest is g2-standard-32 with 32 vCPUs and 128 GiB'],
    [{ vcpus: 96 }, 'no machine for training has 96 vCPUs, 8 GiB of memory: the largest is n2-highmem-80 with 80 vCPUs and 640 GiB'],
    [{ vcpus: 0 }, 'compute.vcpus must be a whole number between 1 and 384, got 0'],
    [{ memoryGiB: 5000 }, 'compute.memoryGiB must be a whole number between 1 and 3968, got 5000'],
    [{ accelerator: Accelerator.NVIDIA_L4, acceleratorCount: 17 }, 'compute.acceleratorCount must be a whole number between 1 and 16, got 17'],
    [{ volumeGiB: 65000 }, 'compute.volumeGiB must be a whole number between 1 and 64000, got 65000'],
  ])('refuses %j', (compute, sentence) => {
    expect(() => picked(compute)).toThrow(said(sentence));
  });

  test('sixteen A100 in one machine are in fewer regions than single ones', () => {
    const sixteen = { accelerator: Accelerator.NVIDIA_A100, acceleratorCount: 16 };
    expect(picked(sixteen, 'us-central1').machineType).toBe('a2-megagpu-16g');
    expect(() => picked(sixteen, 'us-west1')).toThrow(said(
      'no zone of us-west1 has a2-megagpu-16g: asia-southeast1, europe-west4, us-central1 have; or name the machine with machineType if the region has gained it since'));
    expect(named({ machineType: 'a2-megagpu-16g' }, undefined, 'us-west1').doubt).toBe('no zone of us-west1 has a2-megagpu-16g: asia-southeast1, europe-west4, us-central1 have');
    expect(picked({ ...sixteen, acceleratorCount: 8 }, 'us-west1').machineType).toBe('a2-highgpu-8g');
  });

  test('refuses a GPU that the region does not have', () => {
    expect(() => picked({ accelerator: Accelerator.NVIDIA_A100_80GB }, 'europe-west3')).toThrow(said(
      'no zone of europe-west3 has nvidia-a100-80gb: asia-southeast1, europe-west4, us-central1, us-east4, us-east5 have; or name the machine with machineType if the region has gained it since'));
  });
});

describe('a machine that is named', () => {
  test.each<[string, NamedMachine, ComputeSpec | undefined, object]>([
    ['brings its GPUs', { machineType: 'g2-standard-24' }, undefined, { machineType: 'g2-standard-24', acceleratorType: 'NVIDIA_L4', acceleratorCount: 2 }],
    ['of N1 takes those of the spec', { machineType: 'n1-standard-8' }, { accelerator: Accelerator.NVIDIA_T4 },
      { machineType: 'n1-standard-8', acceleratorType: 'NVIDIA_TESLA_T4', acceleratorCount: 1 }],
    ['without GPUs', { machineType: 'c2-standard-30' }, undefined, { machineType: 'c2-standard-30' }],
    ['with TPUs', { machineType: 'ct5lp-hightpu-4t', tpuTopology: '4x4' }, undefined, { machineType: 'ct5lp-hightpu-4t', tpuTopology: '4x4' }],
    ['with TPUs of one topology', { machineType: 'ct6e-standard-1t' }, undefined, { machineType: 'ct6e-standard-1t', tpuTopology: '1x1' }],
    ['newer than the table', { machineType: 'a9-highgpu-8g' }, undefined, { machineType: 'a9-highgpu-8g' }],
    ['with TPUs newer than the table', { machineType: 'ct9-standard-4t', tpuTopology: '2x2' }, undefined, { machineType: 'ct9-standard-4t', tpuTopology: '2x2' }],
  ])('%s', (_, machine, compute, spec) => {
    expect(machineSpec(named(machine, compute))).toEqual(spec);
  });

  test('is doubted where its family is not in the table, and refused where the family is and has no such member', () => {
    const doubt = (machineType: string) => `machineType ${machineType} is not in the library's table: neither that it exists nor what it takes of the quotas is checked`;
    expect(named({ machineType: 'a9-highgpu-8g' }).doubt).toBe(doubt('a9-highgpu-8g'));
    expect(named({ machineType: 'ct9-standard-4t', tpuTopology: '2x2' }).doubt).toBe(doubt('ct9-standard-4t'));
    expect(() => named({ machineType: 'g2-standard-25' })).toThrow(
      /machineType must be one of g2-standard-4, g2-standard-8, .*, got 'g2-standard-25'/);
    expect(() => named({ machineType: 'ct5lp-hightpu-2t' })).toThrow(/must be one of ct5lp-hightpu-1t, ct5lp-hightpu-4t, ct5lp-hightpu-8t, got/);
    expect(() => named({ machineType: 'e2-standard-5' })).toThrow(/must be one of e2-standard-4, .* for training, got 'e2-standard-5'/);
    for (const machineType of ['ml.g5.xlarge', 'N2-standard-8', 'large']) {
      expect(() => named({ machineType })).toThrow(`machineType must be a machine of Google Cloud like n2-standard-8, got '${machineType}'`);
    }
  });

  test('is doubted, not refused, where the table has it in other regions', () => {
    expect(named({ machineType: 'a2-ultragpu-1g' }, undefined, 'europe-west3').doubt).toBe(
      'no zone of europe-west3 has a2-ultragpu-1g: asia-southeast1, europe-west4, us-central1, us-east4, us-east5 have');
    expect(named({ machineType: 'ct5lp-hightpu-1t' }, undefined, 'europe-west3').doubt).toBe(
      'no zone of europe-west3 has ct5lp-hightpu-1t: europe-west4, us-central1, us-south1, us-west1, us-west4 have');
    expect(named({ machineType: 'a2-ultragpu-1g' }).doubt).toBeUndefined();
  });

  test('counts the chips of the slice', () => {
    expect(named({ machineType: 'ct6e-standard-4t', tpuTopology: '4x8' })).toMatchObject({ quota: 'tpu_v6e', quotaCount: 32 });
  });

  test.each<[NamedMachine, ComputeSpec, string]>([
    [{ machineType: 'g2-standard-8' }, { vcpus: 4 }, 'machineType g2-standard-8 and compute.vcpus say the same thing twice: leave one out'],
    [{ machineType: 'g2-standard-8' }, { memoryGiB: 4 }, 'machineType g2-standard-8 and compute.memoryGiB say the same thing twice: leave one out'],
    [{ machineType: 'g2-standard-8' }, { accelerator: Accelerator.NVIDIA_L4 },
      'machineType g2-standard-8 and compute.accelerator say the same thing twice: only machines of N1 take GPUs, others come with theirs'],
    [{ machineType: 'n1-standard-8' }, { accelerator: Accelerator.NVIDIA_L4 }, 'compute.accelerator must be nvidia-t4 or nvidia-v100 with the machineType n1-standard-8, got \'nvidia-l4\''],
    [{ machineType: 'n1-standard-32' }, { accelerator: Accelerator.NVIDIA_V100 }, 'compute.acceleratorCount must be at least 4 for nvidia-v100 on n1-standard-32, got 1'],
    [{ machineType: 'n1-standard-8' }, { accelerator: Accelerator.NVIDIA_T4, acceleratorCount: 8 },
      'compute.acceleratorCount must be 1, 2 or 4 for nvidia-t4 in training on Google Cloud, got 8'],
    [{ machineType: 'n1-standard-5' }, { accelerator: Accelerator.NVIDIA_T4 },
      'machineType must be one of n1-standard-4, n1-standard-8, n1-standard-16, n1-standard-32, n1-standard-64, n1-standard-96, n1-highmem-2, n1-highmem-4, n1-highmem-8, n1-highmem-16, n1-highmem-32, n1-highmem-64, n1-highmem-96, n1-highcpu-16, n1-highcpu-32, n1-highcpu-64, n1-highcpu-96, got \'n1-standard-5\''],
    [{ machineType: 'e2-standard-2' }, {}, 'machineType must be one of e2-standard-4, e2-standard-8, e2-standard-16, e2-standard-32 for training, got \'e2-standard-2\''],
    [{ machineType: 'ct5lp-hightpu-4t' }, {}, 'tpuTopology must be 2x2, 2x4, 4x4, 4x8, 8x8, 8x16 or 16x16 for ct5lp-hightpu-4t, got undefined'],
    [{ machineType: 'ct5lp-hightpu-4t', tpuTopology: '3x3' }, {}, 'tpuTopology must be 2x2, 2x4, 4x4, 4x8, 8x8, 8x16 or 16x16 for ct5lp-hightpu-4t, got \'3x3\''],
    [{ machineType: 'ct5lp-hightpu-1t' }, { accelerator: Accelerator.NVIDIA_T4 },
      'machineType ct5lp-hightpu-1t has TPUs, compute.accelerator nvidia-t4 is a GPU: leave one out'],
    [{ machineType: 'g2-standard-8', tpuTopology: '2x2' }, {}, 'tpuTopology 2x2 needs a machineType with TPUs, got \'g2-standard-8\''],
  ])('refuses %j with %j', (machine, compute, sentence) => {
    expect(() => named(machine, compute)).toThrow(said(sentence));
  });

  test('refuses to host on a slice of several machines', () => {
    expect(() => named({ machineType: 'ct5lp-hightpu-4t', tpuTopology: '8x8' }, {}, 'europe-west4', 'hosting')).toThrow(said(
      "tpuTopology must be 1x1, 2x2 or 2x4 for hosting, got '8x8'"));
  });
});
