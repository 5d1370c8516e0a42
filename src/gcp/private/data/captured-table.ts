import { refuse, Speaker } from '../../../core/private/validation';

/** A table of BigQuery, by the parts of its name. */
export interface CapturedTable {
  readonly project: string;
  readonly datasetId: string;
  readonly tableId: string;
}

/**
 * The parts of `<project>.<dataset>.<table>`, of which each may be a token with points of its own; a project may begin
 * with a domain.
 */
export function capturedTable(who: Speaker, prop: string, name: string): CapturedTable {
  const [, project, datasetId, tableId] = NAME.exec(name) ?? refuse(who, prop, name, '<project>.<dataset>.<table>');
  return { project, datasetId, tableId };
}

const TOKEN = '\\$\\{TfToken\\[[^\\]]*\\]\\}';
const NAME = new RegExp(`^(${TOKEN}|[^:]+:[^.]+|[^.]+)\\.(${TOKEN}|[^.]+)\\.(${TOKEN}|[^.]+)$`);
