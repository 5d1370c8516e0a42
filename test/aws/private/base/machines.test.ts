import { efaTypes, hasEfa, hasLocalNvme, instanceFacts, instanceTypeFor, knownInstances, localNvmePatterns } from '../../../../src/aws/private/base/machines';
import { Accelerator } from '../../../../src/core/accelerator';

const who = { what: 'training pipeline', name: 'Churn' };

describe('the smallest machine that has it', () => {
  test.each([
    [undefined, 'training', 'ml.m5.large'],
    [undefined, 'hosting', 'ml.m5.large'],
    [{ vcpus: 4, memoryGiB: 8 }, 'training', 'ml.c5.xlarge'],
    [{ vcpus: 2, memoryGiB: 16 }, 'training', 'ml.r5.large'],
    [{ vcpus: 2, memoryGiB: 16 }, 'transform', 'ml.m5.xlarge'],
    [{ vcpus: 2, memoryGiB: 4 }, 'hosting', 'ml.c5.large'],
    [{ vcpus: 30, memoryGiB: 200 }, 'processing', 'ml.r5.8xlarge'],
    [{ accelerator: Accelerator.NVIDIA_T4 }, 'training', 'ml.g4dn.xlarge'],
    [{ accelerator: Accelerator.NVIDIA_T4, acceleratorCount: 4 }, 'hosting', 'ml.g4dn.12xlarge'],
    [{ accelerator: Accelerator.NVIDIA_A10G, memoryGiB: 100 }, 'training', 'ml.g5.8xlarge'],
    [{ accelerator: Accelerator.NVIDIA_A10G, volumeGiB: 500 }, 'training', 'ml.g5.4xlarge'],
    [{ accelerator: Accelerator.NVIDIA_L4, acceleratorCount: 8 }, 'training', 'ml.g6.48xlarge'],
    [{ accelerator: Accelerator.NVIDIA_L40S }, 'processing', 'ml.g6e.xlarge'],
    [{ accelerator: Accelerator.NVIDIA_V100 }, 'training', 'ml.p3.2xlarge'],
    [{ accelerator: Accelerator.NVIDIA_A100, acceleratorCount: 8 }, 'training', 'ml.p4d.24xlarge'],
    [{ accelerator: Accelerator.NVIDIA_A100_80GB, acceleratorCount: 8 }, 'training', 'ml.p4de.24xlarge'],
    [{ accelerator: Accelerator.NVIDIA_H100 }, 'training', 'ml.p5.4xlarge'],
    [{ accelerator: Accelerator.NVIDIA_H100, acceleratorCount: 8 }, 'training', 'ml.p5.48xlarge'],
    [{ accelerator: Accelerator.NVIDIA_H200, acceleratorCount: 8 }, 'training', 'ml.p5e.48xlarge'],
    [{ accelerator: Accelerator.NVIDIA_B200, acceleratorCount: 8 }, 'hosting', 'ml.p6-b200.48xlarge'],
    [{ accelerator: Accelerator.NVIDIA_RTX_PRO_6000 }, 'processing', 'ml.g7e.2xlarge'],
    [{ accelerator: Accelerator.of('nvidia-b300', 288), acceleratorCount: 8 }, 'training', 'ml.p6-b300.48xlarge'],
    [{ accelerator: Accelerator.of('aws-trainium2', 96), acceleratorCount: 16 }, 'training', 'ml.trn2.48xlarge'],
  ] as const)('%j for %s is %s', (compute, use, want) => {
    expect(instanceTypeFor(who, compute, use)).toBe(want);
  });
});

