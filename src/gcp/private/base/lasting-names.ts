import { IConstruct } from 'constructs';
import { projectOf } from './project-of';
import { NameShape, stableName } from '../../../terraform/names';

/**
 * The name of something whose name stays taken after it is deleted: for 30 days that of a workload identity pool, for
 * weeks those of custom roles, log buckets and databases, for ever that of a key ring. A further generation of the stack
 * has others; the first has those that the construct always had.
 */
export function lastingName(scope: IConstruct, suffix: string | undefined, shape: NameShape): string {
  const { _nameGeneration: generation } = projectOf(scope);
  if (generation === 1) return stableName(scope, suffix, shape);
  return stableName(scope, [...(suffix === undefined ? [] : [suffix]), `g${generation}`].join('-'), shape);
}
