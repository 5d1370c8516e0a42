import * as fc from 'fast-check';
import { Accelerator } from '../../../../src/core/accelerator';
import { ComputeSpec } from '../../../../src/core/compute';
import { GPUS } from '../../../../src/gcp/private/base/machine-table';
import { Machine, machineFor, machineSpec, MachineUse } from '../../../../src/gcp/private/base/machines';
import { machineNamed } from 'mlops-constructs/gcp/private/base/machine-named';

const accelerators = Object.values(Accelerator).filter((each): each is Accelerator => each instanceof Accelerator);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const compute: fc.Arbitrary<ComputeSpec> = fc.record({
  accelerator: maybe(fc.constantFrom(...accelerators)),
  acceleratorCount: maybe(fc.constantFrom(1, 2, 4, 8, 16)),
  vcpus: maybe(fc.integer({ min: 1, max: 110 })),
  memoryGiB: maybe(fc.integer({ min: 1, max: 1400 })),
});
const region = fc.constantFrom('europe-west4', 'us-central1', 'europe-west3', 'asia-southeast1', 'me-west1');
const use = fc.constantFrom<MachineUse>('training', 'hosting');
const who = { what: 'training pipeline', name: 'Training' };

function picked(spec: ComputeSpec, where: string, forUse: MachineUse): Machine | undefined {
  try {
    return machineFor(who, spec, where, forUse);
  } catch (error) {
    expect((error as Error).message).toMatch(/^training pipeline 'Training': (compute\.\w+ |no (machine|zone) )/);
    return undefined;
  }
}

test('a machine has all that was asked for, or the refusal says what there is', () => {
  fc.assert(fc.property(compute, region, use, (spec, where, forUse) => {
    const machine = picked(spec, where, forUse);
    if (machine === undefined) return;
    expect(machine.vcpus).toBeGreaterThanOrEqual(spec.vcpus ?? 2);
    expect(machine.memoryGiB).toBeGreaterThanOrEqual(spec.memoryGiB ?? 8);
    expect(machine.acceleratorCount).toBe(spec.accelerator === undefined ? undefined : spec.acceleratorCount ?? 1);
    const model = GPUS.find(({ acceleratorType }) => acceleratorType === machine.acceleratorType);
    expect(model?.gpu).toBe(spec.accelerator?.id);
    expect(model?.regions ?? [where]).toContain(where);
  }), { numRuns: 500, seed: 7 });
});

test('asking for less never gives more', () => {
  fc.assert(fc.property(compute, region, use, fc.integer({ min: 1, max: 50 }), (spec, where, forUse, less) => {
    const machine = picked(spec, where, forUse);
    if (machine === undefined || spec.vcpus === undefined) return;
    const smaller = picked({ ...spec, vcpus: Math.max(1, spec.vcpus - less) }, where, forUse)!;
    expect(smaller.vcpus).toBeLessThanOrEqual(machine.vcpus!);
  }), { numRuns: 300, seed: 7 });
});

test('a machine that is picked can be named as well, and is the same', () => {
  fc.assert(fc.property(compute, region, use, (spec, where, forUse) => {
    const machine = picked(spec, where, forUse);
    if (machine === undefined) return;
    const { accelerator, acceleratorCount } = spec;
    const gpus = machine.machineType.startsWith('n1-') ? { accelerator, acceleratorCount } : {};
    expect(machineSpec(machineNamed(who, { machineType: machine.machineType }, gpus, where, forUse))).toEqual(machineSpec(machine));
  }), { numRuns: 300, seed: 7 });
});
