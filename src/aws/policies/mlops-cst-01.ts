import { Rule, unless } from '../private/policy-rule';

/** Notebooks of Studio stop when idle; a notebook instance has a lifecycle configuration that does it. */
export const idleShutdown: Rule = {
  policy: 'MLOPS-CST-01',
  types: ['AWS::SageMaker::Domain', 'AWS::SageMaker::NotebookInstance'],
  fix: 'set idleShutdownMinutes on the workspace; a notebook instance needs a lifecycle configuration that stops it',
  check({ type, properties }) {
    if (type === 'AWS::SageMaker::NotebookInstance') return unless(properties.LifecycleConfigName === undefined ? ['LifecycleConfigName is missing'] : []);
    const settings = properties.DefaultUserSettings ?? {};
    return unless(['JupyterLabAppSettings', 'CodeEditorAppSettings']
      .filter((app) => app === 'JupyterLabAppSettings' || settings[app] !== undefined)
      .filter((app) => settings[app]?.AppLifecycleManagement?.IdleSettings?.LifecycleManagement !== 'ENABLED')
      .map((app) => `${app} has no idle shutdown`));
  },
};
