import { Challenger, MaturityLevel, MlopsIntent, QualityGate, Rollout, Serving } from '../../../src/core';
import { governanceOf, monitoringOf, servingOf } from '../../../src/core/private/level-defaults';

const { MANUAL, PIPELINE_AUTOMATION, CICD_AUTOMATION } = MaturityLevel;
const LEVELS = [MANUAL, PIPELINE_AUTOMATION, CICD_AUTOMATION];
const GATES = [QualityGate.atLeast('auc', 0.8)];

const at = <T>(section: (level: MaturityLevel, props: MlopsIntent) => T, intent: Partial<MlopsIntent>): T[] =>
  LEVELS.map((level) => section(level, intent as MlopsIntent));

describe('the endpoint', () => {
  test('is captured from level 1 on and rolled out step by step from level 2 on', () => {
    expect(at(servingOf, {})).toEqual([
      {}, { capture: {}, rollout: Rollout.allAtOnce() }, { capture: {}, rollout: Rollout.canary() },
    ]);
  });

  test('goes back at what the monitoring calls too much, at every level and in every mode that answers', () => {
    const monitoring = { maxErrorPercent: 3, maxLatencyP99Ms: 250 };
    for (const section of at(servingOf, { monitoring })) expect(section).toMatchObject(monitoring);
    for (const section of at(servingOf, { monitoring, serving: { serving: Serving.serverless() } })) expect(section).toMatchObject(monitoring);
  });

  test('has no canary where one replica serves, and keeps what was said', () => {
    const alone = Serving.realTime({ scaling: { minReplicas: 1 } });
    expect(servingOf(CICD_AUTOMATION, { serving: { serving: alone } } as MlopsIntent).rollout).toEqual(Rollout.allAtOnce());
    const said = { rollout: Rollout.linear(), capture: { samplingPercent: 5 }, challenger: Challenger.abTest() };
    expect(servingOf(CICD_AUTOMATION, { serving: said } as MlopsIntent)).toEqual(said);
  });

  test('has a canary of one machine at least, where the share is of machines', () => {
    const canaryOf = (minReplicas: number) =>
      servingOf(CICD_AUTOMATION, { serving: { serving: Serving.realTime({ scaling: { minReplicas } }) } } as MlopsIntent, 'machines').rollout?.percent;
    expect([2, 3, 8, 9, 10, 50].map(canaryOf)).toEqual([50, 34, 13, 12, 10, 10]);
  });

  test('is captured where nothing was said of it, and not where a share of nothing was said: there is no drift to see then', () => {
    expect(servingOf(PIPELINE_AUTOMATION, { serving: { capture: undefined } } as MlopsIntent).capture).toEqual({});
    const nothing = { serving: { capture: { samplingPercent: 0 } } } as MlopsIntent;
    expect(servingOf(PIPELINE_AUTOMATION, nothing).capture).toEqual({ samplingPercent: 0 });
    expect(monitoringOf(PIPELINE_AUTOMATION, nothing).drift).toBeUndefined();
  });

  test('is left as it was said where it runs in batches, and is not captured where it is serverless', () => {
    const batch = { serving: Serving.batch() };
    expect(at(servingOf, { serving: batch, monitoring: { maxErrorPercent: 3 } })).toEqual([batch, batch, batch]);
    const serverless = { serving: Serving.serverless() };
    expect(at(servingOf, { serving: serverless })).toEqual([serverless, serverless, serverless]);
  });
});

describe('the monitoring', () => {
  const parts = (intent: Partial<MlopsIntent>) =>
    at(monitoringOf, intent).map(({ drift, modelQuality, serviceLevel }) => ({ drift, modelQuality, serviceLevel }));

  test('tells who the intent tells, unless it has addresses of its own', () => {
    const alertEmails = ['all@example.com'];
    for (const monitoring of [undefined, { alertEmails: undefined }]) {
      for (const section of at(monitoringOf, { alertEmails, monitoring })) expect(section.alertEmails).toEqual(alertEmails);
    }
    for (const section of at(monitoringOf, { alertEmails, monitoring: { alertEmails: [] } })) expect(section.alertEmails).toEqual([]);
  });

  test('measures drift from level 1 on; at level 2 drift trains, and there is a service level', () => {
    expect(parts({})).toEqual([{}, { drift: { retrain: false } }, { drift: { retrain: true }, serviceLevel: {} }]);
  });

  test('reads labels at level 2', () => {
    const read = parts({ monitoring: { modelQuality: { gates: GATES } } }).map(({ modelQuality }) => modelQuality);
    expect(read).toEqual([undefined, undefined, { gates: GATES }]);
  });

  test('keeps what was said of drift and of the service level', () => {
    const [, , said] = parts({ monitoring: { drift: { maxDriftShare: 0.5, retrain: false }, serviceLevel: { windowDays: 7 } } });
    expect(said).toEqual({ drift: { maxDriftShare: 0.5, retrain: false }, serviceLevel: { windowDays: 7 } });
  });

  test('promises nothing of batch runs, which answer nobody, and measures no drift of what is not captured', () => {
    expect(parts({ serving: { serving: Serving.batch() } })).toEqual([{}, {}, {}]);
    expect(parts({ serving: { serving: Serving.serverless() } })).toEqual([{}, {}, { serviceLevel: {} }]);
  });

  test('tells those of the whole intent, unless it has people of its own', () => {
    expect(at(monitoringOf, { alertEmails: ['a@example.com'] }).map(({ alertEmails }) => alertEmails)).toEqual(LEVELS.map(() => ['a@example.com']));
    expect(monitoringOf(MANUAL, { alertEmails: ['a@example.com'], monitoring: { alertEmails: [] } } as unknown as MlopsIntent).alertEmails).toEqual([]);
  });

  test('says how often drift may train where it does', () => {
    const days = (retrain?: boolean) => at(monitoringOf, { monitoring: { drift: { retrain }, minDaysBetweenRetrainings: 3 } })
      .map(({ minDaysBetweenRetrainings }) => minDaysBetweenRetrainings);
    expect(days()).toEqual([undefined, undefined, 3]);
    expect(days(true)).toEqual([undefined, 3, 3]);
  });
});

test('a word that is there without a value takes nothing away from the level', () => {
  const intent = {
    serving: { rollout: undefined },
    monitoring: { drift: { retrain: undefined } },
    governance: { auditLog: undefined, policyChecks: undefined },
  } as unknown as MlopsIntent;
  expect(servingOf(CICD_AUTOMATION, intent).rollout).toEqual(Rollout.canary());
  expect(monitoringOf(CICD_AUTOMATION, intent).drift).toEqual({ retrain: true });
  expect(governanceOf(PIPELINE_AUTOMATION, intent)).toEqual({ auditLog: true, cloudGuardrails: false, policyChecks: false });
});

test('the governance has the audit log from level 1 on, and guardrails at synthesis and in the cloud from level 2 on', () => {
  const [none, log, all] = [
    { auditLog: false, cloudGuardrails: false, policyChecks: false },
    { auditLog: true, cloudGuardrails: false, policyChecks: false },
    { auditLog: true, cloudGuardrails: true, policyChecks: true },
  ];
  expect(at(governanceOf, {})).toEqual([none, log, all]);
  const governance = { auditLog: true, tags: { team: 'ml' } };
  expect(governanceOf(MANUAL, { governance } as unknown as MlopsIntent)).toEqual({ ...none, ...governance });
});
