import * as fc from 'fast-check';
import { Accelerator } from '../../src/core/accelerator';
import { Capacity } from '../../src/core/capacity';
import { QualityGate } from '../../src/core/quality-gate';
import { Schedule } from '../../src/core/schedule';
import { Trigger } from '../../src/core/trigger';
import { TrainingPipelineProps, VertexCapacity } from '../../src/gcp';
import { FakeTraining, TrainingWorld } from '../support/google-training';
import { validateWorkflow } from '../support/workflows';

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,8}$/);
const text = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('${run}', '%{if}', '"', '\\', '1e400', 'null', 'True', '[1, 2'));
const wishes: fc.Arbitrary<Partial<TrainingPipelineProps>> = fc.record({
  compute: maybe(fc.record({
    accelerator: maybe(fc.constantFrom(Accelerator.NVIDIA_L4, Accelerator.NVIDIA_T4, Accelerator.NVIDIA_H100)),
    instanceCount: maybe(fc.integer({ min: 1, max: 4 })),
    volumeGiB: maybe(fc.integer({ min: 1, max: 1000 })),
  })),
  capacity: maybe(fc.constantFrom(
    Capacity.onDemand(), Capacity.spot({ maxWaitHours: 30 }), VertexCapacity.flexStart(), VertexCapacity.anyReservation(),
  )),
  prepare: maybe(fc.boolean()),
  maxRuntimeHours: maybe(fc.integer({ min: 1, max: 200 })),
  retries: maybe(fc.integer({ min: 0, max: 5 })),
  hyperparameters: maybe(fc.dictionary(name, text, { maxKeys: 4 })),
  environment: maybe(fc.dictionary(name, text, { maxKeys: 3 })),
  qualityGates: maybe(fc.array(fc.tuple(name, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean())
    .map(([metric, threshold, up]) => (up ? QualityGate.atLeast(metric, threshold) : QualityGate.atMost(metric, threshold))), { maxLength: 3 })),
  triggers: maybe(fc.array(fc.oneof(
    fc.constant(Trigger.schedule(Schedule.hourly())), fc.stringMatching(/^[ -~]{1,6}$/).map((prefix) => Trigger.newData(prefix)),
  ), { maxLength: 3 })),
}).map((props) => Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)));

test('whatever is wished for is refused with a word, or becomes a workflow that runs to its end', () => {
  fc.assert(fc.property(wishes, (props) => {
    let world: TrainingWorld;
    try {
      world = new TrainingWorld(props);
    } catch (error) {
      expect((error as Error).message).toMatch(/^training pipeline 'Stack\/Training': /);
      return;
    }
    expect(validateWorkflow(world.definition)).toEqual([]);
    const metrics = Object.fromEntries((props.qualityGates ?? []).map(({ metric, threshold }) => [metric, threshold]));
    const vertex = new FakeTraining();
    vertex.evaluation = { metrics };
    const run = vertex.run(world);
    const holds = (props.qualityGates ?? []).every(({ metric, threshold, higherIsBetter }) =>
      (higherIsBetter ? metrics[metric] >= threshold : metrics[metric] <= threshold));
    expect(run.result.outcome).toBe(holds ? 'registered' : 'rejected');
    expect(vertex.jobs.map(({ labels }) => labels.step)).toEqual([...(props.prepare ? ['prepare'] : []), 'train', 'evaluate']);
    const given = JSON.parse(vertex.variables('train').MLOPS_HYPERPARAMETERS);
    expect(Object.keys(given).sort()).toEqual(Object.keys(props.hyperparameters ?? {}).sort());
    for (const [key, value] of Object.entries(props.environment ?? {})) expect(vertex.variables('train')[key]).toBe(value);
    for (const { dataPrefix } of (props.triggers ?? []).filter((each) => each.dataPrefix !== undefined)) {
      const event = { type: 'google.cloud.storage.object.v1.finalized', data: { name: `${dataPrefix}x` } };
      expect(new FakeTraining().run(world, event).result.outcome).not.toBe('ignored');
    }
  }), { numRuns: 40, seed: 11 });
});
