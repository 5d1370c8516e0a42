import { IConstruct } from 'constructs';
import { IDataLake } from '../../data-lake-props';

/**
 * Lakes whose objects an audit trail of this app records, and the guardrails that have it: a second would record, and
 * cost, the same again.
 */
const RECORDED = new WeakMap<IDataLake, IConstruct>();

/** To be said where a trail is made. */
export function recordLake(data: IDataLake, guardrails: IConstruct): void {
  if (!RECORDED.has(data)) RECORDED.set(data, guardrails);
}

/** The guardrails, made before, whose trail records the lake. */
export function recordedBy(data: IDataLake): IConstruct | undefined {
  return RECORDED.get(data);
}