describe('what no machine has is refused with the choice', () => {
  test('a count that the accelerator does not come in', () => {
    expect(() => instanceTypeFor(who, { accelerator: Accelerator.NVIDIA_T4, acceleratorCount: 3 }, 'training'))
      .toThrow("training pipeline 'Churn': compute.acceleratorCount must be 1 or 4 for nvidia-t4 in training on AWS, got 3");
  });

  test('an accelerator that comes in one count only', () => {
    expect(() => instanceTypeFor(who, { accelerator: Accelerator.NVIDIA_A100 }, 'training'))
      .toThrow("training pipeline 'Churn': compute.acceleratorCount must be 8 for nvidia-a100 in training on AWS, got 1");
  });

  test('an accelerator that the use does not have', () => {
    expect(() => instanceTypeFor(who, { accelerator: Accelerator.NVIDIA_B200, acceleratorCount: 8 }, 'transform')).toThrow(
      "training pipeline 'Churn': compute.accelerator must be one that SageMaker has for transform: " +
      "nvidia-t4, nvidia-a10g, nvidia-l4, nvidia-l40s, nvidia-v100, aws-trainium, aws-inferentia2, got 'nvidia-b200'");
  });

  test('a count without an accelerator', () => {
    expect(() => instanceTypeFor(who, { acceleratorCount: 2 }, 'training'))
      .toThrow("training pipeline 'Churn': compute.acceleratorCount 2 has no compute.accelerator to count");
  });

  test('more memory than any machine of the kind', () => {
    expect(() => instanceTypeFor(who, { memoryGiB: 2000 }, 'training')).toThrow(
      "training pipeline 'Churn': no training instance type has 2 vCPUs, 2000 GiB of memory: the largest is ml.r5.24xlarge with 96 vCPUs, 768 GiB");
  });

  test('more disk than the machine brings', () => {
    expect(() => instanceTypeFor(who, { accelerator: Accelerator.NVIDIA_T4, volumeGiB: 2000 }, 'training')).toThrow(
      "training pipeline 'Churn': no training instance type has 1 x nvidia-t4, 2 vCPUs, 8 GiB of memory, 2000 GiB of disk: " +
      'the largest is ml.g4dn.16xlarge with 64 vCPUs, 256 GiB and 900 GB of its own disk');
  });

  test.each([
    [{ vcpus: 0 }, "training pipeline 'Churn': compute.vcpus must be a whole number between 1 and 192, got 0"],
    [{ memoryGiB: 0.5 }, "training pipeline 'Churn': compute.memoryGiB must be a whole number between 1 and 4096, got 0.5"],
    [{ acceleratorCount: 17 }, "training pipeline 'Churn': compute.acceleratorCount must be a whole number between 1 and 16, got 17"],
    [{ volumeGiB: 0 }, "training pipeline 'Churn': compute.volumeGiB must be a whole number between 1 and 16384, got 0"],
  ])('%j', (compute, message) => {
    expect(() => instanceTypeFor(who, compute, 'training')).toThrow(message);
  });
});

describe('facts', () => {
  test.each([['ml.g5.xlarge', true], ['ml.r5d.large', true], ['ml.m5.large', false], ['ml.p3.2xlarge', false], ['ml.inf2.xlarge', false]])(
    '%s has disks of its own: %s', (type, want) => expect(hasLocalNvme(type)).toBe(want));

  test.each([['ml.g5.8xlarge', true], ['ml.g5.4xlarge', false], ['ml.p5.48xlarge', true], ['ml.c5n.18xlarge', true], ['ml.new.large', false]])(
    '%s has EFA: %s', (type, want) => expect(hasEfa(type)).toBe(want));

  test('the table agrees with itself: a machine with a disk is of a family that has disks', () => {
    for (const type of efaTypes('training')) {
      const facts = instanceFacts(type)!;
      expect([type, facts.localGb > 0]).toEqual([type, hasLocalNvme(type)]);
    }
  });
});

test('the patterns of IAM name the machines with disks of their own, and no others', () => {
  const patterns = localNvmePatterns().map((each) => new RegExp(`^${each.replace(/[.]/g, '\\.').replace(/\*/g, '.*')}$`));
  for (const { instanceType } of knownInstances()) {
    expect([instanceType, patterns.some((each) => each.test(instanceType))]).toEqual([instanceType, hasLocalNvme(instanceType)]);
  }
});
