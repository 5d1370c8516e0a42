import { Speaker } from '../../../core/private/validation';
import { MonitoringStackProps } from '../../monitoring-stack-props';
import { machineNamed } from '../base/machine-named';
import { Machine, machineFor } from '../base/machines';

/** @see https://cloud.google.com/vertex-ai/docs/reference/rest/v1/DiskSpec */
const LEAST_DISK_GIB = 100;

/** The machine of the job in a drift run and its disk: named, or described by what it must have. */
export function driftMachine(
  who: Speaker,
  { driftMachineType, driftCompute }: Pick<MonitoringStackProps, 'driftMachineType' | 'driftCompute'>,
  region: string,
): { readonly machine: Machine; readonly diskGiB: number } {
  const machine = driftMachineType === undefined
    ? machineFor(who, driftCompute, region, 'training')
    : machineNamed(who, { machineType: driftMachineType }, driftCompute, region, 'training');
  return { machine, diskGiB: Math.max(LEAST_DISK_GIB, driftCompute?.volumeGiB ?? 0) };
}
