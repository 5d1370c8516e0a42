import * as fc from 'fast-check';
import { SERIES } from '../../../../src/azure/private/base/machine-table';
import { Machine, machineFor, machineNamed, MachineUse } from '../../../../src/azure/private/base/machines';
import { Accelerator } from '../../../../src/core/accelerator';
import { ComputeSpec } from '../../../../src/core/compute';

const accelerators = Object.values(Accelerator).filter((each): each is Accelerator => each instanceof Accelerator);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const compute: fc.Arbitrary<ComputeSpec> = fc.record({
  accelerator: maybe(fc.constantFrom(...accelerators)),
  acceleratorCount: maybe(fc.constantFrom(1, 2, 4, 8, 16)),
  vcpus: maybe(fc.integer({ min: 1, max: 110 })),
  memoryGiB: maybe(fc.integer({ min: 1, max: 2000 })),
});
const use = fc.constantFrom<MachineUse>('training', 'hosting', 'notebook');
const who = { what: 'training pipeline', name: 'Training' };

function picked(spec: ComputeSpec, forUse: MachineUse): Machine | undefined {
  try {
    return machineFor(who, spec, forUse);
  } catch (error) {
    expect((error as Error).message).toMatch(/^training pipeline 'Training': (compute\.\w+ |no machine )/);
    return undefined;
  }
}

test('a machine has all that was asked for, or the refusal says what there is', () => {
  fc.assert(fc.property(compute, use, (spec, forUse) => {
    const machine = picked(spec, forUse);
    if (machine === undefined) return;
    expect(machine.vcpus).toBeGreaterThanOrEqual(spec.vcpus ?? 2);
    expect(machine.memoryGiB).toBeGreaterThanOrEqual(spec.memoryGiB ?? 8);
    expect(machine.gpuCount).toBe(spec.accelerator === undefined ? 0 : spec.acceleratorCount ?? 1);
    const series = SERIES.find(({ sizes }) => sizes.some(({ vmSize }) => vmSize === machine.vmSize))!;
    expect(series.gpu).toBe(spec.accelerator?.id);
    expect(series.uses).toContain(forUse);
  }), { numRuns: 500, seed: 7 });
});

test.each<[ComputeSpec | undefined, MachineUse, string]>([
  [undefined, 'training', 'Standard_D2ds_v4'],
  [undefined, 'hosting', 'Standard_D2as_v4'],
  [{ memoryGiB: 12 }, 'hosting', 'Standard_E2s_v3'],
  [{ accelerator: Accelerator.NVIDIA_T4 }, 'hosting', 'Standard_NC4as_T4_v3'],
  [{ accelerator: Accelerator.NVIDIA_A10G }, 'training', 'Standard_NV36ads_A10_v5'],
  [{ accelerator: Accelerator.NVIDIA_A100_80GB, acceleratorCount: 8 }, 'training', 'Standard_ND96amsr_A100_v4'],
  [{ accelerator: Accelerator.NVIDIA_H100, acceleratorCount: 2 }, 'training', 'Standard_NC80adis_H100_v5'],
])('%j for %s is %s', (spec, forUse, vmSize) => {
  expect(machineFor(who, spec, forUse).vmSize).toBe(vmSize);
});

test.each<[ComputeSpec, RegExp]>([
  [{ accelerator: Accelerator.NVIDIA_V100 }, /compute\.accelerator must be one that Azure Machine Learning has for training: nvidia-t4, .*, got 'nvidia-v100'/],
  [{ accelerator: Accelerator.NVIDIA_T4, acceleratorCount: 3 }, /compute\.acceleratorCount must be 1 or 4 for nvidia-t4 in training on Azure, got 3/],
  [{ vcpus: 90 }, /no machine for training has 90 vCPUs, 8 GiB of memory: the largest is Standard_E48s_v3/],
  [{ acceleratorCount: 2 }, /compute\.acceleratorCount 2 has no compute\.accelerator to count/],
])('%j is refused', (spec, error) => {
  expect(() => machineFor(who, spec, 'training')).toThrow(error);
});

describe('a size by name', () => {
  const named = (vmSize: string, spec?: ComputeSpec, forUse: MachineUse = 'training') => machineNamed(who, vmSize, spec, forUse);

  test.each<[string, ComputeSpec | undefined, RegExp]>([
    ['Standard_NC6', undefined, /vmSize must be a size that Azure still has, for example Standard_NC4as_T4_v3: this one is retired, got 'Standard_NC6'/],
    ['Standard_NC6s_v3', { accelerator: Accelerator.NVIDIA_V100 }, /this one is retired/],
    ['Standard_NV24', undefined, /this one is retired/],
    ['Standard_NC24ads_A100_v4', undefined, /has 1 x nvidia-a100-80gb: say compute\.accelerator as well/],
    ['Standard_NX8_v9', undefined, /has GPUs: say compute\.accelerator as well/],
    ['Standard_NC24ads_A100_v4', { accelerator: Accelerator.NVIDIA_T4 }, /compute\.accelerator must be nvidia-a100-80gb for vmSize Standard_NC24ads_A100_v4, got 'nvidia-t4'/],
    ['Standard_NC48ads_A100_v4', { accelerator: Accelerator.NVIDIA_A100_80GB, acceleratorCount: 1 }, /compute\.acceleratorCount must be 2 for/],
    ['Standard_D4ds_v4', { accelerator: Accelerator.NVIDIA_T4 }, /has no GPU/],
    ['Standard_D4ds_v4', { vcpus: 4 }, /say the same thing twice/],
    ['D4ds_v4', undefined, /vmSize must be a size of Azure like/],
  ])('%s with %j is refused', (vmSize, spec, error) => {
    expect(() => named(vmSize, spec)).toThrow(error);
  });

  test('that the table lacks, or lacks for this use, passes with a doubt', () => {
    expect(named('Standard_D4ads_v6')).toMatchObject({ vmSize: 'Standard_D4ads_v6', gpuCount: 0, doubt: expect.stringContaining('not in the library\'s table') });
    expect(named('Standard_D2as_v4')).toMatchObject({ vcpus: 2, doubt: 'vmSize Standard_D2as_v4 is not known to be offered for training' });
    expect(named('Standard_D2as_v4', undefined, 'hosting').doubt).toBeUndefined();
  });
});
