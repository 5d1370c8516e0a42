import { isNoValue, Properties } from './resource-view';
import { COMPLIANT, undecided, Verdict, violation } from './rule';
import { isRuntime } from './sagemaker-requests';

/**
 * The values that a property can have: one, or those of both branches of a condition; undefined where it is missing.
 */
export function valuesOf(properties: Properties, path: string): unknown[] {
  return valuesAt(properties, path.split('.'));
}

function valuesAt(value: any, path: readonly string[]): unknown[] {
  const choice = value?.['Fn::If'];
  if (Array.isArray(choice)) {
    return choice.slice(1).flatMap((each) => valuesAt(isNoValue(each) ? undefined : each, path));
  }
  if (path.length === 0 || isRuntime(value)) return [value];
  return valuesAt(value?.[path[0]], path.slice(1));
}

/** Whether a property is what it must be; undecided where a parameter or a condition of the template says so. */
export function mustBe(properties: Properties, path: string, wanted: string | boolean, otherwise: string): Verdict {
  return judged(
    valuesOf(properties, path),
    path,
    (each) => (isRuntime(each) ? undefined : String(each) === String(wanted)),
    () => otherwise,
  );
}

/** Whether a property says anything; what is wrong with what it says, where the fault is known. */
export function mustBeGiven(
  properties: Properties,
  path: string,
  faultOf: (value: unknown) => string | undefined = () => undefined,
): Verdict {
  const fault = (value: unknown) => (value === undefined || value === '' ? `${path} is missing` : faultOf(value));
  return judged(
    valuesOf(properties, path),
    path,
    (each) => fault(each) === undefined,
    (each) => fault(each)!,
  );
}

function judged(
  values: readonly unknown[],
  path: string,
  isRight: (value: unknown) => boolean | undefined,
  fault: (value: unknown) => string,
): Verdict {
  const verdicts = new Set(values.map(isRight));
  if (verdicts.size > 1) return undecided(`${path} depends on a condition of the template`);
  if (verdicts.has(undefined)) return undecided(`${path} is known in the cloud only`);
  return verdicts.has(true) ? COMPLIANT : violation(fault(values[0]));
}
