import { Construct } from 'constructs';
import { requireKnownText } from '../../../core/private/known-values';
import { requireTexts } from '../../../core/private/texts';
import { refuse, requireMatch, speakerFor } from '../../../core/private/validation';
import { GoogleProject } from '../../google-project';
import { ModelPromotion } from '../../model-registry-props';

/** Name of a stage. */
export const STAGE = /^[a-zA-Z][a-zA-Z0-9-]{0,31}$/;
export const STAGE_IN_WORDS = 'letters, digits and hyphens, at most 32';

/** Id of a project. */
export const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;
export const PROJECT_IN_WORDS = '6 to 30 lower-case letters, digits and hyphens, starting with a letter';

/** Two stages of one project, or one of the registry's own, would be one model in Vertex AI. */
export function checkStages(registry: Construct, stages: ModelPromotion['stages']): void {
  const who = speakerFor('model registry', registry);
  if (stages.length === 0) refuse(who, 'promotion.stages', stages.length, 'at least one stage');
  const names = new Set<string>();
  const projects = new Set([GoogleProject.of(registry).projectId]);
  for (const { name, projectId, projectNumber } of stages) {
    requireMatch(who, 'promotion.stages.name', name, STAGE, STAGE_IN_WORDS);
    requireMatch(who, 'promotion.stages.projectId', projectId, PROJECT, PROJECT_IN_WORDS);
    requireMatch(
      who,
      'promotion.stages.projectNumber',
      projectNumber,
      /^\d{5,20}$/,
      'the number of the project, digits only',
    );
    requireKnownText(who, 'promotion.stages.name', name);
    requireTexts(
      who,
      { name, projectId, projectNumber },
      { name: 'text', projectId: 'text', projectNumber: 'text' },
      'promotion.stages.',
    );
    if (names.has(name)) refuse(who, 'promotion.stages.name', name, 'another for each stage');
    if (projects.has(projectId)) {
      refuse(who, 'promotion.stages.projectId', projectId, 'another for each stage, and not that of the registry');
    }
    names.add(name);
    projects.add(projectId);
  }
}
