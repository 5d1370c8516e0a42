import { IConstruct } from 'constructs';
import { GoogleProject } from '../../google-project';

/**
 * Projects whose audit log has the objects of buckets, and the guardrails that keep it: a second bucket would take, and
 * cost, the same again.
 */
const RECORDED = new WeakMap<GoogleProject, IConstruct>();

/** To be said where an audit log is made. */
export function recordProject(guardrails: IConstruct, services: readonly string[]): void {
  const project = GoogleProject.of(guardrails);
  if (services.includes('storage') && !RECORDED.has(project)) RECORDED.set(project, guardrails);
}

/** The guardrails, made before, that keep the audit log of the stack's project. */
export function recordedBy(scope: IConstruct): IConstruct | undefined {
  return RECORDED.get(GoogleProject.of(scope));
}
