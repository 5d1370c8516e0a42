import { MonitoringStackProps } from '../../src/azure/monitoring-stack-props';
import { QualityGate } from '../../src/core/quality-gate';
import { DriftWorld, NUMBERS } from '../support/azure-drift';
import { WatchedWorld } from '../support/azure-watched';

const GATES = [QualityGate.atLeast('auc', 0.9), QualityGate.atMost('log_loss', 0.3)];
const MEMORY = 'store/artifacts/retraining/training.json';

const retraining = (given: Partial<MonitoringStackProps> = {}, world: WatchedWorld = {}) =>
  new DriftWorld({ drift: { retrain: true }, ...given }, { training: true, ...world });

/** What came of a run. */
function outcome(world: DriftWorld): string {
  const run = world.run();
  expect([run.status, run.message]).toEqual(['Succeeded', undefined]);
  return run.variables.training;
}

/** Lets days pass between runs. */
const later = (world: DriftWorld, days: number) => world.host.advance(days * 86_400);

describe('drift', () => {
  test('above the threshold starts a training by a message, and remembers it', () => {
    const world = retraining();
    expect(outcome(world)).toBe('started');
    expect(world.asked()).toEqual([{ trigger: 'drift' }]);
    expect(JSON.parse(world.azure.storage.read(MEMORY)!)).toMatchObject({ trigger: 'drift', isStarted: true });
  });

  test.each<[string, object]>([
    ['at the threshold', { ...NUMBERS, driftShare: 0.3 }],
    ['below it', { ...NUMBERS, driftShare: 0.1 }],
    ['that was not judged', { ...NUMBERS, driftShare: 0.9, reason: 'too few rows' }],
  ])('%s starts none', (_, numbers) => {
    const world = retraining();
    world.numbers = numbers;
    expect([outcome(world), world.asked()]).toEqual(['not-needed', []]);
    expect(world.azure.storage.read(MEMORY)).toBeUndefined();
  });

  test('trains again after a week, and not every day', () => {
    const world = retraining();
    const said = [outcome(world)];
    for (let day = 0; day < 8; day++) {
      later(world, 1);
      said.push(outcome(world));
    }
    expect(said).toEqual(['started', ...Array(6).fill('too-soon'), 'started', 'too-soon']);
    expect(world.asked()).toHaveLength(2);
  });

  test('waits for as many days as are said, or for none', () => {
    const world = retraining({ minDaysBetweenRetrainings: 0 });
    expect(outcome(world)).toBe('started');
    later(world, 1);
    expect(outcome(world)).toBe('started');
  });

  test.each(['Running', 'Waiting'] as const)('starts nothing while a training runs, %s', (status) => {
    const world = retraining();
    world.trains = true;
    world.trainingStatus = status;
    expect([outcome(world), world.asked()]).toEqual(['running', []]);
  });

  test('starts nothing while a newer version waits for a person, and does where registering approves', () => {
    const world = retraining();
    world.waiting = ['4'];
    expect(outcome(world)).toBe('approval-pending');
    world.waiting = ['2'];
    expect(outcome(world)).toBe('started');
    const automatic = retraining({}, { approvesByItself: true });
    automatic.waiting = ['4'];
    expect(outcome(automatic)).toBe('started');
  });
});

describe('quality', () => {
  const asked = (quality: object | undefined, drift: number) => {
    const world = retraining({ modelQuality: { gates: GATES, retrain: true } });
    world.numbers = { ...NUMBERS, driftShare: drift, quality };
    outcome(world);
    return world.asked();
  };

  test('that misses a gate asks for a training, and says so', () => {
    expect(asked({ auc: 0.8 }, 0)).toEqual([{ trigger: 'quality' }]);
    expect(asked({ auc: 0.95, log_loss: 0.5 }, 0)).toEqual([{ trigger: 'quality' }]);
    expect(asked({ auc: 0.8 }, 0.9)).toEqual([{ trigger: 'drift and quality' }]);
  });

  test('that was not measured, or meets its gates, does not', () => {
    expect(asked(undefined, 0)).toEqual([]);
    expect(asked({ auc: 0.9, log_loss: 0.3 }, 0)).toEqual([]);
  });
});

describe('a start of which nobody knows whether it arrived', () => {
  /** The first run dies between its mark and its message. */
  const killed = () => {
    const world = retraining();
    world.host.kill = (_, call) => (call.action === 'Start_training' ? 'before' : undefined);
    expect(world.run().status).toBe('Killed');
    expect(JSON.parse(world.azure.storage.read(MEMORY)!).isStarted).toBe(false);
    world.host.kill = undefined;
    later(world, 1);
    return world;
  };

  test('is repeated by the next run where no training has begun', () => {
    const world = killed();
    expect([outcome(world), world.asked().length]).toEqual(['started', 1]);
  });

  test('is not repeated where one has', () => {
    const world = killed();
    world.trainedAt = '2026-11-21T04:00:00Z';
    expect([outcome(world), world.asked().length]).toEqual(['too-soon', 0]);
  });

  test('is not doubted where it is only the memory that could not be written', () => {
    const world = retraining();
    world.azure.interfere = ({ action }) => (action === 'Remember_started' ? { code: 500, body: '' } : undefined);
    expect(outcome(world)).toBe('started');
    world.trainedAt = '2026-11-21T04:00:00Z';
    later(world, 1);
    expect([outcome(world), world.asked().length]).toEqual(['too-soon', 1]);
  });
});

describe('two drift runs at a time', () => {
  test('the second sees that the first has started one, though its run is not listed yet', () => {
    const world = retraining();
    let done = false;
    world.azure.interfere = ({ action, at }) => {
      if (action !== 'Remember_first' || done) return undefined;
      done = true;
      world.azure.storage.write(MEMORY, { begun: new Date(at).toISOString(), run: 'another', trigger: 'drift', isStarted: true }, 'application/json', at);
      return undefined;
    };
    expect([outcome(world), world.asked()]).toEqual(['running', []]);
  });

  test('one whose answer got lost knows its own mark', () => {
    const world = retraining();
    let calls = 0;
    world.azure.interfere = ({ action }) => (action === 'Remember_first' && ++calls === 1 ? 'lost answer' : undefined);
    expect([outcome(world), world.asked().length]).toEqual(['started', 1]);
  });

  test('messages of one queue take turns', () => {
    const world = retraining();
    world.azure.storage.send(world.queue, {}, world.host.now).send(world.queue, {}, world.host.now);
    world.host.settle();
    const runs = world.host.runsOf('drift').filter(({ status }) => status === 'Succeeded');
    expect(runs.map(({ variables }) => variables.training)).toEqual(['started', 'too-soon']);
    expect(world.asked()).toHaveLength(1);
  });
});
